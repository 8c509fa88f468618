/** Who waits for the answer to which id. */

import type { NetworkError } from '../errors.js'
import type { EngineCommand, EngineRequest, KernelCommand, KernelEvent } from './messages.js'

export type Reply = Extract<KernelEvent, { type: 'reply' }>
export type ProbeOutcome = Extract<KernelEvent, { type: 'probe' }>

/** Somebody waits for the answer to one id. */
export interface Waiter {
  answer(event: Reply | ProbeOutcome): void
  /** The kernel has been closed. */
  reject(error: NetworkError): void
  /** The engine did not take it; without this method: as reject. */
  refuse?(error: NetworkError): void
}

/** Numbers what crosses to the engine and brings each answer to its waiter. */
export class Requests {
  readonly #waiters = new Map<number, Waiter>()
  #lastId = 0

  /** Gives the command its id. Without a waiter nobody hears of the answer. */
  number(command: KernelCommand | EngineRequest, waiter?: Waiter): EngineCommand {
    this.#lastId += 1
    if (waiter !== undefined) this.#waiters.set(this.#lastId, waiter)
    return { ...command, id: this.#lastId }
  }

  forget(id: number): void {
    this.#waiters.delete(id)
  }

  refuse(id: number, error: NetworkError): void {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    if (waiter?.refuse !== undefined) waiter.refuse(error)
    else waiter?.reject(error)
  }

  answer(event: Reply | ProbeOutcome): void {
    const waiter = this.#waiters.get(event.id)
    this.#waiters.delete(event.id)
    waiter?.answer(event)
  }

  rejectAll(error: NetworkError): void {
    const waiters = [...this.#waiters.values()]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.reject(error)
  }
}
