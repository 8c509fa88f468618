/** The clock seam: every timer and every time of the library comes from here. */

export interface Timer {
  /** Cancels the timer; harmless when it already fired. */
  cancel(): void
}

export interface Clock {
  /** Milliseconds of CLOCK_MONOTONIC, with a fraction: the time base of events and property timestamps. */
  nowMs(): number
  /** Milliseconds since the Unix epoch; only for what must survive a reboot. */
  wallMs(): number
  /** Calls `callback` once, `delayMs` from now. Timers keep the process alive. */
  setTimer(delayMs: number, callback: () => void): Timer
}

/** setTimeout's own limit is 2^31 - 1 ms; longer delays would fire at once. */
const MAX_DELAY_MS = 2_147_483_647

/** The real clock. process.hrtime reads CLOCK_MONOTONIC on Linux, as the engine does. */
export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
  wallMs: () => Date.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS))
    return { cancel: () => clearTimeout(handle) }
  },
}
