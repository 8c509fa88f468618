/** Keeps us from racing another program that removes an object whenever we put it back. */

import type { Clock } from '../base/clock.js'

/** More than a human or a restarting daemon does to one object, far less than a loop does. */
const MAX_REPAIRS_COUNT = 5
const WINDOW_MS = 10_000

/** Counts the repairs of each object within a window. */
export class RepairLimit {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #counts = new Map<string, number>()
  #windowEndMs = 0

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  /** Counts one repair of the object; false when it has had enough of them for now. */
  allows(key: string): boolean {
    const nowMs = this.#clock.nowMs()
    if (nowMs >= this.#windowEndMs) {
      this.#counts.clear()
      this.#windowEndMs = nowMs + WINDOW_MS
    }
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count <= MAX_REPAIRS_COUNT
  }
}
