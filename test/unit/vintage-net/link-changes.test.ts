import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SimulatedDisk } from '../../../lib/testing/simulated-disk.js'
import { addresses, at, bound, LEASE, ourRoutes, say, within } from '../../support/dhcp-scene.js'
import { FakeWorld } from '../../support/fake-instance.js'

const HOME = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
}
const AWAY = { type: 'ethernet', mtu: 1400, ipv4: { method: 'static', address: '198.51.100.2', prefixLength: 24 } }

/** Simulated, so that nothing waits for a real disk. */
const ON_DISK = { fileSystem: new SimulatedDisk().view() }

function held(world: FakeWorld, ifname: string): string[] {
  const link = world.kernel.mirror.linkByName(ifname)
  return world.kernel.mirror.addresses(link?.ifindex).map(({ address }) => address)
}

test('a link that is renamed from one interface to another is undone before the other begins with it', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const net = await world.start({
    config: { eth0: HOME, lan0: AWAY } as never,
    persistence: 'none',
    fileSystem: new SimulatedDisk().view(),
  })
  await net.until(at('state'), 'configured')
  world.kernel.lab.renameLink('eth0', 'lan0')
  await net.until(['interface', 'lan0', 'connection'], 'lan')
  await world.clock.advance(0)
  const link = world.kernel.mirror.linkByName('lan0')
  assert.is(link?.up, true)
  assert.is(link?.mtu, 1400)
  assert.equal(held(world, 'lan0'), ['198.51.100.2'])
  world.kernel.lab.renameLink('lan0', 'eth0')
  await net.until(at('connection'), 'lan')
  await world.clock.advance(0)
  assert.is(world.kernel.mirror.linkByName('eth0')?.mtu, 1500)
  assert.equal(held(world, 'eth0'), ['192.0.2.2'])
})

test('a link whose name another link took in the same moment is undone, and the other one is configured', async () => {
  await using world = await FakeWorld.create()
  const first = world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
  const config = { ...HOME, macAddress: '02:00:00:00:00:99' }
  const net = await world.start({
    config: { eth0: config } as never,
    persistence: 'none',
    fileSystem: new SimulatedDisk().view(),
  })
  await net.until(at('state'), 'configured')
  world.kernel.lab.renameLink('eth0', 'old0')
  world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:02' })
  await net.until(at('connection'), 'disconnected')
  await net.until(at('connection'), 'lan')
  assert.equal(held(world, 'old0'), [])
  assert.is(world.kernel.mirror.link(first)?.macAddress, '02:00:00:00:00:01')
  assert.equal(held(world, 'eth0'), ['192.0.2.2'])
  await world.during(net.stop())
  assert.is(world.kernel.mirror.linkByName('eth0')?.macAddress, '02:00:00:00:00:02')
})

test('a link that came in the place of one that was pulled out does not get that one’s hardware address', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
  const config = { ...HOME, macAddress: '02:00:00:00:00:99' }
  const net = await world.start({
    config: { eth0: config } as never,
    persistence: 'none',
    fileSystem: new SimulatedDisk().view(),
  })
  await net.until(at('state'), 'configured')
  world.kernel.lab.removeLink('eth0')
  // The kernel gives no index twice.
  world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:02', ifindex: 20 })
  await net.until(at('connection'), 'disconnected')
  await net.until(at('connection'), 'lan')
  assert.equal(held(world, 'eth0'), ['192.0.2.2'])
  await world.during(net.stop())
  assert.is(world.kernel.mirror.linkByName('eth0')?.macAddress, '02:00:00:00:00:02')
})

test('a lease whose address the kernel refused is used as soon as it takes it', async () => {
  await within(async (scene) => {
    const { world, udhcpc } = scene
    world.kernel.lab.refuse((command) => command.type === 'replaceAddress')
    say(udhcpc, 'bound', { ...LEASE, lease: '86400' })
    await world.clock.advance(1000)
    assert.equal(addresses(world), [])
    world.kernel.lab.refuse(null)
    await world.clock.advance(10_000)
    assert.equal(addresses(world), ['192.0.2.100/24'])
    assert.ok(ourRoutes(world).length > 0)
    assert.is(scene.net.get(at('reason')), undefined)
  }, ON_DISK)
})

test('an address of ours that could not be put back is tried again; connection claims no internet meanwhile', async () => {
  await within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    await world.clock.advance(2000)
    assert.is(net.get(at('connection')), 'internet')
    world.kernel.lab.refuse((command) => command.type === 'replaceAddress')
    world.kernel.lab.foreign([
      { type: 'addAddress', ifname: 'eth0', address: '203.0.113.7', prefixLength: 24 },
      { type: 'deleteAddress', ifname: 'eth0', address: '192.0.2.100', prefixLength: 24 },
    ])
    await world.clock.advance(0)
    assert.is(net.get(at('connection')), 'lan')
    world.kernel.lab.refuse(null)
    await world.clock.advance(20_000)
    assert.ok(addresses(world).includes('192.0.2.100/24'))
    assert.is(net.get(at('reason')), undefined)
  }, ON_DISK)
})

test.run()
