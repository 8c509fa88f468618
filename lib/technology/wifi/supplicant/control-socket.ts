/** A control socket of wpa_supplicant: commands and their answers one way, events the other. */

import { isNetworkError, messageOf, NetworkError } from '../../../errors.js'
import type { DatagramNames } from '../../../kernel/datagrams.js'
import type { DatagramEndpoint } from '../../../kernel/kernel.js'
import type { PartContext } from '../../plan.js'
import { isEvent } from './events.js'
import { RequestQueue } from './request-queue.js'
import { fromOctets, toOctets } from './text.js'

/** How often it is looked for a socket that is not there yet. */
const POLL_MS = 250
/** Longer than events that are used; a certificate may be longer, and is cut. */
const MAX_EVENT_CHARACTERS = 8_192

/** The operation of the error that says nobody is there. */
export const OPENING = 'openDatagram'

const ENOENT = 2
const ECONNREFUSED = 111

export interface ControlSocketOptions {
  readonly context: PartContext
  readonly names: DatagramNames
  /** How long to wait until somebody is behind the socket, in milliseconds. */
  readonly waitMs: number
  /** What else was looked for, to be told where nothing is found. */
  readonly alsoSearched: readonly string[]
  /** An event, with its priority in front; one character for each octet. */
  readonly onEvent: (text: string) => void
  /** Anything has come. */
  readonly onHeard: () => void
  /** It hangs, or is gone. Called at most once. */
  readonly onLost: (reason: string) => void
}

export class ControlSocket implements AsyncDisposable {
  readonly #options: ControlSocketOptions
  readonly #requests: RequestQueue
  #endpoint: DatagramEndpoint | undefined
  #lost = false

  /**
   * Opens the socket and attaches to its events.
   * @throws (rejects) NetworkError ERR_TIMEOUT with the paths where nobody was found; ERR_CANCELLED on abort
   */
  static async open(options: ControlSocketOptions): Promise<ControlSocket> {
    const socket = new ControlSocket(options)
    try {
      await socket.#connect()
      await socket.#attach()
    } catch (thrown) {
      await socket[Symbol.asyncDispose]()
      throw thrown
    }
    return socket
  }

  private constructor(options: ControlSocketOptions) {
    this.#options = options
    const { clock, ifname } = options.context
    this.#requests = new RequestQueue({
      clock,
      ifname,
      send: (text) => this.#send(text),
      onSilent: (reason) => this.#lose(reason),
    })
  }

  /** See RequestQueue.ask. */
  ask(command: string): Promise<string> {
    return this.#requests.ask(command)
  }

  /** Says good-bye, without waiting for an answer; harmless when called again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#lost = true
    this.#requests.end(`${this.#options.context.ifname}: the conversation with wpa_supplicant has ended`)
    const endpoint = this.#endpoint
    this.#endpoint = undefined
    if (endpoint === undefined) return
    endpoint.send(toOctets('DETACH')).catch(() => undefined)
    await endpoint.close()
  }

  async #connect(): Promise<void> {
    const { context, names, waitMs } = this.#options
    const untilMs = context.clock.nowMs() + waitMs
    for (;;) {
      if (context.signal.aborted) throw this.#cancelled()
      try {
        this.#endpoint = await context.datagram(names, {
          message: (bytes) => this.#message(fromOctets(bytes)),
          end: () => this.#lose('wpa_supplicant is gone from its control socket'),
        })
        return
      } catch (thrown) {
        if (!isNobodyThere(thrown)) throw thrown
        if (context.clock.nowMs() + POLL_MS > untilMs) throw this.#notFound(messageOf(thrown))
      }
      await this.#pause()
    }
  }

  async #attach(): Promise<void> {
    const { ifname } = this.#options.context
    const answer = await this.#requests.ask('ATTACH')
    if (answer.startsWith('OK')) return
    const text = `${ifname}: wpa_supplicant answered ATTACH with ${JSON.stringify(answer.trim().slice(0, 80))}`
    throw new NetworkError('ERR_SUPPLICANT_REFUSED', text, { ifname, operation: 'ATTACH' })
  }

  #message(text: string): void {
    const { context, onEvent, onHeard } = this.#options
    onHeard()
    if (isEvent(text)) onEvent(text.slice(0, MAX_EVENT_CHARACTERS))
    else if (!this.#requests.answer(text)) {
      // Its text may be the answer to a question for a secret.
      context.logger.debug({ ifname: context.ifname, characters: text.length }, 'an answer that nobody waits for')
    }
  }

  async #send(text: string): Promise<void> {
    await this.#endpoint?.send(toOctets(text))
  }

  #lose(reason: string): void {
    if (this.#lost) return
    this.#lost = true
    this.#requests.end(reason)
    this.#options.onLost(reason)
  }

  /** Ends with the time, or with the part. */
  #pause(): Promise<void> {
    const { clock, signal } = this.#options.context
    return new Promise((resolve) => {
      const timer = clock.setTimer(POLL_MS, () => done())
      const done = (): void => {
        timer.cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      signal.addEventListener('abort', done, { once: true })
    })
  }

  #notFound(cause: string): NetworkError {
    const { context, names, waitMs, alsoSearched } = this.#options
    const paths = [names.peer, ...alsoSearched].join(', ')
    const text = `${context.ifname}: no control socket of wpa_supplicant within ${waitMs} ms; looked for ${paths} (${cause})`
    return new NetworkError('ERR_TIMEOUT', text, { ifname: context.ifname, operation: OPENING })
  }

  #cancelled(): NetworkError {
    const { ifname } = this.#options.context
    return new NetworkError('ERR_CANCELLED', `${ifname}: waiting for wpa_supplicant was cancelled`, { ifname })
  }
}

/** The file is not there, or nobody is behind it any more. */
function isNobodyThere(thrown: unknown): boolean {
  return isNetworkError(thrown) && (thrown.errno === ENOENT || thrown.errno === ECONNREFUSED)
}
