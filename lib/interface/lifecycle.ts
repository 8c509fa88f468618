/**
 * The lifecycle of one interface, pure: (state, event) → (state, effects). The actor in interface.ts feeds events and
 * carries out effects in order.
 *
 *                    configure / link gone                 all required links present
 *   configured ────────────────────────────▶ reconfiguring ─────────────────────────▶ configuring ──▶ configured
 *                                              ▲   │ not present, or the last attempt failed │ failed, replaced, link gone
 *                                              │   ▼                                         │
 *                                              │  retrying ──── timer / links present ──▶ configuring
 *                                              └─────────────────────────────────────────────┘
 *
 * A plan that takes the place of another one and has much in common with it is `changing`: only the difference is carried
 * out, and what is equal in both stays up (compare-plans.ts). To others that is `configuring`, with a connection that lasts.
 *
 *   configured ──── configure, same kind ────▶ changing ──▶ configured        (failed: reconfiguring, and all anew)
 *
 * Otherwise whatever was done is undone before anything else is tried: every way out of `configuring` and `configured` leads
 * through `reconfiguring`, which runs the plan's down steps; so does every other way out of `changing`. So `retrying` never has anything of ours in the kernel.
 * docs/diagrams.md has every transition with its effects, made from this reducer.
 */

import { assertNever } from '../base/assert.js'
import { linksMadeBy, type Plan } from '../technology/plan.js'
import { comparePlans, type Difference } from './compare-plans.js'

export type LifecycleName = 'configured' | 'reconfiguring' | 'configuring' | 'changing' | 'retrying' | 'stopped'

export interface Lifecycle {
  readonly name: LifecycleName
  /** What is applied, being applied, being undone or waiting. */
  readonly plan: Plan
  /** While reconfiguring: what comes when `plan` is undone; absent when stopping. While changing: what comes after it. */
  readonly next?: Plan
  /** While reconfiguring: why the attempt before failed, so that `next` must wait. */
  readonly failure?: string
  /** Failed attempts of the present plan, for the back-off. */
  readonly failures: number
  /** Links that are present, of those that any plan so far has required. */
  readonly present: ReadonlySet<string>
}

export type LifecycleEvent =
  | { readonly type: 'configure'; readonly plan: Plan }
  | { readonly type: 'linkPresent'; readonly ifname: string }
  | { readonly type: 'linkGone'; readonly ifname: string }
  /** The up steps have ended; `failure` says why they failed. */
  | { readonly type: 'upEnded'; readonly failure?: string }
  /** The difference is carried out; `failure` says why it could not be. */
  | { readonly type: 'changeEnded'; readonly failure?: string }
  /** The down steps have ended, however. */
  | { readonly type: 'downEnded' }
  | { readonly type: 'retryTimer' }
  | { readonly type: 'stop' }

/** What became of an attempt: for those who wait. */
export type Outcome = 'configured' | 'replaced' | 'failed' | 'absent' | 'stopped'

export type LifecycleEffect =
  /** Publish `type` and `state`; the connection of every state but `configured` is `disconnected`. */
  | { readonly type: 'publish' }
  | { readonly type: 'startServices'; readonly plan: Plan }
  | { readonly type: 'stopServices' }
  /** Write files and run the up steps; ends with `upEnded`. */
  | { readonly type: 'runUp'; readonly plan: Plan }
  /** Carry out the difference between what is applied and the plan, services included; ends with `changeEnded`. */
  | { readonly type: 'change'; readonly plan: Plan; readonly difference: Difference }
  /** Abort running up steps or a change (no end of theirs follows), run the down steps, delete files; ends with `downEnded`. */
  | { readonly type: 'runDown'; readonly plan: Plan }
  | { readonly type: 'startRetryTimer'; readonly delayMs: number }
  | { readonly type: 'cancelRetryTimer' }
  /** Why the interface is not configured; undefined: it is, or is about to be. */
  | { readonly type: 'reason'; readonly text: string | undefined }
  | { readonly type: 'settle'; readonly outcome: Outcome }

export interface LifecycleStep {
  readonly state: Lifecycle
  readonly effects: readonly LifecycleEffect[]
}

/** Retries back off to this; longer would look like having given up. */
const RETRY_DELAY_LIMIT_MS = 300_000

/** The state at birth: nothing is configured, nothing must be undone. */
export function initialLifecycle(nullPlan: Plan): Lifecycle {
  return { name: 'configured', plan: nullPlan, failures: 0, present: new Set() }
}

/** What became of the last attempt; undefined while one is going on. */
export function outcomeOf(state: Lifecycle): Outcome | undefined {
  if (state.name === 'configured' || state.name === 'stopped') return state.name
  if (state.name !== 'retrying') return undefined
  return allPresent(state, state.plan) ? 'failed' : 'absent'
}

/** The delay before attempt number `failures + 1`: first retryDelayMs, then doubling up to a limit. */
export function retryDelayMs(plan: Plan, failures: number): number {
  const delayMs = plan.retryDelayMs * 2 ** Math.max(0, failures - 1)
  return Math.min(delayMs, Math.max(RETRY_DELAY_LIMIT_MS, plan.retryDelayMs))
}

/** One step of the lifecycle. */
export function reduceLifecycle(state: Lifecycle, event: LifecycleEvent): LifecycleStep {
  switch (event.type) {
    case 'configure':
      return configure(state, event.plan)
    case 'linkPresent':
      if (state.present.has(event.ifname)) return unchanged(state)
      return linkPresent({ ...state, present: withName(state.present, event.ifname) })
    case 'linkGone':
      return linkGone({ ...state, present: withoutName(state.present, event.ifname) }, event.ifname)
    case 'upEnded':
      return state.name === 'configuring' ? upEnded(state, event.failure) : unchanged(state)
    case 'changeEnded':
      return state.name === 'changing' ? changeEnded(state, event.failure) : unchanged(state)
    case 'downEnded':
      return state.name === 'reconfiguring' ? downEnded(state) : unchanged(state)
    case 'retryTimer':
      return state.name === 'retrying' && allPresent(state, state.plan) ? start(state) : unchanged(state)
    case 'stop':
      return stop(state)
    default:
      return assertNever(event)
  }
}

function configure(state: Lifecycle, plan: Plan): LifecycleStep {
  switch (state.name) {
    case 'configured':
      return change(state, plan)
    case 'changing':
      if (comparePlans(state.plan, plan).type === 'difference') {
        return { state: { ...state, next: plan }, effects: [{ type: 'settle', outcome: 'replaced' }] }
      }
      return undo(state, { next: plan, failures: 0, outcome: 'replaced' })
    case 'configuring':
      return undo(state, { next: plan, failures: 0, outcome: 'replaced' })
    case 'reconfiguring': {
      const { failure: _, ...rest } = state
      return { state: { ...rest, next: plan, failures: 0 }, effects: [{ type: 'settle', outcome: 'replaced' }] }
    }
    case 'retrying':
      return startOrWait({ ...state, plan, failures: 0 }, [{ type: 'cancelRetryTimer' }])
    case 'stopped':
      return unchanged(state)
    default:
      return assertNever(state.name)
  }
}

/** What is applied becomes the plan, by as little as it takes. */
function change(state: Lifecycle, plan: Plan): LifecycleStep {
  const difference = comparePlans(state.plan, plan)
  if (difference.type === 'teardown') return undo(state, { next: plan, failures: 0, outcome: 'replaced' })
  return {
    state: { name: 'changing', plan, failures: 0, present: state.present },
    effects: [{ type: 'publish' }, { type: 'change', plan, difference }],
  }
}

/** A change that failed half way is undone, and the plan begins from nothing: at once, for that is another way to it. */
function changeEnded({ next, ...state }: Lifecycle, failure: string | undefined): LifecycleStep {
  if (failure !== undefined) return undo(state, { next: next ?? state.plan, failures: 0, outcome: 'failed' })
  if (next !== undefined) return change({ ...state, name: 'configured' }, next)
  return {
    state: { ...state, name: 'configured' },
    effects: [{ type: 'reason', text: undefined }, { type: 'publish' }, { type: 'settle', outcome: 'configured' }],
  }
}

function linkPresent(state: Lifecycle): LifecycleStep {
  return state.name === 'retrying' && allPresent(state, state.plan)
    ? start(state, [{ type: 'cancelRetryTimer' }])
    : unchanged(state)
}

function linkGone(state: Lifecycle, ifname: string): LifecycleStep {
  const running = state.name === 'configured' || state.name === 'configuring' || state.name === 'changing'
  // The link comes back as another one: what failed before may work with it, so the count starts again.
  if (running && state.plan.requires.includes(ifname)) {
    const next = state.name === 'changing' ? state.next : undefined
    return undo(state, { next: next ?? state.plan, failures: 0, outcome: 'absent' })
  }
  // While it is being configured, one that an earlier run has left may be replaced.
  if ((state.name === 'configured' || state.name === 'changing') && linksMadeBy(state.plan).includes(ifname)) {
    const failure = `${ifname} was deleted or renamed by another program`
    return undo(state, { next: state.next ?? state.plan, failure, failures: state.failures + 1, outcome: 'failed' })
  }
  if (state.name === 'retrying' && state.plan.requires.includes(ifname)) {
    return startOrWait({ ...state, failures: 0 }, [{ type: 'cancelRetryTimer' }])
  }
  return unchanged(state)
}

function upEnded(state: Lifecycle, failure: string | undefined): LifecycleStep {
  if (failure !== undefined) {
    return undo(state, { next: state.plan, failure, failures: state.failures + 1, outcome: 'failed' })
  }
  return {
    state: { ...state, name: 'configured', failures: 0 },
    effects: [
      { type: 'reason', text: undefined },
      { type: 'publish' },
      { type: 'startServices', plan: state.plan },
      { type: 'settle', outcome: 'configured' },
    ],
  }
}

function downEnded(state: Lifecycle): LifecycleStep {
  const { next, failure, ...rest } = state
  if (next === undefined)
    return { state: { ...rest, name: 'stopped' }, effects: [{ type: 'settle', outcome: 'stopped' }] }
  const waiting: Lifecycle = { ...rest, plan: next }
  if (failure === undefined || !allPresent(waiting, next)) return startOrWait(waiting, [])
  return {
    state: { ...waiting, name: 'retrying' },
    effects: [
      { type: 'reason', text: failure },
      { type: 'publish' },
      { type: 'startRetryTimer', delayMs: retryDelayMs(next, waiting.failures) },
    ],
  }
}

function stop(state: Lifecycle): LifecycleStep {
  switch (state.name) {
    case 'configured':
    case 'configuring':
    case 'changing':
      return undo(state, { failures: 0, outcome: 'stopped' })
    case 'reconfiguring': {
      const { next: _next, failure: _failure, ...rest } = state
      return { state: rest, effects: [] }
    }
    case 'retrying':
      return {
        state: { ...state, name: 'stopped' },
        effects: [{ type: 'cancelRetryTimer' }, { type: 'settle', outcome: 'stopped' }],
      }
    case 'stopped':
      return unchanged(state)
    default:
      return assertNever(state.name)
  }
}

interface Undo {
  readonly next?: Plan
  readonly failure?: string
  readonly failures: number
  readonly outcome: Outcome
}

function undo(state: Lifecycle, { outcome, ...then }: Undo): LifecycleStep {
  return {
    state: { name: 'reconfiguring', plan: state.plan, present: state.present, ...then },
    effects: [
      { type: 'publish' },
      { type: 'stopServices' },
      { type: 'runDown', plan: state.plan },
      { type: 'settle', outcome },
    ],
  }
}

function startOrWait(state: Lifecycle, before: readonly LifecycleEffect[]): LifecycleStep {
  const missing = state.plan.requires.filter((ifname) => !state.present.has(ifname))
  if (missing.length === 0) return start(state, before)
  return {
    state: { ...state, name: 'retrying' },
    effects: [
      ...before,
      { type: 'reason', text: `waiting for ${missing.join(' and ')} to appear` },
      { type: 'publish' },
      { type: 'settle', outcome: 'absent' },
    ],
  }
}

function start(state: Lifecycle, before: readonly LifecycleEffect[] = []): LifecycleStep {
  return {
    state: { ...state, name: 'configuring' },
    effects: [...before, { type: 'publish' }, { type: 'runUp', plan: state.plan }],
  }
}

function allPresent(state: Lifecycle, plan: Plan): boolean {
  return plan.requires.every((ifname) => state.present.has(ifname))
}

function unchanged(state: Lifecycle): LifecycleStep {
  return { state, effects: [] }
}

function withName(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return names.has(name) ? names : new Set([...names, name])
}

function withoutName(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return names.has(name) ? new Set([...names].filter((other) => other !== name)) : names
}
