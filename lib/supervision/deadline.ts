/** Waiting that ends. */

import type { Clock } from '../base/clock.js'

/** True when `promise` settles within `limitMs`, whether it resolves or rejects. */
export function settlesWithin(promise: Promise<unknown>, clock: Clock, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(limitMs, () => resolve(false))
    const settled = () => {
      timer.cancel()
      resolve(true)
    }
    promise.then(settled, settled)
  })
}
