/** Time that stands still until a test moves it. */

import type { Clock, Timer } from '../base/clock.js'

export interface SimulatedClockOptions {
  /** Default 0. */
  readonly nowMs?: number | undefined
  /** Unix time at the start; default 2020-01-01. */
  readonly wallMs?: number | undefined
}

const DEFAULT_WALL_MS = Date.UTC(2020, 0, 1)

/** Turns of the event loop between two timers: enough for a chain of promises that touches no real IO. */
const DRAIN_TURNS = 4

/** Most timers that one advance fires: a timer that sets itself anew with 0 ms would go on for ever. */
const FIRED_LIMIT_TIMERS = 1_000_000

interface Armed {
  readonly dueMs: number
  /** Order of setting: equal times fire in this order. */
  readonly order: number
  readonly callback: () => void
}

/** A Clock for tests; timers fire inside `advance` only, in order of time and then of setting. */
export class SimulatedClock implements Clock {
  #nowMs: number
  #wallMs: number
  #order = 0
  readonly #timers = new Set<Armed>()

  constructor(options: SimulatedClockOptions = {}) {
    this.#nowMs = options.nowMs ?? 0
    this.#wallMs = options.wallMs ?? DEFAULT_WALL_MS
  }

  nowMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.#wallMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    this.#order += 1
    const armed: Armed = { dueMs: this.#nowMs + Math.max(delayMs, 0), order: this.#order, callback }
    this.#timers.add(armed)
    return { cancel: () => void this.#timers.delete(armed) }
  }

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /** When the next timer is due, undefined where none waits. */
  get nextTimerMs(): number | undefined {
    return this.#next()?.dueMs
  }

  /** Sets the wall clock alone, as a time server does; monotonic time and timers do not notice. */
  setWallMs(wallMs: number): void {
    this.#wallMs = wallMs
  }

  /**
   * Moves time by `ms`, firing what falls due on the way; promises run on before the first timer, after each, and at the
   * end, so that what they set anew within the span fires too.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await drain()
    for (let fired = 0; ; fired += 1) {
      const next = this.#next()
      if (next === undefined || next.dueMs > endMs) break
      if (fired === FIRED_LIMIT_TIMERS) throw new Error(`more than ${FIRED_LIMIT_TIMERS} timers in one advance`)
      this.#timers.delete(next)
      this.#moveTo(next.dueMs)
      next.callback()
      await drain()
    }
    this.#moveTo(endMs)
    await drain()
  }

  #moveTo(nowMs: number): void {
    this.#wallMs += nowMs - this.#nowMs
    this.#nowMs = nowMs
  }

  #next(): Armed | undefined {
    let next: Armed | undefined
    for (const armed of this.#timers) {
      const sooner = next === undefined || armed.dueMs < next.dueMs
      if (sooner || (armed.dueMs === next?.dueMs && armed.order < next.order)) next = armed
    }
    return next
  }
}

/** setImmediate comes after all microtasks, so each turn runs every promise chain to its end or to real IO. */
async function drain(): Promise<void> {
  for (let turn = 0; turn < DRAIN_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
