/** The lifecycle of an interface as a diagram and a table, from what its reducer does: every state that can be reached, every event. */

import { comparePlans } from '../../../lib/interface/compare-plans.js'
import {
  initialLifecycle,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
  reduceLifecycle,
} from '../../../lib/interface/lifecycle.js'
import { makePlan, type Plan } from '../../../lib/technology/plan.js'
import { table } from './generated-page.js'
import { stateDiagram, type Transition } from './state-diagram.js'

const IFNAME = 'br0'
const PORT = 'eth0'

/** A plan that sets an address: two of them differ by as little as a change in place takes. */
function addressPlan(address: string, type: string): Plan {
  const link = { ifname: IFNAME, address, prefixLength: 24 }
  return makePlan({
    ifname: IFNAME,
    type,
    source: { address },
    requires: [PORT],
    up: [
      { type: 'kernel', command: { type: 'addLink', ifname: IFNAME, kind: 'bridge' } },
      { type: 'kernel', command: { type: 'replaceAddress', ...link } },
    ],
    down: [
      { type: 'kernel', command: { type: 'deleteAddress', ...link } },
      { type: 'kernel', command: { type: 'deleteLink', ifname: IFNAME } },
    ],
  })
}

const NULL_PLAN = makePlan({ ifname: IFNAME, type: 'null', source: {}, requires: [] })
const PLANS = [
  NULL_PLAN,
  addressPlan('192.0.2.1', 'bridge'),
  addressPlan('192.0.2.2', 'bridge'),
  addressPlan('192.0.2.1', 'bond'),
]
const EVENTS: readonly LifecycleEvent[] = [
  ...PLANS.map((plan): LifecycleEvent => ({ type: 'configure', plan })),
  { type: 'linkPresent', ifname: PORT },
  { type: 'linkGone', ifname: PORT },
  { type: 'linkPresent', ifname: IFNAME },
  { type: 'linkGone', ifname: IFNAME },
  { type: 'upEnded' },
  { type: 'upEnded', failure: 'refused' },
  { type: 'changeEnded' },
  { type: 'changeEnded', failure: 'refused' },
  { type: 'downEnded' },
  { type: 'retryTimer' },
  { type: 'stop' },
]
/** More failures in a row change the delay of the next try and nothing else. */
const MAX_FAILURES_COUNT = 2

/** What really happens: each transition that has an effect or another state, once. */
export function lifecycleTransitions(): readonly Transition[] {
  const found = new Map<string, Transition>()
  const seen = new Set<string>()
  const queue: Lifecycle[] = [initialLifecycle(NULL_PLAN)]
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (const event of EVENTS) {
      const { state: next, effects } = reduceLifecycle(state, event)
      if (next.name !== state.name || effects.length > 0) {
        const transition = {
          from: state.name,
          to: next.name,
          label: labelOf(state, event),
          effects: effects.map(nameOf),
        }
        found.set(JSON.stringify(transition), transition)
      }
      const key = keyOf(next)
      if (seen.has(key) || next.failures > MAX_FAILURES_COUNT) continue
      seen.add(key)
      queue.push(next)
    }
  }
  const names = [...new Set([...found.values()].map(({ from }) => from))]
  return [...found.values()].sort((one, two) => names.indexOf(one.from) - names.indexOf(two.from))
}

/** Both, as the page has them. */
export function lifecycleDiagram(): string {
  const transitions = lifecycleTransitions()
  const rows = transitions.map(({ from, label, to, effects }) => [from, label, to, effects.join(', ')])
  return `${stateDiagram('configured', transitions, ['stopped'])}\n\n${table(['in', 'event', 'then', 'effects, in order'], rows)}`
}

function keyOf({ plan, next, present, ...rest }: Lifecycle): string {
  return JSON.stringify({
    ...rest,
    plan: PLANS.indexOf(plan),
    next: next === undefined ? undefined : PLANS.indexOf(next),
    present: [...present].sort(),
  })
}

function labelOf(state: Lifecycle, event: LifecycleEvent): string {
  switch (event.type) {
    case 'configure': {
      if (state.name !== 'configured' && state.name !== 'changing') return 'configure'
      const isNear = comparePlans(state.plan, event.plan).type === 'difference'
      return isNear ? 'configure, little differs' : 'configure, much differs'
    }
    case 'linkPresent':
    case 'linkGone':
      return `${event.type}, ${event.ifname === PORT ? 'required' : 'made by the plan'}`
    case 'upEnded':
    case 'changeEnded':
      return event.failure === undefined ? event.type : `${event.type}, failed`
    default:
      return event.type
  }
}

function nameOf(effect: LifecycleEffect): string {
  if (effect.type === 'settle') return `settle ${effect.outcome}`
  if (effect.type === 'reason') return effect.text === undefined ? 'reason cleared' : 'reason set'
  return effect.type
}
