/** When to begin a session, how often, and what to do when that does not help: a pure reducer. */

import { assertNever } from '../../base/assert.js'

export interface SessionState {
  /** The SIM card is usable and known. */
  readonly iccid: string | undefined
  /** What must be set before a connection is set. */
  readonly configured: boolean
  readonly registered: boolean
  readonly phase: 'blocked' | 'registering' | 'starting' | 'up' | 'waiting' | 'repairing'
  /** Sessions in a row that did not begin or did not last. */
  readonly failures: number
}

export type SessionInput =
  /** undefined: there is no card any more that could be used. */
  | { readonly type: 'card'; readonly iccid: string | undefined }
  /** `late`: not at the first attempt. */
  | { readonly type: 'configured'; readonly late: boolean }
  | { readonly type: 'serving'; readonly registered: boolean }
  | { readonly type: 'timer' }
  | { readonly type: 'started' }
  | { readonly type: 'refused'; readonly retry: boolean }
  /** A session that was up has ended. */
  | { readonly type: 'lost' }
  /** The radio has been off and on. */
  | { readonly type: 'repaired' }

export type SessionEffect =
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'cancelWait' }
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  /** Offline and online again. */
  | { readonly type: 'restartRadio' }
  /** By the power manager; where there is none, offline and online. */
  | { readonly type: 'cyclePower' }

export interface SessionStep {
  readonly state: SessionState
  readonly effects: readonly SessionEffect[]
}

/** A network that is not found within that is tried all the same: some modems register only then. */
export const REGISTRATION_LIMIT_MS = 60_000
/** After a session that did not begin. */
export const RETRY_MS = 30_000
/** After what had to be set was set at a later attempt. */
const LATE_MS = 1_000
/** After a session that ended: doubled with each, up to the limit. */
const FIRST_DELAY_MS = 1_000
const MAX_DELAY_MS = 60_000
/** A session that lasts so long has worked. */
export const STABLE_MS = 60_000
/** Up to a fifth less, so that devices that lost one cell do not come back as one. */
const JITTER = 0.2
/** Failures after which the radio, and after which the power is tried; then from the beginning. */
const RADIO_AT = 3
const POWER_AT = 6

export const initialSession: SessionState = {
  iccid: undefined,
  configured: false,
  registered: false,
  phase: 'blocked',
  failures: 0,
}

export function reduceSession(state: SessionState, input: SessionInput): SessionStep {
  switch (input.type) {
    case 'card':
      return onCard(state, input.iccid)
    case 'configured':
      return begin({ ...state, configured: true }, input.late)
    case 'serving':
      return onServing({ ...state, registered: input.registered })
    case 'timer':
      return onTimer(state)
    case 'started':
      if (state.phase !== 'starting') return same(state)
      return { state: { ...state, phase: 'up' }, effects: [{ type: 'wait', delayMs: STABLE_MS }] }
    case 'refused':
      return state.phase === 'starting' ? onRefused(state, input.retry) : same(state)
    case 'lost':
      return state.phase === 'up' ? onLost(state) : same(state)
    case 'repaired':
      return state.phase === 'repairing' ? begin({ ...state, phase: 'blocked' }, false) : same(state)
    default:
      return assertNever(input)
  }
}

function onCard(state: SessionState, iccid: string | undefined): SessionStep {
  if (iccid === state.iccid) return same(state)
  const next: SessionState = { ...state, iccid }
  if (state.phase === 'blocked') return begin(next, false)
  if (state.phase === 'repairing') return same(next)
  // Another card, or none: what was begun with the old one ends.
  const ended: SessionEffect[] = [{ type: 'cancelWait' }, { type: 'disconnect' }]
  const begun = begin({ ...next, phase: 'blocked', failures: 0 }, false)
  return { state: begun.state, effects: [...ended, ...begun.effects] }
}

/** From here a session begins, once all is there. */
function begin(state: SessionState, late: boolean): SessionStep {
  if (state.phase !== 'blocked' || state.iccid === undefined || !state.configured) return same(state)
  if (state.registered && !late) return { state: { ...state, phase: 'starting' }, effects: [{ type: 'connect' }] }
  const delayMs = state.registered ? LATE_MS : REGISTRATION_LIMIT_MS
  return {
    state: { ...state, phase: state.registered ? 'waiting' : 'registering' },
    effects: [{ type: 'wait', delayMs }],
  }
}

function onServing(state: SessionState): SessionStep {
  if (state.phase !== 'registering' || !state.registered) return same(state)
  return { state: { ...state, phase: 'starting' }, effects: [{ type: 'cancelWait' }, { type: 'connect' }] }
}

function onTimer(state: SessionState): SessionStep {
  switch (state.phase) {
    case 'registering':
    case 'waiting':
      return { state: { ...state, phase: 'starting' }, effects: [{ type: 'connect' }] }
    case 'up':
      return same({ ...state, failures: 0 })
    case 'blocked':
    case 'starting':
    case 'repairing':
      return same(state)
    default:
      return assertNever(state.phase)
  }
}

function onRefused(state: SessionState, retry: boolean): SessionStep {
  if (!retry) return same({ ...state, phase: 'waiting' })
  const failures = state.failures + 1
  return repair({ ...state, failures }) ?? waitFor({ ...state, failures }, RETRY_MS)
}

function onLost(state: SessionState): SessionStep {
  const failures = state.failures + 1
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS)
  const next =
    repair({ ...state, failures }) ?? waitFor({ ...state, failures }, jittered(delayMs, state.iccid, failures))
  return { state: next.state, effects: [{ type: 'cancelWait' }, { type: 'disconnect' }, ...next.effects] }
}

function waitFor(state: SessionState, delayMs: number): SessionStep {
  return { state: { ...state, phase: 'waiting' }, effects: [{ type: 'wait', delayMs }] }
}

/** The next rung of the ladder, where the number of failures has come to one. */
function repair(state: SessionState): SessionStep | undefined {
  const round = state.failures % POWER_AT
  const effect = round === 0 ? ('cyclePower' as const) : round === RADIO_AT ? ('restartRadio' as const) : undefined
  if (effect === undefined) return undefined
  return { state: { ...state, phase: 'repairing' }, effects: [{ type: effect }] }
}

/** The same for the same card and attempt: nothing here is left to chance, and no two devices have one card. */
function jittered(delayMs: number, iccid: string | undefined, attempt: number): number {
  let hash = attempt
  for (const digit of iccid ?? '') hash = (hash * 31 + digit.charCodeAt(0)) % 1_009
  return Math.round(delayMs * (1 - (JITTER * hash) / 1_009))
}

function same(state: SessionState): SessionStep {
  return { state, effects: [] }
}
