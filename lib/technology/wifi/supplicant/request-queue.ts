/** One command at a time to the supplicant, each with its own answer and no other. */

import type { Clock, Timer } from '../../../base/clock.js'
import { NetworkError } from '../../../errors.js'

/** What a supplicant on the slowest boards needs, with a dense scan under way. */
export const REQUEST_LIMIT_MS = 4_000
/** Far more than all parts of the library ask at once. */
const MAX_WAITING_COUNT = 128
/** What the supplicant reads of one datagram (CTRL_IFACE_MAX_LEN), without the NUL that it adds. */
const MAX_COMMAND_BYTES = 4_095

export interface RequestQueueOptions {
  readonly clock: Clock
  readonly ifname: string
  readonly send: (text: string) => Promise<void>
  /** The supplicant does not answer, or answers nonsense to PING: it hangs, or is none. Called once. */
  readonly onSilent: (reason: string) => void
}

interface Request {
  readonly text: string
  resolve(answer: string): void
  reject(error: unknown): void
}

interface InFlight extends Request {
  readonly timer: Timer
}

/**
 * Answers have no number: the supplicant answers in order. After a time-out the late answer is still to come, so a PING is
 * sent first, and everything before its PONG belongs to nobody.
 */
export class RequestQueue {
  readonly #options: RequestQueueOptions
  readonly #waiting: Request[] = []
  #inFlight: InFlight | undefined
  /** Limits the wait for the PONG that tells late answers from others. */
  #resync: Timer | undefined
  #ended: NetworkError | undefined

  constructor(options: RequestQueueOptions) {
    this.#options = options
  }

  /**
   * Sends a command and resolves with its answer as it came.
   * @throws (rejects) NetworkError ERR_TIMEOUT after 4 s, ERR_BUSY where too many wait, ERR_INVALID_CONFIG for text that is
   * no command, ERR_STOPPED, or as the endpoint refuses
   */
  ask(text: string): Promise<string> {
    const wrong = this.#wrong(text)
    if (wrong !== undefined) return Promise.reject(wrong)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject })
      this.#next()
    })
  }

  /** A datagram has come that is no event. False where nobody waits for it. */
  answer(text: string): boolean {
    if (this.#resync !== undefined) {
      if (!isPong(text)) return false
      this.#resync.cancel()
      this.#resync = undefined
      this.#next()
      return true
    }
    const request = this.#inFlight
    if (request === undefined) return false
    this.#settle(() => request.resolve(text))
    return true
  }

  /** Refuses everything that waits, and all that comes. */
  end(reason: string): void {
    if (this.#ended !== undefined) return
    const error = new NetworkError('ERR_STOPPED', reason, { ifname: this.#options.ifname, operation: 'supplicant' })
    this.#ended = error
    this.#resync?.cancel()
    this.#resync = undefined
    this.#inFlight?.timer.cancel()
    const refused = [this.#inFlight, ...this.#waiting.splice(0)]
    this.#inFlight = undefined
    for (const request of refused) request?.reject(error)
  }

  #next(): void {
    if (this.#inFlight !== undefined || this.#resync !== undefined || this.#ended !== undefined) return
    const request = this.#waiting.shift()
    if (request === undefined) return
    const inFlight: InFlight = {
      ...request,
      timer: this.#options.clock.setTimer(REQUEST_LIMIT_MS, () => this.#timedOut(inFlight)),
    }
    this.#inFlight = inFlight
    this.#options.send(request.text).catch((thrown: unknown) => {
      if (this.#inFlight === inFlight) this.#settle(() => inFlight.reject(thrown))
    })
  }

  #settle(tell: () => void): void {
    this.#inFlight?.timer.cancel()
    this.#inFlight = undefined
    tell()
    this.#next()
  }

  #timedOut(request: InFlight): void {
    const { ifname } = this.#options
    const command = wordOf(request.text)
    const text = `${ifname}: wpa_supplicant did not answer ${command} within ${REQUEST_LIMIT_MS} ms`
    this.#inFlight = undefined
    request.reject(new NetworkError('ERR_TIMEOUT', text, { ifname, operation: command }))
    if (request.text === PING) this.#silent()
    else this.#resynchronise()
  }

  #resynchronise(): void {
    const { clock, send } = this.#options
    this.#resync = clock.setTimer(REQUEST_LIMIT_MS, () => this.#silent())
    // Where it cannot be sent, no PONG comes either, and the limit passes.
    send(PING).catch(() => undefined)
  }

  #silent(): void {
    this.#options.onSilent(`wpa_supplicant did not answer PING within ${REQUEST_LIMIT_MS} ms`)
  }

  #wrong(text: string): NetworkError | undefined {
    const { ifname } = this.#options
    if (this.#ended !== undefined) return this.#ended
    const tooLong = new TextEncoder().encode(text).length > MAX_COMMAND_BYTES
    if (text === '' || tooLong || text.includes('\n') || text.includes('\0')) {
      const message = `${ifname}: a command has 1 to ${MAX_COMMAND_BYTES} bytes, without line feed or NUL`
      return new NetworkError('ERR_INVALID_CONFIG', message, { ifname, field: 'command' })
    }
    if (this.#waiting.length < MAX_WAITING_COUNT) return undefined
    return new NetworkError('ERR_BUSY', `${ifname}: ${MAX_WAITING_COUNT} commands wait for wpa_supplicant`, { ifname })
  }
}

export const PING = 'PING'

export function isPong(text: string): boolean {
  return text.startsWith('PONG')
}

/** The command without what stands behind it, which may be a secret. */
export function wordOf(text: string): string {
  return text.split(/[\s:]/, 1)[0] ?? ''
}
