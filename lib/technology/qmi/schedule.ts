/** Timers of one owner: none is left when it ends, and what they start reports its failures. */

import type { Clock, Timer } from '../../base/clock.js'

export class Schedule {
  readonly #clock: Clock
  readonly #failed: (thrown: unknown) => void
  readonly #timers = new Map<string, Timer>()
  #ended = false

  constructor(clock: Clock, failed: (thrown: unknown) => void) {
    this.#clock = clock
    this.#failed = failed
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Calls `work` once, after the delay; takes the place of what has the same name. */
  after(name: string, delayMs: number, work: () => void | Promise<void>): void {
    this.cancel(name)
    if (this.#ended) return
    const timer = this.#clock.setTimer(delayMs, () => {
      if (this.#timers.get(name) === timer) this.#timers.delete(name)
      this.run(work)
    })
    this.#timers.set(name, timer)
  }

  /** Calls `work` at once. */
  run(work: () => void | Promise<void>): void {
    if (this.#ended) return
    const failed = (thrown: unknown): void => {
      if (!this.#ended) this.#failed(thrown)
    }
    try {
      work()?.catch(failed)
    } catch (thrown) {
      failed(thrown)
    }
  }

  cancel(name: string): void {
    this.#timers.get(name)?.cancel()
    this.#timers.delete(name)
  }

  end(): void {
    this.#ended = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }
}
