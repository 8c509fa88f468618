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

/** setTimeout's own limit is 2^31 - 1 ms, beyond which it would fire at once: longer delays come in stages. */
const MAX_DELAY_MS = 2_147_483_647

/** The real clock. process.hrtime reads CLOCK_MONOTONIC on Linux, as the engine does. */
export const systemClock: Clock = {
  nowMs: () => Number(process.hrtime.bigint()) / 1e6,
  wallMs: () => Date.now(),
  setTimer(delayMs, callback) {
    let leftMs = Math.max(delayMs, 0)
    let handle: NodeJS.Timeout
    const wait = (): void => {
      const stageMs = Math.min(leftMs, MAX_DELAY_MS)
      leftMs -= stageMs
      handle = setTimeout(leftMs > 0 ? wait : callback, stageMs)
    }
    wait()
    return { cancel: () => clearTimeout(handle) }
  },
}
