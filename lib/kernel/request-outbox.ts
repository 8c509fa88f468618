/** Requests of one turn cross to the engine together: a thousand probes need not wake it a thousand times. */

import type { EngineRequest } from './messages.js'

/** Holds requests with consecutive ids until the turn's promises have been served, or until somebody must go behind them. */
export class RequestOutbox {
  readonly #transmit: (requests: readonly EngineRequest[], firstId: number) => void
  #requests: EngineRequest[] = []
  #firstId = 0
  #scheduled = false

  constructor(transmit: (requests: readonly EngineRequest[], firstId: number) => void) {
    this.#transmit = transmit
  }

  add(request: EngineRequest, id: number): void {
    if (this.#requests.length > 0 && id !== this.#firstId + this.#requests.length) this.flush()
    if (this.#requests.length === 0) this.#firstId = id
    this.#requests.push(request)
    if (this.#scheduled) return
    this.#scheduled = true
    // Behind the microtasks that are queued already: those of the other promises that the same batch has resolved.
    queueMicrotask(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  /** Before anything else is sent, so that the order of sending stays. */
  flush(): void {
    if (this.#requests.length === 0) return
    const requests = this.#requests
    this.#requests = []
    this.#transmit(requests, this.#firstId)
  }
}
