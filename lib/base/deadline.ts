/** A limit for what others promise. */

import type { Clock } from './clock.js'

/** Settles as `work` does, or rejects with what `late` makes once `limitMs` have passed; what comes of it then is nobody's. */
export function withDeadline<T>(work: Promise<T>, limit: DeadlineOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = limit.clock.setTimer(limit.limitMs, () => reject(limit.late()))
    work.then(resolve, reject).finally(() => timer.cancel())
  })
}

export interface DeadlineOptions {
  readonly clock: Clock
  readonly limitMs: number
  late(): Error
}
