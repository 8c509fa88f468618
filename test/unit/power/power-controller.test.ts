import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PowerController, type SignOfLife } from '../../../lib/power/power-controller.js'
import type { PowerManager, PowerState } from '../../../lib/power/power-manager.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { RecordingLogger } from '../supervision/recording-logger.js'

/** A manager that counts its calls; `fail` names those that throw. */
class PowerDouble implements PowerManager {
  readonly name: string = 'double'
  readonly calls: string[] = []
  readonly messages: unknown[] = []
  fail = ''

  powerOn() {
    this.#called('powerOn')
    return { holdMs: 50 }
  }

  async startPoweringOff() {
    this.#called('startPoweringOff')
    return { limitMs: 100 }
  }

  powerOff() {
    this.#called('powerOff')
    return { minimumOffMs: 10 }
  }

  message(message: unknown) {
    this.#called('message')
    this.messages.push(message)
  }

  count(name: string): number {
    return this.calls.filter((call) => call === name).length
  }

  #called(name: string) {
    this.calls.push(name)
    if (this.fail === name) throw new Error('no current')
  }
}

async function world(given: { manager?: PowerManager; sign?: SignOfLife; watchdogTimeoutMs?: number } = {}) {
  const double = new PowerDouble()
  const clock = new SimulatedClock()
  const logger = new RecordingLogger()
  const states: PowerState[] = []
  const problems: (string | undefined)[] = []
  const signs = { sign: given.sign ?? 'dead' }
  const controller = new PowerController({
    ifname: 'test0',
    manager: given.manager ?? Object.assign(double, { isOn: () => false }),
    watchdogTimeoutMs: given.watchdogTimeoutMs ?? 50,
    clock,
    logger,
    signOfLife: () => signs.sign,
    onState: (state) => {
      if (states.at(-1) !== state) states.push(state)
    },
    onProblem: (text) => problems.push(text),
  })
  const starting = controller.start()
  await clock.advance(0)
  return { double, clock, logger, states, problems, signs, controller, starting }
}

/** The same, on and past its hold time. */
async function on(given: Parameters<typeof world>[0] = {}) {
  const parts = await world(given)
  parts.controller.want(true)
  await parts.clock.advance(50)
  return parts
}

test('N4: powering on calls powerOn once, and the state is on', async () => {
  const { double, clock, controller, states } = await world()
  controller.want(true)
  controller.want(true)
  await clock.advance(0)
  assert.equal(double.calls, ['powerOn'])
  assert.equal(controller.info(), {
    manager: 'double',
    state: 'on',
    text: 'on, for 50 ms more at least',
    timeLeftMs: 50,
  })
  assert.equal(states, ['off', 'on'])
})

test('N5: powering off waits a moment, ends in order, and the log names the interface at each step', async () => {
  const { double, clock, controller, logger } = await world()
  controller.want(true)
  await clock.advance(60)
  for (let count = 0; count < 4; count += 1) controller.pet()
  controller.want(false)
  await clock.advance(0)
  assert.is(double.count('startPoweringOff'), 0)
  await clock.advance(15)
  assert.is(double.count('startPoweringOff'), 1)
  assert.is(controller.info().state, 'powering-off')
  await clock.advance(105)
  assert.is(double.count('powerOff'), 1)
  assert.is(controller.info().state, 'off')
  const lines = logger.lines.filter((line) => line.startsWith('info'))
  assert.equal(lines, ['info test0: power on', 'info test0: beginning to power off', 'info test0: power off'])
  await clock.advance(10)
  assert.equal(controller.info(), { manager: 'double', state: 'off', text: 'off' })
})

test('N7: a message reaches the manager; one that it throws at is logged', async () => {
  const { double, clock, controller, logger } = await world()
  controller.send('this_is_a_test')
  await clock.advance(5)
  assert.equal(double.messages, ['this_is_a_test'])
  double.fail = 'message'
  controller.send('again')
  await clock.advance(0)
  assert.match(logger.lines.at(-1) ?? '', /^error test0: a message .* no current$/)
})

test('the watchdog that nobody pets resets the hardware; petting puts it off', async () => {
  const { double, clock, controller, logger } = await on()
  await clock.advance(40)
  controller.pet()
  await clock.advance(49)
  assert.equal(double.calls, ['powerOn'])
  await clock.advance(1)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff'])
  assert.match(logger.lines.join('\n'), /warn test0: no sign of life for 50 ms/)
  await clock.advance(110)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff', 'powerOff', 'powerOn'])
})

test('a sign of life counts as petting at the end of the time', async () => {
  const { double, clock, signs } = await on({ sign: 'alive' })
  await clock.advance(500)
  assert.equal(double.calls, ['powerOn'])
  signs.sign = 'dead'
  await clock.advance(50)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff'])
})

test('what nobody judges is left alone, until somebody pets and stops petting', async () => {
  const { double, clock, controller } = await on({ sign: 'unjudged' })
  await clock.advance(500)
  assert.equal(double.calls, ['powerOn'])
  controller.pet()
  await clock.advance(50)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff'])
})

test('a power-on that failed is told, tried again with growing waits, and forgotten when it works', async () => {
  const { double, clock, controller, problems, states, logger } = await world()
  double.fail = 'powerOn'
  controller.want(true)
  await clock.advance(0)
  assert.is(controller.info().state, 'failed')
  assert.is(controller.info().text, 'failed to switch on (powerOn: no current), tried again in 5000 ms')
  assert.equal(problems, ['power on failed: no current'])
  assert.match(logger.lines.at(-1) ?? '', 'error test0: power on failed: no current')
  await clock.advance(5_000)
  assert.is(controller.info().timeLeftMs, 10_000)
  double.fail = ''
  await clock.advance(10_000)
  assert.equal([double.count('powerOn'), controller.info().state, problems.at(-1)], [3, 'on', undefined])
  assert.equal(states, ['off', 'on', 'failed', 'on', 'failed', 'on'])
})

test('an orderly end that cannot be begun does not keep the power on', async () => {
  const { double, clock, controller } = await on()
  double.fail = 'startPoweringOff'
  controller.want(false)
  await clock.advance(10)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff', 'powerOff'])
})

test('a call that hangs counts as failed', async () => {
  const manager = { ...silent(), powerOn: () => new Promise<never>(() => undefined) }
  const { clock, controller } = await world({ manager })
  controller.want(true)
  await clock.advance(29_999)
  assert.is(controller.info().text, 'being switched on')
  await clock.advance(1)
  assert.is(controller.info().state, 'failed')
})

test('a manager that answers nonsense has done its work all the same', async () => {
  const manager = { ...silent(), powerOn: () => undefined as unknown as { holdMs: number } }
  const { clock, controller, logger } = await world({ manager })
  controller.want(true)
  await clock.advance(0)
  assert.is(controller.info().state, 'on')
  assert.match(logger.lines.join('\n'), /powerOn answered no number of milliseconds/)
})

test('a reset during a slow power-on waits for it, and its hold time is ignored', async () => {
  const { double, clock, controller } = await world()
  let release: () => void = () => undefined
  const inner = double.powerOn.bind(double)
  double.powerOn = (() => new Promise((resolve) => (release = () => resolve(inner())))) as unknown as typeof inner
  controller.want(true)
  await clock.advance(0)
  assert.is(controller.forceReset(), true)
  await clock.advance(0)
  assert.equal(double.calls, [])
  release()
  await clock.advance(0)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff'])
  await clock.advance(100)
  assert.equal(double.calls, ['powerOn', 'startPoweringOff', 'powerOff'])
})

test('a power-on that ends after the reset was asked for sets no timer', async () => {
  let release: (answer: { holdMs: number }) => void = () => undefined
  const calls: string[] = []
  const manager: PowerManager = {
    ...silent(),
    powerOn: () => new Promise((resolve) => (release = resolve)),
    startPoweringOff: () => new Promise(() => calls.push('startPoweringOff')),
    powerOff: () => assert.unreachable() as never,
  }
  const { clock, controller } = await world({ manager })
  controller.want(true)
  await clock.advance(0)
  controller.forceReset()
  release({ holdMs: 50 })
  await clock.advance(1_000)
  assert.equal([calls, controller.info().text], [['startPoweringOff'], 'beginning a reset'])
})

test('what is on at the start is not switched, and the watchdog begins when it is wanted', async () => {
  const manager = { ...silent(), isOn: async () => true, startPoweringOff: () => ({ limitMs: 10 }) }
  const { clock, controller, states, signs } = await world({ manager })
  await clock.advance(500)
  assert.equal(controller.info(), { manager: 'silent', state: 'on', text: 'on since before the start' })
  controller.want(true)
  assert.is(controller.info().text, 'on, the watchdog acts in 50 ms')
  assert.equal(states, ['on'])
  signs.sign = 'dead'
  await clock.advance(50)
  assert.is(controller.info().state, 'powering-off')
})

test('a manager whose init fails or hangs is not used, and says so', async () => {
  const failing = {
    ...silent(),
    init() {
      throw new Error('no chip')
    },
  }
  const { controller, clock, problems, states } = await world({ manager: failing })
  controller.want(true)
  assert.is(controller.forceReset(), false)
  controller.send('x')
  await clock.advance(1_000)
  assert.equal(controller.info(), { manager: 'silent', state: 'disabled', text: 'not used: init: no chip' })
  assert.equal([problems, states], [['power manager not used: init: no chip'], ['disabled']])

  const hanging = await world({ manager: { ...silent(), init: () => new Promise<void>(() => undefined) } })
  await hanging.clock.advance(5_000)
  await hanging.starting
  assert.match(hanging.controller.info().text, /init has not ended within 5000 ms/)
})

test('an isOn that throws means that nobody knows', async () => {
  const isOn = () => Promise.reject(new Error('no chip'))
  const { controller, logger } = await world({ manager: { ...silent(), isOn } })
  assert.equal(controller.info(), { manager: 'silent', state: 'unknown', text: 'not switched yet' })
  assert.match(logger.lines.join('\n'), /cannot be told: no chip/)
})

test('stop leaves the hardware as it is and waits for the call under way', async () => {
  const { double, clock, controller } = await on()
  await controller.stop()
  controller.want(false)
  controller.pet()
  assert.is(controller.forceReset(), false)
  await clock.advance(10_000)
  assert.equal(double.calls, ['powerOn'])
  assert.is(clock.pendingTimers, 0)
})

function silent(): PowerManager {
  return {
    name: 'silent',
    powerOn: () => ({ holdMs: 0 }),
    startPoweringOff: () => ({ limitMs: 0 }),
    powerOff: () => ({ minimumOffMs: 0 }),
  }
}

test.run()
