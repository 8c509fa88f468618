/** The clock of one process: its timers end with the process. */

import type { Clock, Timer } from '../../lib/base/clock.js'

export class ProcessClock implements Clock {
  readonly #clock: Clock
  readonly #timers = new Set<Timer>()
  #alive = true

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many timers of the process wait. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  wallMs(): number {
    return this.#clock.wallMs()
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (!this.#alive) return { cancel: () => undefined }
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(timer)
      callback()
    })
    this.#timers.add(timer)
    return {
      cancel: () => {
        this.#timers.delete(timer)
        timer.cancel()
      },
    }
  }

  kill(): void {
    this.#alive = false
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }
}
