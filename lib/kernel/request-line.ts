/** The way of a request to the engine, and of its one answer back. */

import type { NetworkError } from '../errors.js'
import type { EngineHandle } from './engine-binding.js'
import { type Asked, notTaken, refusal } from './kernel-error.js'
import type { EngineRequest } from './messages.js'
import { RequestOutbox } from './request-outbox.js'
import type { ProbeOutcome, Reply, Requests, Waiter } from './requests.js'
import type { SendOrder } from './send-order.js'

export interface RequestLineDeps {
  readonly requests: Requests
  readonly order: SendOrder
  handle(): EngineHandle
  /** Why nothing is sent any more. */
  stopped(): NetworkError | undefined
}

/** Keeps requests in order with the commands that were sent before them. */
export class RequestLine {
  readonly #deps: RequestLineDeps
  readonly #outbox = new RequestOutbox((requests, firstId) => this.#handOver(requests, firstId))

  constructor(deps: RequestLineDeps) {
    this.#deps = deps
  }

  /** Behind everything sent so far. @throws (rejects) what the engine refused, in the words of `asked` */
  async ask(request: EngineRequest, asked: Asked): Promise<Reply> {
    const reply = await this.answerTo(request)
    if (reply.error !== undefined) throw refusal(reply.error, asked)
    return reply
  }

  /** As ask(); a refusal is an answer too. */
  answerTo(request: EngineRequest): Promise<Reply> {
    const { order, stopped } = this.#deps
    const before = stopped()
    if (before !== undefined) return Promise.reject(before)
    return new Promise((resolve, reject) => {
      const answer = (event: Reply | ProbeOutcome): void => {
        if (event.type === 'reply') resolve(event)
      }
      const handOver = (): undefined => {
        const error = stopped()
        if (error === undefined) this.transmit(request, { answer, reject })
        else reject(error)
      }
      order.run(handOver).catch(reject)
    })
  }

  /** At once; without a waiter nobody hears of the answer. Returns its id. */
  transmit(request: EngineRequest, waiter?: Waiter): number {
    const id = this.#deps.requests.number(waiter)
    this.#outbox.flush()
    this.#handOver([request], id)
    return id
  }

  /** Together with the others of this turn. */
  transmitSoon(request: EngineRequest, waiter?: Waiter): number {
    const id = this.#deps.requests.number(waiter)
    this.#outbox.add(request, id)
    return id
  }

  /** What waits for the end of the turn goes now: something is about to follow it. */
  flush(): void {
    this.#outbox.flush()
  }

  #handOver(requests: readonly EngineRequest[], firstId: number): void {
    if (this.#deps.stopped() !== undefined) return
    try {
      this.#deps.handle().send(requests, firstId, false)
    } catch (thrown) {
      for (const [index, { type }] of requests.entries()) {
        this.#deps.requests.refuse(firstId + index, notTaken(type, thrown))
      }
    }
  }
}
