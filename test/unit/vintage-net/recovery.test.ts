import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { InterfaceConfig, PowerManager, VintageNetOptions } from '../../../lib/index.js'
import { addresses, at, bound, LEASE, type Scene, say, within } from '../../support/dhcp-scene.js'

const MINUTE_MS = 60_000
const STATIC: InterfaceConfig = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
}

interface Tried {
  readonly step: string
  readonly attempts: number
  readonly lastAtMs: number
  readonly nextAtMs: number
}

/** Whether the hosts of the internet answer from now on. */
function internet({ world }: Scene, answers: boolean): void {
  world.kernel.lab.probes(() => (answers ? { outcome: 'connected', ms: 1 } : { outcome: 'timeout', ms: 1 }))
}

/** eth0 with a lease and the internet, which then goes. */
async function lost(scene: Scene): Promise<void> {
  const { net, world } = scene
  internet(scene, true)
  await bound(scene)
  await world.during(net.until(at('connection'), 'internet'))
  internet(scene, false)
  await world.during(net.until(at('connection'), 'lan'))
}

const tried = ({ net }: Scene): Partial<Tried> | undefined => net.get(at('recovery')) as Tried | undefined

/** Commands that took eth0's link down or up. */
const switched = ({ world }: Scene): boolean[] =>
  world.kernel.lab.sent.flatMap((command) =>
    command.type === 'setLink' && command.up !== undefined && command.ifname === 'eth0' ? [command.up] : [],
  )

/** A lease that outlasts the test. */
const LONG = { ...LEASE, lease: '864000' }

test('first the DHCP client is started anew, and the address stays', () =>
  within(async (scene) => {
    const { world, udhcpc } = scene
    await lost(scene)
    await world.clock.advance(10 * MINUTE_MS - 1_000)
    assert.is(tried(scene), undefined)
    const again = world.daemons.next('udhcpc')
    say(udhcpc, 'renew', LONG)
    await world.clock.advance(1_000)
    const second = await again
    assert.equal(udhcpc.signals, ['SIGTERM'])
    assert.equal(second.request.args.slice(-2), ['-r', '192.0.2.100'])
    say(second, 'deconfig')
    await world.clock.advance(0)
    assert.equal(addresses(world), ['192.0.2.100/24'])
    const { step, attempts, lastAtMs = 0, nextAtMs = 0 } = tried(scene) ?? {}
    assert.equal([step, attempts, nextAtMs - lastAtMs], ['renew-dhcp', 1, 20 * MINUTE_MS])
    assert.equal(switched(scene), [true])
  }))

test('then the link goes down and up, again and again where no power manager is', () =>
  within(async (scene) => {
    const { world, udhcpc } = scene
    await lost(scene)
    say(udhcpc, 'renew', LONG)
    await world.clock.advance(30 * MINUTE_MS + 2_000)
    assert.equal([tried(scene)?.step, tried(scene)?.attempts], ['restart-link', 2])
    assert.equal(switched(scene), [true, false, true])
    assert.is(world.kernel.mirror.linkByName('eth0')?.up, true)
    await world.clock.advance(40 * MINUTE_MS)
    assert.equal([tried(scene)?.step, tried(scene)?.attempts], ['restart-link', 3])
  }))

test('the internet ends it at once, and another loss begins with a new lease', () =>
  within(async (scene) => {
    const { net, world } = scene
    await lost(scene)
    await world.clock.advance(10 * MINUTE_MS)
    assert.is(tried(scene)?.step, 'renew-dhcp')
    internet(scene, true)
    say(world.daemons.running('udhcpc')[0] ?? scene.udhcpc, 'bound', LONG)
    await world.during(net.until(at('connection'), 'internet'))
    await net.until(at('recovery'), undefined)
    await world.clock.advance(120 * MINUTE_MS)
    assert.is(tried(scene), undefined)
    internet(scene, false)
    await world.during(net.until(at('connection'), 'lan'))
    await world.clock.advance(10 * MINUTE_MS)
    assert.equal([tried(scene)?.step, tried(scene)?.attempts], ['renew-dhcp', 1])
  }))

/** A power manager that only counts. */
function counting(): PowerManager & { readonly calls: string[] } {
  const calls: string[] = []
  const called = <T>(name: string, answer: T): T => {
    calls.push(name)
    return answer
  }
  return {
    calls,
    isOn: () => true,
    powerOn: () => called('powerOn', { holdMs: 0 }),
    startPoweringOff: () => called('startPoweringOff', { limitMs: 0 }),
    powerOff: () => called('powerOff', { minimumOffMs: 0 }),
  }
}

test('with a power manager the third step is a reset; a static interface begins with the link', () => {
  const manager = counting()
  const options: VintageNetOptions = {
    config: { eth0: { type: 'ethernet' } },
    powerManagers: { eth0: { manager, watchdogTimeoutMs: 86_400_000 } },
  }
  return within(async (scene) => {
    const { net, world } = scene
    internet(scene, true)
    await net.configure('eth0', STATIC)
    await world.during(net.until(at('connection'), 'internet'))
    internet(scene, false)
    await world.during(net.until(at('connection'), 'lan'))
    await world.clock.advance(10 * MINUTE_MS)
    assert.is(tried(scene)?.step, 'restart-link')
    assert.equal(manager.calls, [])
    await world.clock.advance(20 * MINUTE_MS)
    assert.is(tried(scene)?.step, 'power-cycle')
    assert.equal(manager.calls, ['startPoweringOff', 'powerOff', 'powerOn'])
  }, options)
})

test('an interface that never had the internet, or is not judged by it, is left alone', () =>
  within(async (scene) => {
    const { net, world } = scene
    internet(scene, false)
    await bound(scene, LONG)
    await world.clock.advance(60 * MINUTE_MS)
    assert.is(tried(scene), undefined)
    await net.configure('eth0', {
      type: 'ethernet',
      ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 },
    })
    await net.until(at('connection'), 'lan')
    world.kernel.lab.setCarrier('eth0', false)
    await world.clock.advance(60 * MINUTE_MS)
    assert.is(tried(scene), undefined)
  }))

test('another configuration ends it, and a link that is down for a step is not taken up again after deconfigure', () =>
  within(async (scene) => {
    const { net, world, udhcpc } = scene
    await lost(scene)
    say(udhcpc, 'renew', LONG)
    await world.clock.advance(30 * MINUTE_MS + 500)
    assert.is(world.kernel.mirror.linkByName('eth0')?.up, false)
    await net.deconfigure('eth0')
    await net.until(at('type'), 'null')
    assert.is(tried(scene), undefined)
    await world.clock.advance(60 * MINUTE_MS)
    assert.is(world.kernel.mirror.linkByName('eth0')?.up, false)
  }))

test('a configuration that leaves the internet standing is still watched over', () =>
  within(async (scene) => {
    const { net, world } = scene
    internet(scene, true)
    await bound(scene, LONG)
    await world.during(net.until(at('connection'), 'internet'))
    await net.configure('eth0', STATIC)
    await world.during(net.until(at('connection'), 'internet'))
    internet(scene, false)
    await world.during(net.until(at('connection'), 'lan'))
    await world.clock.advance(10 * MINUTE_MS)
    assert.is(tried(scene)?.step, 'restart-link')
  }))

test('recoverAfterMs 0 is never', () =>
  within(
    async (scene) => {
      await lost(scene)
      say(scene.udhcpc, 'renew', LONG)
      await scene.world.clock.advance(300 * MINUTE_MS)
      assert.is(tried(scene), undefined)
      assert.equal(switched(scene), [true])
    },
    { recoverAfterMs: 0 },
  ))

test('the stop leaves no property and no timer behind', () =>
  within(async (scene) => {
    const { net, world, udhcpc } = scene
    await lost(scene)
    say(udhcpc, 'renew', LONG)
    await world.clock.advance(10 * MINUTE_MS)
    const changes: unknown[] = []
    net.subscribe(at('recovery'), ({ newValue }) => changes.push(newValue))
    await world.during(net.stop())
    assert.equal(changes, [undefined])
    assert.is(world.clock.pendingTimers, 0)
  }))

test.run()
