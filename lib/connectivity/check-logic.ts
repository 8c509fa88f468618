/** The judgement of a connection from carrier and checks: a pure reducer. */

import { assertNever } from '../base/assert.js'
import type { Connection } from '../base/connection.js'

export type { Connection }

/** Between checks of an interface that has just come up: quick, because somebody waits for it. */
export const MIN_INTERVAL_MS = 500
/** Between checks of an interface that works, or has not worked for long. */
export const MAX_INTERVAL_MS = 30_000
/** Failed checks in a row until `internet` is given up: a lost packet or one host's outage is not the end. */
const MAX_STRIKES_COUNT = 3

export interface CheckState {
  readonly connection: Connection
  /** Failed checks in a row. */
  readonly strikes: number
  /** Until the next check; Infinity: there is none. */
  readonly intervalMs: number
}

/** What happened: the carrier came or went, a check ended, the interface got a further address, or has none any more. */
export type CheckInput = 'ifup' | 'ifdown' | 'succeeded' | 'failed' | 'addressed' | 'unaddressed'

/** The state of a start, from what was last known of the interface. */
export function initialCheckState(connection: Connection): CheckState {
  switch (connection) {
    case 'internet':
      return { connection, strikes: 0, intervalMs: MIN_INTERVAL_MS }
    case 'lan':
      return { connection, strikes: MAX_STRIKES_COUNT, intervalMs: MIN_INTERVAL_MS }
    case 'disconnected':
      return { connection, strikes: MAX_STRIKES_COUNT, intervalMs: Number.POSITIVE_INFINITY }
    default:
      return assertNever(connection)
  }
}

/** Takes one step. Only `ifup` leaves `disconnected`, only `ifdown` enters it. */
export function reduceCheck(state: CheckState, input: CheckInput): CheckState {
  if (input === 'ifdown') return { ...state, connection: 'disconnected', intervalMs: Number.POSITIVE_INFINITY }
  if (state.connection === 'disconnected') {
    return input === 'ifup' ? { ...state, connection: 'lan', intervalMs: MIN_INTERVAL_MS } : state
  }
  switch (input) {
    case 'ifup':
      return state
    case 'succeeded':
      return { connection: 'internet', strikes: 0, intervalMs: MAX_INTERVAL_MS }
    case 'failed':
      return state.connection === 'internet' ? struck(state) : { ...state, intervalMs: doubled(state.intervalMs) }
    case 'addressed':
      // What failed before was another question; the waits begin anew.
      return state.connection === 'lan' ? { ...state, intervalMs: MIN_INTERVAL_MS } : state
    case 'unaddressed':
      // Nothing can be reached without an address: no further strike is needed.
      return state.connection === 'internet'
        ? { connection: 'lan', strikes: MAX_STRIKES_COUNT, intervalMs: MIN_INTERVAL_MS }
        : { ...state, intervalMs: doubled(state.intervalMs) }
    default:
      return assertNever(input)
  }
}

function struck(state: CheckState): CheckState {
  const strikes = state.strikes + 1
  if (strikes >= MAX_STRIKES_COUNT) return { ...state, connection: 'lan', strikes }
  const intervalMs = Math.max(MIN_INTERVAL_MS, Math.floor(MAX_INTERVAL_MS / (strikes + 1)))
  return { ...state, strikes, intervalMs }
}

function doubled(intervalMs: number): number {
  return Math.min(2 * intervalMs, MAX_INTERVAL_MS)
}
