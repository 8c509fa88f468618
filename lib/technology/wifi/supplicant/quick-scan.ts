/** A list to choose from, soon: the next one that a scan brings, or what is known when the time is up. */

import type { Clock } from '../../../base/clock.js'
import type { Subscription } from '../../../base/disposable.js'
import type { AccessPoint } from './access-point.js'
import { summarize } from './summarize.js'

export interface QuickScanOptions {
  readonly clock: Clock
  /** Begins a scan; what becomes of it does not matter, since one may be under way. */
  scan(): Promise<unknown>
  /** Calls the listener with each new list. */
  subscribe(listener: (accessPoints: readonly AccessPoint[]) => void): Subscription
  /** The list that is known. */
  current(): readonly AccessPoint[]
  /** Default 2,000. */
  readonly timeoutMs?: number | undefined
}

/** As long as a person waits without a doubt. */
const DEFAULT_TIMEOUT_MS = 2_000

export function quickScan(options: QuickScanOptions): Promise<AccessPoint[]> {
  const { clock, scan, subscribe, current, timeoutMs = DEFAULT_TIMEOUT_MS } = options
  return new Promise((resolve) => {
    const finish = (accessPoints: readonly AccessPoint[]): void => {
      timer.cancel()
      subscription.unsubscribe()
      resolve(summarize(accessPoints))
    }
    const timer = clock.setTimer(timeoutMs, () => finish(current()))
    const subscription = subscribe(finish)
    scan().catch(() => undefined)
  })
}
