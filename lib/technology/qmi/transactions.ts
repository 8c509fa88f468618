/** Questions that wait for their answers: numbers, time limits, and who gets what. */

import type { Clock, Timer } from '../../base/clock.js'
import { NetworkError } from '../../errors.js'
import type { Frame } from './codec/frame.js'
import { SERVICES } from './codec/service.js'

/** How long an answer may take where a message says nothing else. */
export const REQUEST_LIMIT_MS = 5_000
/** A modem that has this many questions open answers none of them. */
const MAX_WAITING_COUNT = 64

const CTL_RANGE = { first: 1, last: 255 }
/** From 256 on, so that no log shows one number for two conversations. */
const SERVICE_RANGE = { first: 256, last: 65_535 }

export interface Question {
  readonly service: number
  readonly client: number
  /** For errors. */
  readonly name: string
  readonly limitMs: number
}

interface Waiting extends Question {
  readonly timer: Timer
  resolve(frame: Frame): void
  reject(error: unknown): void
}

export interface TransactionsOptions {
  readonly ifname: string
  readonly clock: Clock
  /** A question was not answered in time. */
  readonly onTimeout: (name: string) => void
}

export class Transactions {
  readonly #options: TransactionsOptions
  readonly #waiting = new Map<string, Waiting>()
  #lastCtl = 0
  #lastService = SERVICE_RANGE.first - 1

  constructor(options: TransactionsOptions) {
    this.#options = options
  }

  /**
   * Gives the question its number, hands it to `send`, and resolves with the answer.
   * @throws (rejects) NetworkError ERR_TIMEOUT, ERR_BUSY; as `send` does; as `end` says
   */
  ask(question: Question, send: (transaction: number) => Promise<void>): Promise<Frame> {
    const { ifname, clock, onTimeout } = this.#options
    if (this.#waiting.size >= MAX_WAITING_COUNT) {
      const text = `${ifname}: ${MAX_WAITING_COUNT} questions wait for the modem`
      return Promise.reject(new NetworkError('ERR_BUSY', text, { ifname, operation: question.name }))
    }
    const transaction = this.#next(question)
    const key = keyOf({ ...question, transaction })
    return new Promise((resolve, reject) => {
      const settle = (tell: () => void): void => {
        if (this.#waiting.get(key) !== waiting) return
        this.#waiting.delete(key)
        waiting.timer.cancel()
        tell()
      }
      const waiting: Waiting = {
        ...question,
        timer: clock.setTimer(question.limitMs, () =>
          settle(() => {
            const text = `${ifname}: the modem did not answer "${question.name}" within ${question.limitMs} ms`
            reject(new NetworkError('ERR_TIMEOUT', text, { ifname, operation: question.name }))
            onTimeout(question.name)
          }),
        ),
        resolve: (frame) => settle(() => resolve(frame)),
        reject: (error) => settle(() => reject(error)),
      }
      this.#waiting.set(key, waiting)
      send(transaction).catch((thrown: unknown) => waiting.reject(thrown))
    })
  }

  /** A response has come; false where nobody waits for it: another client's, too late, or of another number. */
  answer(frame: Frame): boolean {
    const waiting = this.#waiting.get(keyOf(frame))
    waiting?.resolve(frame)
    return waiting !== undefined
  }

  /** Refuses all that waits. */
  end(error: NetworkError): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error)
  }

  #next({ service, client }: Question): number {
    const isCtl = service === SERVICES.ctl
    const { first, last } = isCtl ? CTL_RANGE : SERVICE_RANGE
    let next = isCtl ? this.#lastCtl : this.#lastService
    do next = next >= last ? first : next + 1
    while (this.#waiting.has(keyOf({ service, client, transaction: next })))
    if (isCtl) this.#lastCtl = next
    else this.#lastService = next
    return next
  }
}

function keyOf({ service, client, transaction }: Pick<Frame, 'service' | 'client' | 'transaction'>): string {
  return `${service}/${client}/${transaction}`
}
