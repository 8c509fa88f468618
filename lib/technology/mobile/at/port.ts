/** One modem's AT port: opened once, asked, and at an end when the port is. */

import type { Timer } from '../../../base/clock.js'
import { messageOf } from '../../../errors.js'
import type { SerialPort } from '../../../serial/serial-ports.js'
import type { PartContext } from '../../plan.js'
import {
  type AtEffect,
  type AtInput,
  type AtReply,
  type AtState,
  DEFAULT_ERRORS,
  INITIAL_AT,
  reduceAt,
} from './core.js'
import { AtLines } from './lines.js'

/** Within a line no modem pauses that long: what stands there is junk. */
const FRAGMENT_MS = 500
const DEFAULT_TIMEOUT_MS = 10_000
/** More would be a caller that asks faster than a modem answers. */
const QUEUE_LIMIT_COMMANDS = 64
/** The end of a command line (V.250, S3). */
const END = '\r'

export interface AtOptions {
  /** Default 'OK'; '': no answer is waited for. */
  readonly success?: string | undefined
  readonly errors?: readonly string[] | undefined
  /** Default 10,000. */
  readonly timeoutMs?: number | undefined
}

export interface AtPortRequest {
  readonly path: string
  readonly speed: number
  /** The port is of no use any more; not after `close`. */
  readonly onClosed: (reason: string) => void
  /** A command was answered, or not in time. */
  readonly onAnswer?: ((answered: boolean) => void) | undefined
}

type Context = Pick<PartContext, 'clock' | 'logger' | 'serialPorts' | 'ifname'>

export class AtPort implements AsyncDisposable {
  readonly #context: Context
  readonly #request: AtPortRequest
  readonly #lines = new AtLines()
  readonly #waiting = new Map<number, (reply: AtReply) => void>()
  readonly #listeners = new Map<number, (line: string) => void>()
  #state: AtState = INITIAL_AT
  #port: SerialPort | undefined
  #lastId = 0
  #timer: Timer | undefined
  #fragment: Timer | undefined
  #closed = false

  /** @throws NetworkError as SerialPorts.open */
  static async open(context: Context, request: AtPortRequest): Promise<AtPort> {
    const at = new AtPort(context, request)
    at.#port = await context.serialPorts.open(
      { path: request.path, baudRate: request.speed },
      { data: (chunk) => at.#data(chunk), closed: (reason) => at.#ended(reason) },
    )
    return at
  }

  private constructor(context: Context, request: AtPortRequest) {
    this.#context = context
    this.#request = request
  }

  /** Never rejects: what became of the command is the reply. */
  send(command: string, options: AtOptions = {}): Promise<AtReply> {
    if (this.#closed || this.#waiting.size >= QUEUE_LIMIT_COMMANDS) return Promise.resolve({ type: 'closed' })
    const { success = 'OK', errors = DEFAULT_ERRORS, timeoutMs = DEFAULT_TIMEOUT_MS } = options
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#feed({ type: 'send', request: { id, command, success, errors, timeoutMs } })
    })
  }

  /** The same for what is only tried: a failure is logged, and the lines are none. */
  async try(command: string, timeoutMs: number): Promise<readonly string[]> {
    const reply = await this.send(command, { timeoutMs })
    if (reply.type === 'ok') return reply.lines
    const why = reply.type === 'error' ? reply.line : reply.type
    const { logger, ifname } = this.#context
    // A command is no secret here: the one that holds a PIN is not only tried.
    logger.debug({ ifname, command }, `the modem does not do it: ${why}`)
    return []
  }

  /** Every line that begins so, asked for or not; the newest listener hears first. */
  listen(prefix: string, listener: (line: string) => void): void {
    this.#lastId += 1
    const id = this.#lastId
    this.#listeners.set(id, listener)
    this.#feed({ type: 'listen', listener: { id, prefix } })
  }

  async close(): Promise<void> {
    this.#end()
    await this.#port?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #data(chunk: Uint8Array): void {
    if (this.#closed) return
    for (const line of this.#lines.push(chunk)) this.#feed({ type: 'line', line })
    this.#fragment?.cancel()
    if (this.#lines.pending) this.#fragment = this.#context.clock.setTimer(FRAGMENT_MS, () => this.#drop())
  }

  #drop(): void {
    const junk = this.#lines.drop()
    const { logger, ifname } = this.#context
    logger.warn({ ifname, characters: junk.length }, `${this.#request.path}: dropping junk: a line without an end`)
  }

  #ended(reason: string): void {
    if (this.#closed) return
    this.#end()
    this.#request.onClosed(reason)
  }

  #end(): void {
    if (this.#closed) return
    this.#closed = true
    this.#fragment?.cancel()
    this.#feed({ type: 'closed' })
  }

  #feed(input: AtInput): void {
    const { state, effects } = reduceAt(this.#state, input)
    this.#state = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: AtEffect): void {
    switch (effect.type) {
      case 'write':
        return this.#write(effect.command)
      case 'startTimer': {
        this.#timer?.cancel()
        const { timer, delayMs } = effect
        this.#timer = this.#context.clock.setTimer(delayMs, () => this.#feed({ type: 'timer', timer }))
        return
      }
      case 'stopTimer':
        return this.#timer?.cancel()
      case 'reply':
        this.#waiting.get(effect.id)?.(effect.reply)
        this.#waiting.delete(effect.id)
        if (effect.reply.type !== 'closed') this.#request.onAnswer?.(effect.reply.type !== 'timeout')
        return
      case 'notify':
        return this.#listeners.get(effect.id)?.(effect.line)
    }
  }

  #write(command: string): void {
    const octets = Uint8Array.from(`${command}${END}`, (character) => character.charCodeAt(0))
    this.#port?.write(octets).catch((thrown: unknown) => this.#ended(messageOf(thrown)))
  }
}
