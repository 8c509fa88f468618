import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  canReset,
  initialPowerControl,
  type PowerEffect,
  type PowerEvent,
  type PowerPhase,
  reducePower,
  retryDelayMs,
} from '../../../lib/power/power-control.js'

/** Feeds events from `phase` on; the phase after each, and the effects of each. */
function feed(events: readonly PowerEvent[], phase: PowerPhase = 'off') {
  let control = { phase, failures: 0 }
  const phases: PowerPhase[] = []
  const effects: (readonly PowerEffect[])[] = []
  for (const event of events) {
    const step = reducePower(control, event)
    control = { ...step.control }
    phases.push(control.phase)
    effects.push(step.effects)
  }
  return { control, phases, effects }
}

test('N1: on, petted and off again: each step sets one timer or calls the manager once', () => {
  const { phases, effects } = feed(['powerOn', 'timeout', 'pet', 'pet', 'pet', 'powerOff', 'timeout', 'timeout'])
  assert.equal(effects, [
    ['powerOn'],
    ['watchdog'],
    ['watchdog'],
    ['watchdog'],
    ['watchdog'],
    ['transient'],
    ['startPoweringOff'],
    ['powerOff'],
  ])
  assert.is(phases[0], 'on-hold')
  assert.equal(phases.slice(5), ['waiting-to-power-off', 'powering-off', 'off-hold'])
})

test('N2: what is switched off while it is held stays on until the time is over', () => {
  const { phases, effects } = feed(['powerOn', 'powerOff', 'timeout'])
  assert.equal(effects, [['powerOn'], [], ['startPoweringOff']])
  assert.equal(phases, ['on-hold', 'waiting-to-power-off', 'powering-off'])
})

test('N3: what is switched on while it must stay off is on afterwards', () => {
  const { phases, effects } = feed(['powerOn', 'timeout', 'powerOff', 'timeout', 'timeout', 'powerOn', 'timeout'])
  assert.equal(effects.slice(4), [['powerOff'], [], ['powerOn']])
  assert.equal(phases.slice(4), ['off-hold', 'waiting-to-power-on', 'on-hold'])
})

test('off and on again within a moment calls nobody', () => {
  const { phases, effects } = feed(['powerOff', 'powerOn', 'timeout'], 'on')
  assert.equal(effects, [['transient'], [], ['watchdog']])
  assert.equal(phases, ['waiting-to-power-off', 'on-hold', 'on'])
})

test('the watchdog resets: off for the shortest time, then on', () => {
  const { phases, effects } = feed(['timeout', 'timeout', 'timeout'], 'on')
  assert.equal(effects, [['startPoweringOff'], ['powerOff'], ['powerOn']])
  assert.equal(phases, ['resetting', 'waiting-to-power-on', 'on-hold'])
})

test('a reset asked for ignores the hold time, and switches on nothing that is off', () => {
  assert.equal(feed(['forceReset'], 'on-hold').effects, [['startPoweringOff']])
  assert.equal(feed(['forceReset'], 'found-on').effects, [['startPoweringOff']])
  for (const phase of ['off', 'off-hold', 'powering-off', 'waiting-to-power-off', 'unknown'] as const) {
    assert.equal(feed(['forceReset'], phase), { control: { phase, failures: 0 }, phases: [phase], effects: [[]] })
    assert.is(canReset({ phase, failures: 0 }), false)
  }
  assert.is(canReset({ phase: 'on', failures: 0 }), true)
})

test('a wish that changes during a reset is the one that counts at its end', () => {
  assert.equal(feed(['powerOff', 'timeout', 'timeout'], 'resetting').phases, ['powering-off', 'off-hold', 'off'])
  assert.equal(feed(['powerOn', 'timeout', 'timeout'], 'powering-off').phases, [
    'resetting',
    'waiting-to-power-on',
    'on-hold',
  ])
  assert.equal(feed(['powerOff', 'timeout'], 'waiting-to-power-on').phases, ['off-hold', 'off'])
})

test('petting is without effect unless it is on', () => {
  const phases = ['off', 'on-hold', 'resetting', 'powering-off', 'off-hold', 'power-on-failed', 'found-on'] as const
  for (const phase of phases) assert.equal(feed(['pet'], phase).effects, [[]], phase)
})

test('at the start: what is on stays on, what is off stays off, what nobody knows is switched', () => {
  assert.is(initialPowerControl(true).phase, 'found-on')
  assert.equal(feed(['powerOn'], 'found-on').effects, [['watchdog']])
  assert.equal(feed(['powerOff', 'timeout'], 'found-on').effects, [['transient'], ['startPoweringOff']])
  assert.is(initialPowerControl(false).phase, 'off')
  assert.equal(feed(['powerOff'], 'off').effects, [[]])
  assert.is(initialPowerControl(undefined).phase, 'unknown')
  assert.equal(feed(['powerOn'], 'unknown').effects, [['powerOn']])
  assert.equal(feed(['powerOff'], 'unknown').effects, [['powerOff']])
})

test('a power-on that failed is tried again after waits that double up to five minutes', () => {
  let control = initialPowerControl(false)
  const delays: number[] = []
  control = reducePower(control, 'powerOn').control
  for (let round = 0; round < 8; round += 1) {
    const failed = reducePower(control, 'powerOnFailed')
    assert.equal([failed.control.phase, failed.effects], ['power-on-failed', ['retry']])
    delays.push(retryDelayMs(failed.control))
    const again = reducePower(failed.control, 'timeout')
    assert.equal(again.effects, ['powerOn'])
    control = again.control
  }
  assert.equal(delays, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
  assert.is(reducePower(control, 'timeout').control.failures, 0)
})

test('what failed to come up and is not wanted any more is switched off', () => {
  assert.equal(feed(['powerOff'], 'power-on-failed').effects, [['powerOff']])
  assert.equal(feed(['powerOnFailed'], 'waiting-to-power-off').effects, [['powerOff']])
})

test('a power-off that failed is tried again; one of a reset is given up for the power-on', () => {
  assert.equal(feed(['powerOffFailed', 'timeout'], 'off-hold').effects, [['retry'], ['powerOff']])
  assert.equal(feed(['powerOffFailed', 'powerOn', 'timeout'], 'off-hold').effects, [['retry'], [], ['powerOn']])
  assert.equal(feed(['powerOffFailed', 'timeout'], 'waiting-to-power-on').effects, [['retry'], ['powerOn']])
})

test.run()
