/** Who waits for the results of a scan. */

import type { Clock, Timer } from '../../../base/clock.js'
import { NetworkError } from '../../../errors.js'

/** Counted from when the radio begins: all channels of three bands, with traffic of its own in between, take seconds. */
export const SCAN_LIMIT_MS = 30_000
/** More would be a caller that waits for nothing. */
const MAX_WAITING_COUNT = 64

export interface ScanWaiter {
  /** Resolves with the results in the property. */
  readonly done: Promise<void>
  fail(error: unknown): void
}

interface Waiting extends ScanWaiter {
  timer: Timer
  resolve(): void
}

export class Scans {
  readonly #ifname: string
  readonly #clock: Clock
  readonly #waiting = new Set<Waiting>()

  constructor(ifname: string, clock: Clock) {
    this.#ifname = ifname
    this.#clock = clock
  }

  /** `done` rejects with ERR_TIMEOUT, with ERR_CANCELLED on abort, with ERR_BUSY where too many wait, or as `fail` says. */
  wait(signal: AbortSignal): ScanWaiter {
    let settle: { resolve(): void; reject(error: unknown): void } = {
      resolve: () => undefined,
      reject: () => undefined,
    }
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject }
    })
    const end = (): void => {
      this.#waiting.delete(waiting)
      waiting.timer.cancel()
      signal.removeEventListener('abort', cancel)
    }
    const waiting: Waiting = {
      done,
      timer: this.#limit(() => waiting),
      resolve: () => {
        end()
        settle.resolve()
      },
      fail: (error) => {
        end()
        settle.reject(error)
      },
    }
    const cancel = (): void => waiting.fail(this.#error('ERR_CANCELLED', 'the scan was cancelled'))
    done.catch(() => undefined)
    if (this.#waiting.size >= MAX_WAITING_COUNT) waiting.fail(this.#error('ERR_BUSY', 'too many wait for a scan'))
    else if (signal.aborted) cancel()
    else {
      this.#waiting.add(waiting)
      signal.addEventListener('abort', cancel, { once: true })
    }
    return waiting
  }

  /** The radio has begun. */
  started(): void {
    for (const waiting of this.#waiting) {
      waiting.timer.cancel()
      waiting.timer = this.#limit(() => waiting)
    }
  }

  /** Results are there: whoever waits now waits for `listed` alone, which resolves when they stand in the property. */
  finished(listed: Promise<void>): void {
    const waiting = [...this.#waiting]
    listed.then(
      () => waiting.forEach((one) => void one.resolve()),
      (thrown: unknown) => waiting.forEach((one) => void one.fail(thrown)),
    )
  }

  failed(reason: string): void {
    for (const waiting of [...this.#waiting]) waiting.fail(this.#error('ERR_SUPPLICANT_REFUSED', reason))
  }

  #limit(waiting: () => Waiting): Timer {
    return this.#clock.setTimer(SCAN_LIMIT_MS, () =>
      waiting().fail(this.#error('ERR_TIMEOUT', `the scan had no results within ${SCAN_LIMIT_MS} ms`)),
    )
  }

  #error(code: 'ERR_CANCELLED' | 'ERR_BUSY' | 'ERR_TIMEOUT' | 'ERR_SUPPLICANT_REFUSED', text: string): NetworkError {
    return new NetworkError(code, `${this.#ifname}: ${text}`, { ifname: this.#ifname, operation: 'SCAN' })
  }
}
