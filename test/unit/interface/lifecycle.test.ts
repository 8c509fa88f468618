import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  initialLifecycle,
  type Lifecycle,
  type LifecycleEvent,
  outcomeOf,
  reduceLifecycle,
  retryDelayMs,
} from '../../../lib/interface/lifecycle.js'
import { makePlan, type Plan } from '../../../lib/technology/plan.js'

const nullPlan = makePlan({ ifname: 'eth0', type: 'null', source: {}, requires: [] })
const plan = makePlan({ ifname: 'eth0', type: 'probe', source: { n: 1 } })
const other = makePlan({ ifname: 'eth0', type: 'probe', source: { n: 2 } })
const dialled = makePlan({ ifname: 'ppp0', type: 'probe', source: {}, requires: ['wwan0', 'wwan1'] })

/** Feeds events one after the other; returns the last state and the names of all effects. */
function feed(events: readonly LifecycleEvent[], from: Lifecycle = initialLifecycle(nullPlan)) {
  let state = from
  const effects: string[] = []
  for (const event of events) {
    const step = reduceLifecycle(state, event)
    state = step.state
    for (const effect of step.effects) {
      if (effect.type === 'settle') effects.push(`settle ${effect.outcome}`)
      else if (effect.type === 'startRetryTimer') effects.push(`startRetryTimer ${effect.delayMs}`)
      else if (effect.type === 'reason') effects.push(`reason ${effect.text ?? '-'}`)
      else effects.push(effect.type)
    }
  }
  return { state, effects }
}

const present: LifecycleEvent = { type: 'linkPresent', ifname: 'eth0' }
const gone: LifecycleEvent = { type: 'linkGone', ifname: 'eth0' }
const down: LifecycleEvent = { type: 'downEnded' }
const up: LifecycleEvent = { type: 'upEnded' }
const failed: LifecycleEvent = { type: 'upEnded', failure: 'no' }
const configure = (wanted: Plan): LifecycleEvent => ({ type: 'configure', plan: wanted })
const configured = feed([present, configure(plan), down, up]).state
const retrying = feed([present, configure(plan), down, failed, down]).state

test('C12: configuring passes reconfiguring, then configuring, and ends configured', () => {
  const names = [present, configure(plan), down, up].map((_, index, all) => feed(all.slice(0, index + 1)).state.name)
  assert.equal(names, ['configured', 'reconfiguring', 'configuring', 'configured'])
})

test('starts services only after the up steps have succeeded', () => {
  assert.equal(feed([up], feed([present, configure(plan), down]).state).effects, [
    'reason -',
    'publish',
    'startServices',
    'settle configured',
  ])
})

test('stops services before the down steps run', () => {
  assert.equal(feed([configure(other)], configured).effects, ['publish', 'stopServices', 'runDown', 'settle replaced'])
})

test('waits for a link that is absent, without a timer, and says so', () => {
  const { state, effects } = feed([configure(plan), down])
  assert.is(state.name, 'retrying')
  assert.equal(effects.slice(-3), ['reason waiting for eth0 to appear', 'publish', 'settle absent'])
})

test('begins when the last of several required links appears', () => {
  const first = feed([configure(dialled), down, { type: 'linkPresent', ifname: 'wwan0' }]).state
  assert.is(first.name, 'retrying')
  assert.is(feed([{ type: 'linkPresent', ifname: 'wwan1' }], first).state.name, 'configuring')
})

test('undoes half a plan when an up step fails, then waits', () => {
  const { state, effects } = feed([failed, down], feed([present, configure(plan), down]).state)
  assert.is(state.name, 'retrying')
  assert.equal(effects, [
    'publish',
    'stopServices',
    'runDown',
    'settle failed',
    'reason no',
    'publish',
    'startRetryTimer 30000',
  ])
})

test('tries again when the retry timer fires', () => {
  assert.equal(feed([{ type: 'retryTimer' }], retrying).effects, ['publish', 'runUp'])
})

test('backs off: the wait doubles from retryDelayMs to five minutes', () => {
  assert.equal(
    [1, 2, 3, 4, 5, 9].map((failures) => retryDelayMs(plan, failures)),
    [30_000, 60_000, 120_000, 240_000, 300_000, 300_000],
  )
  assert.is(retryDelayMs({ ...plan, retryDelayMs: 900_000 }, 3), 900_000)
})

test('a success makes the back-off begin anew', () => {
  assert.is(feed([{ type: 'retryTimer' }, up], retrying).state.failures, 0)
})

test('a new configuration while configuring undoes the old one first', () => {
  const configuring = feed([present, configure(plan), down]).state
  const { state, effects } = feed([configure(other)], configuring)
  assert.is(state.name, 'reconfiguring')
  assert.is(state.plan, plan)
  assert.is(state.next, other)
  assert.equal(effects, ['publish', 'stopServices', 'runDown', 'settle replaced'])
})

test('a configuration that arrives while reconfiguring replaces the one that waits', () => {
  const { state } = feed([configure(plan), configure(other), down], configured)
  assert.is(state.name, 'configuring')
  assert.is(state.plan, other)
})

test('a new configuration while retrying begins at once', () => {
  const { state, effects } = feed([configure(other)], retrying)
  assert.is(state.name, 'configuring')
  assert.equal(effects, ['cancelRetryTimer', 'publish', 'runUp'])
})

test('C11: a required link that vanishes undoes the plan, and its return configures again', () => {
  const away = feed([gone, down], configured)
  assert.is(away.state.name, 'retrying')
  assert.equal(away.effects.slice(0, 3), ['publish', 'stopServices', 'runDown'])
  assert.is(feed([present, up], away.state).state.name, 'configured')
})

test('a link that vanishes in mid-configuration is undone, and does not count as a failure', () => {
  const { state } = feed([gone, down], feed([present, configure(plan), down]).state)
  assert.is(state.name, 'retrying')
  assert.is(state.failures, 0)
})

test('a link that vanished and returned while reconfiguring does not delay what comes next', () => {
  const { state } = feed([configure(other), gone, present, down], configured)
  assert.is(state.name, 'configuring')
})

test('a late result of an attempt that was given up is ignored', () => {
  for (const late of [up, failed, down]) assert.is(feed([late], retrying).state, retrying)
  assert.is(feed([up], feed([configure(other)], configured).state).state.name, 'reconfiguring')
})

test('a link that is reported present again changes nothing', () => {
  assert.equal(feed([present], configured), { state: configured, effects: [] })
})

test('stopping undoes what is configured and then is stopped for good', () => {
  const { state, effects } = feed([{ type: 'stop' }, down], configured)
  assert.is(state.name, 'stopped')
  assert.equal(effects, ['publish', 'stopServices', 'runDown', 'settle stopped', 'settle stopped'])
  for (const late of [configure(plan), present, gone, { type: 'retryTimer' }, up] as const) {
    assert.is(feed([late], state).state.name, 'stopped')
  }
})

test('stopping while reconfiguring drops the configuration that waits', () => {
  assert.is(feed([configure(other), { type: 'stop' }, down], configured).state.name, 'stopped')
})

test('stopping while retrying cancels the timer', () => {
  assert.equal(feed([{ type: 'stop' }], retrying).effects, ['cancelRetryTimer', 'settle stopped'])
})

const step = (program: string): Plan['up'] => [{ type: 'run', program, args: [] }]
const based = (...programs: string[]): Plan => makePlan({ ...plan, up: programs.flatMap(step), source: programs })
const standing = feed([present, configure(based('a')), down, up]).state
const changed: LifecycleEvent = { type: 'changeEnded' }
const changeFailed: LifecycleEvent = { type: 'changeEnded', failure: 'no' }

test('a plan that has much in common with the applied one is changed to, and nothing is stopped', () => {
  const changing = feed([configure(based('a', 'b'))], standing)
  assert.is(changing.state.name, 'changing')
  assert.equal(changing.effects, ['publish', 'change'])
  const { state, effects } = feed([changed], changing.state)
  assert.is(state.name, 'configured')
  assert.equal(state.plan.source, ['a', 'b'])
  assert.equal(effects, ['reason -', 'publish', 'settle configured'])
})

test('a change that fails is undone, and all is done anew at once', () => {
  const { state, effects } = feed([configure(based('a', 'b')), changeFailed, down], standing)
  assert.is(state.name, 'configuring')
  assert.is(state.failures, 0)
  assert.equal(state.plan.source, ['a', 'b'])
  assert.equal(effects.slice(2), ['publish', 'stopServices', 'runDown', 'settle failed', 'publish', 'runUp'])
})

test('when doing it anew fails too, that is the first failure', () => {
  const { state, effects } = feed([configure(based('a', 'b')), changeFailed, down, failed, down], standing)
  assert.is(state.name, 'retrying')
  assert.equal(effects.slice(-3), ['reason no', 'publish', 'startRetryTimer 30000'])
})

test('a further plan of the kind waits for the change that is under way', () => {
  const waiting = feed(
    [configure(based('a', 'b')), configure(based('a', 'b', 'd')), configure(based('a', 'b', 'c'))],
    standing,
  )
  assert.is(waiting.state.name, 'changing')
  assert.equal(waiting.effects, ['publish', 'change', 'settle replaced', 'settle replaced'])
  const next = feed([changed], waiting.state)
  assert.is(next.state.name, 'changing')
  assert.equal(next.effects, ['publish', 'change'])
  assert.equal(next.state.plan.source, ['a', 'b', 'c'])
  assert.is(feed([changed], next.state).state.name, 'configured')
  assert.equal(feed([changeFailed], waiting.state).state.next?.source, ['a', 'b', 'c'])
})

test('a plan of another kind does not wait for the change that is under way', () => {
  const { state, effects } = feed([configure(based('a', 'b')), configure(nullPlan)], standing)
  assert.is(state.name, 'reconfiguring')
  assert.is(state.next, nullPlan)
  assert.equal(effects.slice(2), ['publish', 'stopServices', 'runDown', 'settle replaced'])
  assert.is(feed([changed], state).state, state, 'the late end of the change is ignored')
})

test('a link that vanishes in mid-change is undone; what waits comes next', () => {
  const { state } = feed([configure(based('a', 'b')), configure(based('a', 'b', 'c')), gone, down], standing)
  assert.is(state.name, 'retrying')
  assert.equal(state.plan.source, ['a', 'b', 'c'])
  assert.is(feed([configure(based('a', 'b')), { type: 'stop' }, down], standing).state.name, 'stopped')
})

test('an end of a change that nobody waits for is ignored', () => {
  for (const late of [changed, changeFailed]) assert.is(feed([late], retrying).state, retrying)
})

test('what waits to be tried again has ended, and what is going on has no outcome yet', () => {
  const outcomes = [
    [present, configure(plan)],
    [present, configure(plan), down],
    [present, configure(plan), down, up],
    [present, configure(plan), down, failed],
    [present, configure(plan), down, failed, down],
    [configure(plan), down],
    [configure(plan), down, { type: 'stop' } as const],
  ].map((events) => outcomeOf(feed(events).state))
  assert.equal(outcomes, [undefined, undefined, 'configured', undefined, 'failed', 'absent', 'stopped'])
})

const bridge = makePlan({
  ifname: 'br0',
  type: 'probe',
  source: {},
  requires: [],
  up: [{ type: 'kernel', command: { type: 'addLink', ifname: 'br0', kind: 'bridge' } }],
})
const bridgeGone: LifecycleEvent = { type: 'linkGone', ifname: 'br0' }

test('a link that the plan made and that goes is a failure: everything is undone, and tried again after a while', () => {
  const { state, effects } = feed([bridgeGone, down], feed([configure(bridge), down, up]).state)
  assert.is(state.name, 'retrying')
  assert.equal(effects, [
    'publish',
    'stopServices',
    'runDown',
    'settle failed',
    'reason br0 was deleted or renamed by another program',
    'publish',
    'startRetryTimer 30000',
  ])
})

test('while it is being made, a link of its name may go: that is what an earlier run has left', () => {
  assert.is(feed([bridgeGone], feed([configure(bridge), down]).state).state.name, 'configuring')
})

test('a failure gives way to what is waited for, where a link is gone by then', () => {
  const { effects } = feed([failed, gone, down], feed([present, configure(plan), down]).state)
  assert.ok(effects.includes('reason waiting for eth0 to appear'))
  assert.not.ok(effects.some((effect) => effect.startsWith('startRetryTimer')))
})

test.run()
