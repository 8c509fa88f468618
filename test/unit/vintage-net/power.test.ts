import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import type { InterfaceConfig, PowerManager, VintageNet, VintageNetOptions } from '../../../lib/index.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'

const ADDRESS = { method: 'static' as const, address: '192.0.2.2', prefixLength: 24 }
const ONLINE: InterfaceConfig = { type: 'ethernet', ipv4: { ...ADDRESS, gateway: '192.0.2.1' } }
const LAN: InterfaceConfig = { type: 'ethernet', ipv4: ADDRESS }
const UNJUDGED: InterfaceConfig = { type: 'ethernet', ipv4: { method: 'disabled' } }
const at = (name: string): string[] => ['interface', 'eth0', name]

/** An adapter whose power makes it appear and vanish. */
class Adapter implements PowerManager {
  readonly name = 'adapter'
  readonly calls: string[] = []
  readonly #world: FakeWorld
  failing = false

  constructor(world: FakeWorld, isOn: boolean) {
    this.#world = world
    if (isOn) this.#plugIn()
  }

  isOn() {
    return this.#present
  }

  powerOn() {
    this.calls.push('powerOn')
    if (this.failing) throw new Error('no current')
    this.#plugIn()
    return { holdMs: 1_000 }
  }

  startPoweringOff() {
    this.calls.push('startPoweringOff')
    return { limitMs: 10 }
  }

  powerOff() {
    this.calls.push('powerOff')
    if (this.#present) this.#world.kernel.lab.removeLink('eth0')
    return { minimumOffMs: 10 }
  }

  get #present(): boolean {
    return this.#world.kernel.mirror.linkByName('eth0') !== undefined
  }

  #plugIn(): void {
    this.#world.kernel.lab.addLink({ ifname: 'eth0' })
  }
}

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  readonly adapter: Adapter
}

async function within(
  given: { readonly config?: InterfaceConfig; readonly isOn?: boolean; readonly options?: VintageNetOptions },
  work: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using world = await FakeWorld.create()
  const adapter = new Adapter(world, given.isOn ?? false)
  await world.kernel.settled()
  const net = await world.start({
    config: { eth0: given.config ?? LAN },
    persistence: 'none',
    resolvConf: null,
    powerManagers: { eth0: { manager: adapter, watchdogTimeoutMs: 60_000 } },
    ...given.options,
  })
  await work({ net, world, adapter })
}

test('a configured interface is switched on before it is waited for', () =>
  within({}, async ({ net, adapter }) => {
    await net.until(at('connection'), 'lan')
    assert.equal(adapter.calls, ['powerOn'])
    assert.is(net.get(at('power')), 'on')
    assert.match(net.info(), /^ +Power: +on, for 1000 ms more at least$/m)
    assert.is(net.snapshot().interfaces['eth0']?.power, net.power('eth0').info().text)
  }))

test('an interface that is deconfigured is switched off, and on again when it is configured', () =>
  within({}, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    await world.clock.advance(1_000)
    await net.deconfigure('eth0')
    await net.until(at('type'), 'null')
    await world.clock.advance(30)
    assert.equal(adapter.calls, ['powerOn', 'startPoweringOff', 'powerOff'])
    await net.until(at('present'), undefined)
    assert.is(net.get(at('power')), 'off')
    await net.configure('eth0', LAN)
    await net.until(at('connection'), 'lan')
    assert.is(adapter.calls.at(-1), 'powerOn')
  }))

test('another configuration does not cycle the power, not even through type null', () =>
  within({}, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    await world.clock.advance(1_000)
    await net.configure('eth0', ONLINE)
    await net.deconfigure('eth0')
    await net.configure('eth0', LAN)
    await net.until(at('connection'), 'lan')
    await world.clock.advance(1_000)
    assert.equal(adapter.calls, ['powerOn'])
  }))

test('a restart finds the hardware on and leaves it on', () =>
  within({}, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    await world.during(net.stop())
    assert.equal(adapter.calls, ['powerOn'])
    const again = await world.start({
      config: { eth0: LAN },
      persistence: 'none',
      resolvConf: null,
      powerManagers: { eth0: adapter },
    })
    await again.until(at('connection'), 'lan')
    await world.clock.advance(10_000)
    assert.equal(adapter.calls, ['powerOn'])
    assert.match(again.power('eth0').info().text, /^on, the watchdog acts in \d+ ms$/)
  }))

test('what is on at the start and not wanted is switched off', () =>
  within({ isOn: true, config: { type: 'null' } }, async ({ net, world, adapter }) => {
    await net.until(at('state'), 'configured')
    await world.clock.advance(100)
    assert.equal(adapter.calls, ['startPoweringOff', 'powerOff'])
  }))

test('every check of the internet pets the watchdog, also one that fails', () =>
  within({ config: ONLINE }, async ({ net, world, adapter }) => {
    world.kernel.lab.probes(() => ({ outcome: 'timeout', ms: 1 }))
    await net.until(at('connection'), 'lan')
    await world.clock.advance(600_000)
    assert.equal(adapter.calls, ['powerOn'])
    world.kernel.lab.setCarrier('eth0', false)
    await net.until(at('connection'), 'disconnected')
    await world.clock.advance(60_100)
    assert.equal(adapter.calls, ['powerOn', 'startPoweringOff', 'powerOff', 'powerOn'])
  }))

test('an interface without a gateway shows life by its carrier, and is reset without it', () =>
  within({ config: LAN }, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    await world.clock.advance(600_000)
    assert.equal(adapter.calls, ['powerOn'])
    world.kernel.lab.setCarrier('eth0', false)
    await net.until(at('connection'), 'disconnected')
    await world.clock.advance(60_100)
    assert.equal(adapter.calls, ['powerOn', 'startPoweringOff', 'powerOff', 'powerOn'])
  }))

test('an interface that nobody judges is not reset, unless a user pets and stops', () =>
  within({ config: UNJUDGED }, async ({ net, world, adapter }) => {
    await net.until(at('state'), 'configured')
    await world.clock.advance(600_000)
    assert.equal(adapter.calls, ['powerOn'])
    net.power('eth0').petWatchdog()
    await world.clock.advance(60_000)
    assert.equal(adapter.calls, ['powerOn', 'startPoweringOff'])
  }))

test('hardware that does not appear is reset by the watchdog', () =>
  within({ isOn: true }, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    world.kernel.lab.removeLink('eth0')
    await net.until(at('state'), 'retrying')
    await world.clock.advance(60_100)
    assert.equal(adapter.calls, ['startPoweringOff', 'powerOff', 'powerOn'])
    await net.until(at('connection'), 'lan')
  }))

test('a reset that is asked for takes the link away and brings it back, configured', () =>
  within({}, async ({ net, world, adapter }) => {
    await net.until(at('connection'), 'lan')
    net.power('eth0').forceReset()
    await world.clock.advance(15)
    await net.until(at('state'), 'retrying')
    assert.is(net.get(at('present')), undefined)
    await world.clock.advance(20)
    await net.until(at('connection'), 'lan')
    assert.equal(adapter.calls, ['powerOn', 'startPoweringOff', 'powerOff', 'powerOn'])
  }))

test('a power-on that fails is a reason until it works', async () => {
  await using world = await FakeWorld.create()
  const adapter = new Adapter(world, false)
  adapter.failing = true
  const net = await world.start({
    config: { eth0: LAN },
    persistence: 'none',
    resolvConf: null,
    powerManagers: { eth0: adapter },
  })
  await net.until(at('reason'), (value) => /power on failed: no current/.test(String(value)))
  assert.is(net.get(at('power')), 'failed')
  adapter.failing = false
  await world.clock.advance(5_000)
  await net.until(at('connection'), 'lan')
  assert.is(net.get(at('reason')), undefined)
})

test('N6: power of an interface without a power manager is ERR_UNSUPPORTED', () =>
  within({}, async ({ net, world }) => {
    const errorOf = (ifname: string): NetworkError => {
      try {
        net.power(ifname)
      } catch (thrown) {
        assert.ok(isNetworkError(thrown))
        return thrown
      }
      return assert.unreachable() as never
    }
    const error = errorOf('eth1')
    assert.equal([error.code, error.ifname], ['ERR_UNSUPPORTED', 'eth1'])
    assert.is(errorOf('a/b').code, 'ERR_INVALID_INTERFACE_NAME')
    await world.during(net.stop())
    assert.is(errorOf('eth0').code, 'ERR_STOPPED')
  }))

test('a power manager that does not start harms no other', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth1' })
  const adapter = new Adapter(world, false)
  const broken: PowerManager = {
    init() {
      throw new Error('no chip')
    },
    powerOn: () => assert.unreachable() as never,
    startPoweringOff: () => assert.unreachable() as never,
    powerOff: () => assert.unreachable() as never,
  }
  const net = await world.start({
    config: { eth0: { type: 'probe' }, eth1: { type: 'probe' } } as unknown as Record<string, InterfaceConfig>,
    technologies: [probeTechnology()],
    persistence: 'none',
    resolvConf: null,
    powerManagers: { eth1: broken, eth0: adapter, wlan0: {} as PowerManager },
  })
  for (const ifname of ['eth0', 'eth1']) await net.until(['interface', ifname, 'state'], 'configured')
  assert.match(String(net.get(['interface', 'eth1', 'reason'])), 'no chip')
  assert.equal([net.get(['interface', 'eth1', 'power']), net.get(at('power'))], ['disabled', 'on'])
  assert.is(world.logs.filter(({ level, message }) => level === 'warn' && message.includes('wlan0')).length, 1)
})

test.run()
