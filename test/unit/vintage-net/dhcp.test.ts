import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { addresses, at, bound, LEASE, ourRoutes, say, within } from '../../support/dhcp-scene.js'

test('L1: a lease becomes an address, routes, name servers and the property dhcp_options', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    assert.equal(net.get(at('dhcp_options')), {
      ip: '192.0.2.100',
      subnet: '255.255.255.0',
      mask: 24,
      broadcast: '192.0.2.255',
      router: ['192.0.2.1'],
      dns: ['192.0.2.1', '198.51.100.1'],
      domain: 'example.com',
      lease: 600,
      serverid: '192.0.2.1',
    })
    assert.equal(addresses(world), ['192.0.2.100/24'])
    assert.equal(ourRoutes(world), [
      '192.0.2.0/24 table 100 via -',
      '192.0.2.0/24 table 254 via -',
      'default table 100 via 192.0.2.1',
      'default table 254 via 192.0.2.1',
    ])
    await net.until(['resolv_conf'], 'written')
    await net.until(['name_servers'], (value) => (value as unknown[]).length === 2)
  }))

test('L2: deconfig takes everything of the lease away', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    say(udhcpc, 'deconfig')
    await net.until(at('dhcp_options'), undefined)
    await net.until(['available_interfaces'], [])
    await world.kernel.settled()
    await net.until(at('addresses'), [])
    assert.equal(ourRoutes(world), [])
    assert.equal(net.get(['name_servers']), [])
  }))

test('a renewal disturbs nothing', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    const before = world.kernel.lab.sent.length
    const changed: string[] = []
    net.subscribe([], (change) => changed.push(change.path.join('/')))
    say(udhcpc, 'renew', { ...LEASE, lease: '900' })
    await net.until(at('dhcp_options'), (value) => (value as { lease?: number }).lease === 900)
    await world.clock.advance(0)
    assert.equal([...new Set(changed)], ['interface/eth0/dhcp_options'])
    assert.equal(
      world.kernel.lab.sent.slice(before).map((command) => command.type),
      ['replaceAddress'],
    )
  }))

test('another address in the same subnet takes the place of the first', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    say(udhcpc, 'bound', { ...LEASE, ip: '192.0.2.101' })
    await net.until(at('addresses'), (value) => {
      const list = value as { address: string }[]
      return list.length === 1 && list[0]?.address === '192.0.2.101'
    })
    assert.equal(addresses(world), ['192.0.2.101/24'])
    await world.clock.advance(100)
    assert.equal(ourRoutes(world).length, 4)
  }))

test('an address that somebody else added to the subnet survives a change and the end of the lease', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    world.kernel.lab.foreign([{ type: 'addAddress', ifname: 'eth0', address: '192.0.2.77', prefixLength: 24 }])
    say(udhcpc, 'bound', { ...LEASE, ip: '192.0.2.101' })
    const holds = (address: string) => (value: unknown) => JSON.stringify(value).includes(address)
    await net.until(at('addresses'), (value) => holds('192.0.2.101')(value) && !holds('192.0.2.100')(value))
    assert.equal(addresses(world).sort(), ['192.0.2.101/24', '192.0.2.77/24'])
    say(udhcpc, 'nak')
    await net.until(at('addresses'), (value) => !holds('192.0.2.101')(value))
    assert.equal(addresses(world), ['192.0.2.77/24'])
    assert.is(await world.kernel.readSysctl(['ipv4', 'conf', 'eth0', 'promote_secondaries']), '0')
  }))

test('a nak withdraws the lease', () =>
  within(async (scene) => {
    await bound(scene)
    say(scene.udhcpc, 'nak', { interface: 'eth0', serverid: '192.0.2.1' })
    await scene.net.until(at('dhcp_options'), undefined)
    await scene.net.until(at('addresses'), [])
  }))

test('a lease without a router makes a LAN that is available', () =>
  within(async (scene) => {
    const { router: _, ...withoutRouter } = LEASE
    await bound(scene, withoutRouter)
    assert.equal(ourRoutes(scene.world), ['192.0.2.0/24 table 100 via -', '192.0.2.0/24 table 254 via -'])
  }))

test('udhcpc that was killed is started again, asks for the same address, and the address stays', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    const again = world.daemons.next('udhcpc')
    udhcpc.die('SIGKILL')
    await net.until(at('reason'), (value) => /killed by SIGKILL/.test(String(value)))
    await world.clock.advance(500)
    const second = await again
    assert.equal(second.request.args.slice(-2), ['-r', '192.0.2.100'])
    say(second, 'deconfig')
    say(second, 'leasefail')
    await world.clock.advance(10)
    assert.equal(addresses(world), ['192.0.2.100/24'])
    assert.is((net.get(at('dhcp_options')) as { ip?: string }).ip, '192.0.2.100')
    assert.is(net.get(at('reason')), undefined)
  }))

test('a lease that nobody renews ends with its time', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    const again = world.daemons.next('udhcpc')
    udhcpc.die('SIGKILL')
    await net.until(at('reason'), (value) => /SIGKILL/.test(String(value)))
    await world.clock.advance(500)
    say(await again, 'deconfig')
    await world.clock.advance(600_000)
    await net.until(at('dhcp_options'), undefined)
    await net.until(at('addresses'), [])
  }))

test('udhcpc that is missing is a reason, and is tried again', () =>
  within(async ({ net, world, udhcpc }) => {
    world.daemons.missing('udhcpc')
    udhcpc.exit(0)
    await net.until(at('reason'), (value) => /udhcpc/.test(String(value)))
    await world.clock.advance(500)
    await net.until(at('reason'), (value) => /not found|ENOENT|missing|not installed/i.test(String(value)))
    world.daemons.on('udhcpc')
    const again = world.daemons.next('udhcpc')
    await world.clock.advance(60_000)
    await again
    await net.until(at('reason'), undefined)
    assert.is(net.get(at('state')), 'configured')
  }))

test('an interface that has lost its lease is not internet, and does not become so', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    await world.clock.advance(500)
    await net.until(at('connection'), 'internet')
    say(udhcpc, 'nak')
    say(udhcpc, 'deconfig')
    await net.until(at('addresses'), [])
    const seen: unknown[] = []
    net.subscribe(['connection'], (change) => seen.push(change.newValue))
    await world.clock.advance(120_000)
    assert.is(net.get(at('connection')), 'lan')
    assert.not.ok(seen.includes('internet'))
  }))

test('a handler that never ends is given up, and stop() with it', () =>
  within(
    async ({ net, world, udhcpc }) => {
      say(udhcpc, 'deconfig')
      await world.during(net.until(at('reason'), (value) => /handler has not ended within 5000 ms/.test(String(value))))
      say(udhcpc, 'leasefail')
      await world.during(net.stop())
    },
    { udhcpcHandler: { deconfig: () => new Promise(() => undefined) } },
  ))

test('garbage from udhcpc is left out, and what follows is understood', () =>
  within(async (scene) => {
    scene.udhcpc.writeStdout('garbage\0\0\0'.repeat(10))
    say(scene.udhcpc, 'bound', { ...LEASE, ip: 'not an address' })
    await bound(scene)
    assert.equal(addresses(scene.world), ['192.0.2.100/24'])
  }))

test('ignoreDns and ignoreGateway leave name servers and default route alone', () =>
  within(
    async (scene) => {
      await bound(scene)
      assert.equal(scene.net.get(['name_servers']), [])
      assert.equal(ourRoutes(scene.world), ['192.0.2.0/24 table 100 via -', '192.0.2.0/24 table 254 via -'])
    },
    { config: { eth0: { type: 'ethernet', ipv4: { method: 'dhcp', ignoreDns: true, ignoreGateway: true } } } },
  ))

test("a given handler's method replaces the built-in one, and dhcp_options is written before it", async () => {
  const seen: unknown[] = []
  let current: VintageNet | undefined
  await within(
    async ({ net, world, udhcpc }) => {
      current = net
      say(udhcpc, 'deconfig')
      say(udhcpc, 'bound', LEASE)
      await net.until(at('dhcp_options'), (value) => value !== undefined)
      await world.clock.advance(10)
      assert.equal(seen, ['192.0.2.100', true])
      assert.equal(addresses(world), [])
    },
    {
      udhcpcHandler: {
        bound(event) {
          seen.push(event.options.ip, current?.get(at('dhcp_options')) !== undefined)
        },
      },
    },
  )
})

test('a handler that throws is a reason, and harms nobody else', () =>
  within(
    async (scene) => {
      say(scene.udhcpc, 'leasefail')
      await scene.net.until(at('reason'), (value) => /boom/.test(String(value)))
      await bound(scene)
      await scene.net.until(at('reason'), undefined)
    },
    {
      udhcpcHandler: {
        leasefail() {
          throw new Error('boom')
        },
      },
    },
  ))

test('the resolver file names the lease as its source', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world } = scene
    await net.until(['resolv_conf'], 'written')
    await net.stop()
    assert.not.match(readFileSync(world.resolvConf, 'utf8'), /nameserver/)
  }))

test('stop() leaves nothing of a lease', () =>
  within(async (scene) => {
    await bound(scene)
    const { net, world, udhcpc } = scene
    await net.stop()
    await udhcpc.exited
    assert.equal(addresses(world), [])
    assert.equal(ourRoutes(world), [])
    assert.equal(world.kernel.mirror.rules({ protocol: 183 }), [])
  }))

test.run()
test.run()
