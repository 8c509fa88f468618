import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { addresses, at, bound, LEASE, ourRoutes, say, within } from '../../support/dhcp-scene.js'

test('without carrier udhcpc does not run, and routes and name servers go at once', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    world.kernel.lab.setCarrier('eth0', false)
    await net.until(at('lower_up'), false)
    assert.is(net.get(at('connection')), 'disconnected')
    assert.equal(net.get(['name_servers']), [])
    await udhcpc.exited
    await net.until(['available_interfaces'], [])
    assert.equal(ourRoutes(world), [])
    assert.equal(addresses(world), ['192.0.2.100/24'])
  }))

test('nobody ever sees lower_up false together with a connection', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    const seen: unknown[] = []
    net.subscribe(at('lower_up'), () => seen.push(net.get(at('connection'))))
    world.kernel.lab.setCarrier('eth0', false)
    await net.until(at('lower_up'), false)
    assert.equal(seen, ['disconnected'])
  }))

test('a carrier that is back within the grace finds its address, and udhcpc asks for it again', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    world.kernel.lab.setCarrier('eth0', false)
    await udhcpc.exited
    await world.clock.advance(4_999)
    const again = world.daemons.next('udhcpc')
    world.kernel.lab.setCarrier('eth0', true)
    await net.until(at('connection'), 'lan')
    const second = await again
    assert.equal(second.request.args.slice(-2), ['-r', '192.0.2.100'])
    assert.equal(addresses(world), ['192.0.2.100/24'])
    assert.is(ourRoutes(world).length, 4)
    assert.is((net.get(['name_servers']) as unknown[]).length, 2)
  }))

test('after the grace the lease is withdrawn', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    world.kernel.lab.setCarrier('eth0', false)
    await udhcpc.exited
    await world.clock.advance(5_000)
    await net.until(at('dhcp_options'), undefined)
    await net.until(at('addresses'), [])
  }))

test('a network that does not answer after the carrier was away loses the old address', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    world.kernel.lab.setCarrier('eth0', false)
    await udhcpc.exited
    const again = world.daemons.next('udhcpc')
    world.kernel.lab.setCarrier('eth0', true)
    const second = await again
    say(second, 'deconfig')
    say(second, 'leasefail')
    await net.until(at('dhcp_options'), undefined)
    await net.until(at('addresses'), [])
  }))

test('a lease that comes in the turn in which the carrier goes is withdrawn after the grace', () =>
  within(async (scene) => {
    const { net, world, udhcpc } = scene
    say(udhcpc, 'deconfig')
    say(udhcpc, 'bound', LEASE)
    world.kernel.lab.setCarrier('eth0', false)
    await world.during(net.until(at('dhcp_options'), (value) => value !== undefined))
    await world.during(net.until(at('dhcp_options'), undefined))
    await world.during(net.until(at('addresses'), []))
  }))

test('an address of the lease that somebody removes comes back, with its routes', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    world.kernel.lab.foreign([{ type: 'deleteAddress', ifname: 'eth0', address: '192.0.2.100', prefixLength: 24 }])
    await net.until(at('addresses'), [])
    await net.until(at('addresses'), (value) => (value as unknown[]).length === 1)
    await world.during(net.until(['available_interfaces'], ['eth0']))
    assert.equal(addresses(world), ['192.0.2.100/24'])
    assert.is(ourRoutes(world).length, 4)
    assert.ok(Number(net.get(at('repairs'))) >= 1)
  }))

test('somebody who removes an address again and again wins, and the reason says so', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    const removal = { type: 'deleteAddress', ifname: 'eth0', address: '192.0.2.100', prefixLength: 24 } as const
    for (let round = 0; round < 6; round += 1) {
      await world.during(net.until(at('addresses'), (value) => (value as unknown[]).length === 1))
      world.kernel.lab.foreign([removal])
      await net.until(at('addresses'), [])
    }
    await net.until(at('reason'), (value) => /another program keeps removing the address/.test(String(value)))
  }))

test.run()
