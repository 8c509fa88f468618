/** When to try what, to get back an internet that was there before: a pure reducer. */

import { assertNever } from '../base/assert.js'

/** What can be tried, from the gentlest on. */
export type RecoveryStep = 'renew-dhcp' | 'restart-link' | 'power-cycle'

export interface RecoveryState {
  /** Whether anybody judges the interface by the internet. */
  readonly judged: boolean
  /** The internet was there, with the present configuration. */
  readonly hadInternet: boolean
  /** It is missing, and a wait goes on. */
  readonly waiting: boolean
  /** Steps tried since it went. */
  readonly attempts: number
  /** The last step tried. */
  readonly step: RecoveryStep | undefined
}

export type RecoveryInput =
  /** Another configuration: what was before says nothing about it. */
  | { readonly type: 'configured'; readonly judged: boolean }
  | { readonly type: 'connection'; readonly internet: boolean }
  /** The wait is over. `available`: what could be tried now; `held`: nothing may be tried at present. */
  | { readonly type: 'due'; readonly available: readonly RecoveryStep[]; readonly held: boolean }

export type RecoveryEffect =
  | { readonly type: 'wait'; readonly delayMs: number }
  | { readonly type: 'cancelWait' }
  | { readonly type: 'perform'; readonly step: RecoveryStep }
  /** Publish that nothing is being recovered. */
  | { readonly type: 'clear' }

export interface RecoveryResult {
  readonly state: RecoveryState
  readonly effects: readonly RecoveryEffect[]
}

/** The wait doubles up to this: what has not helped so far is tried on, but not much of the time. */
const MAX_PERIOD_MS = 3_600_000

const ORDER: readonly RecoveryStep[] = ['renew-dhcp', 'restart-link', 'power-cycle']

export const initialRecovery: RecoveryState = {
  judged: false,
  hadInternet: false,
  waiting: false,
  attempts: 0,
  step: undefined,
}

/** The wait before attempt number `attempts + 1`. */
export function recoveryPeriodMs(afterMs: number, attempts: number): number {
  return Math.min(afterMs * 2 ** attempts, Math.max(afterMs, MAX_PERIOD_MS))
}

/** One step; `afterMs` is the first wait. */
export function reduceRecovery(state: RecoveryState, input: RecoveryInput, afterMs: number): RecoveryResult {
  switch (input.type) {
    case 'configured':
      return ended(state, { ...initialRecovery, judged: input.judged })
    case 'connection':
      return connection(state, input.internet, afterMs)
    case 'due':
      return state.waiting ? due(state, input, afterMs) : { state, effects: [] }
    default:
      return assertNever(input)
  }
}

function connection(state: RecoveryState, internet: boolean, afterMs: number): RecoveryResult {
  if (!state.judged) return { state, effects: [] }
  if (internet) return ended(state, { ...initialRecovery, judged: true, hadInternet: true })
  if (!state.hadInternet || state.waiting) return { state, effects: [] }
  return { state: { ...state, waiting: true }, effects: [{ type: 'wait', delayMs: recoveryPeriodMs(afterMs, 0) }] }
}

function ended(state: RecoveryState, next: RecoveryState): RecoveryResult {
  const cancel: RecoveryEffect[] = state.waiting ? [{ type: 'cancelWait' }] : []
  const clear: RecoveryEffect[] = state.attempts > 0 ? [{ type: 'clear' }] : []
  return { state: next, effects: [...cancel, ...clear] }
}

function due(
  state: RecoveryState,
  { available, held }: Extract<RecoveryInput, { type: 'due' }>,
  afterMs: number,
): RecoveryResult {
  const step = held ? undefined : nextStep(state.step, available)
  if (step === undefined) {
    return { state, effects: [{ type: 'wait', delayMs: recoveryPeriodMs(afterMs, state.attempts) }] }
  }
  const attempts = state.attempts + 1
  return {
    state: { ...state, step, attempts },
    effects: [
      { type: 'wait', delayMs: recoveryPeriodMs(afterMs, attempts) },
      { type: 'perform', step },
    ],
  }
}

/** The gentlest that is stronger than the last; where there is none, the strongest there is. */
function nextStep(last: RecoveryStep | undefined, available: readonly RecoveryStep[]): RecoveryStep | undefined {
  const possible = ORDER.filter((step) => available.includes(step))
  const tried = last === undefined ? -1 : ORDER.indexOf(last)
  return possible.find((step) => ORDER.indexOf(step) > tried) ?? possible.at(-1)
}
