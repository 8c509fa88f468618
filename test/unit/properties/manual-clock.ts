/** A clock that moves when the test says so, and a logger that remembers. */

import type { Clock } from '../../../lib/base/clock.js'
import type { Logger } from '../../../lib/base/logger.js'

export interface ManualClock extends Clock {
  /** Moves the time and fires what is due, in order of due times. */
  advance(ms: number): void
  readonly pendingTimers: () => number
}

export function manualClock(startMs = 1_000): ManualClock {
  let nowMs = startMs
  let timers: { dueMs: number; callback: () => void }[] = []
  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    setTimer(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback }
      timers.push(timer)
      return {
        cancel: () => {
          timers = timers.filter((other) => other !== timer)
        },
      }
    },
    advance(ms) {
      nowMs += ms
      const due = timers.filter((timer) => timer.dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs)
      timers = timers.filter((timer) => timer.dueMs > nowMs)
      for (const timer of due) timer.callback()
    },
    pendingTimers: () => timers.length,
  }
}

export interface CapturedLog {
  readonly level: string
  readonly details: object
  readonly message: string
}

export function capturingLogger(): Logger & { readonly lines: CapturedLog[] } {
  const lines: CapturedLog[] = []
  const at = (level: string) => (details: object, message: string) => void lines.push({ level, details, message })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
