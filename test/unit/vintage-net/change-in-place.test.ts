/** What stays up when a configuration takes the place of another one: the whole library over fakes. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { addresses, at, bound, LEASE, ourRoutes, type Scene, say, within } from '../../support/dhcp-scene.js'
import { FakeWorld } from '../../support/fake-instance.js'

const ADDRESS = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' }
const fixed = (ipv4: object = {}, rest: object = {}): object => ({
  type: 'ethernet',
  ipv4: { ...ADDRESS, nameServers: ['192.0.2.1'], ...ipv4 },
  ...rest,
})
const dhcp = (ipv4: object = {}, rest: object = {}): object => ({
  type: 'ethernet',
  ipv4: { method: 'dhcp', ...ipv4 },
  ...rest,
})

/** eth0 with a static address, its cable in. */
async function withStatic(work: (net: VintageNet, world: FakeWorld) => Promise<void>, config = fixed()): Promise<void> {
  await using world = await FakeWorld.create()
  world.daemons.on('udhcpc')
  world.kernel.lab.addLink({ ifname: 'eth0', macAddress: '02:00:00:00:00:01' })
  const net = await world.start({ persistence: 'none', config: { eth0: config as { type: string } } })
  await net.until(at('state'), 'configured')
  await net.until(['available_interfaces'], ['eth0'])
  await work(net, world)
}

/** What happens until the new configuration is applied: states, connections, and what the kernel was told. */
async function changed(net: VintageNet, world: FakeWorld, config: object): Promise<Record<string, unknown[]>> {
  const seen: Record<string, unknown[]> = { state: [], connection: [], lower_up: [] }
  const { unsubscribe } = net.subscribe(['interface', 'eth0'], ({ path, newValue }) =>
    seen[path[2] ?? '']?.push(newValue),
  )
  const before = world.kernel.lab.sent.length
  await net.configure('eth0', config)
  await net.until(at('state'), 'configured')
  await world.clock.advance(1)
  unsubscribe()
  return { ...seen, sent: world.kernel.lab.sent.slice(before).map(wordsOf) }
}

function wordsOf(command: object): string {
  const { type, ...rest } = command as Record<string, unknown>
  return [type, rest['address'] ?? rest['destination'] ?? rest['from'] ?? rest['up'] ?? rest['mtu']].join(' ').trim()
}

const UNTOUCHED = { state: ['configuring', 'configured'], connection: [], lower_up: [], sent: [] }

test('a name server is replaced without a word to the kernel', () =>
  withStatic(async (net, world) => {
    assert.equal(await changed(net, world, fixed({ nameServers: ['192.0.2.53'] })), UNTOUCHED)
    const servers = net.get(['name_servers']) as { address: string }[]
    assert.equal(
      servers.map(({ address }) => address),
      ['192.0.2.53'],
    )
  }))

test('a metric replaces the routes and nothing else', () =>
  withStatic(async (net, world) => {
    const { sent, ...rest } = await changed(net, world, fixed({}, { metric: 77 }))
    assert.equal(rest, { state: ['configuring', 'configured'], connection: [], lower_up: [] })
    assert.ok(sent && sent.length > 0 && sent.every((command) => /^(replace|delete|add)Route/.test(String(command))))
    assert.ok(world.kernel.mirror.routes({ protocol: 183, table: 254 }).every(({ metric }) => metric === 77))
  }))

test('a new address stands and is routed by before the old one goes', () =>
  withStatic(async (net, world) => {
    const { sent = [], connection } = await changed(net, world, fixed({ address: '192.0.2.3' }))
    assert.equal(connection, [])
    assert.equal(addresses(world), ['192.0.2.3/24'])
    const positions = ['replaceAddress 192.0.2.3', 'addRule 192.0.2.3', 'deleteAddress 192.0.2.2'].map((words) =>
      sent.findIndex((command) => String(command).startsWith(words)),
    )
    assert.equal(
      positions,
      [...positions].sort((one, other) => one - other),
    )
    assert.not.ok(positions.includes(-1), JSON.stringify(sent))
    assert.not.ok(sent.some((command) => String(command).startsWith('setLink')))
    const sources = world.kernel.mirror.routes({ protocol: 183 }).flatMap(({ source }) => source ?? [])
    assert.equal([...new Set(sources)], ['192.0.2.3'])
  }))

test('an MTU is set in place, and the old one is back when nobody sets it, also after a stop', () =>
  withStatic(async (net, world) => {
    const mtu = (): number | undefined => world.kernel.mirror.linkByName('eth0')?.mtu
    assert.equal((await changed(net, world, fixed({}, { mtu: 1400 })))['sent'], ['setLink 1400'])
    await changed(net, world, fixed({}, { mtu: 1300 }))
    assert.is(mtu(), 1300)
    await changed(net, world, fixed())
    assert.is(mtu(), 1500)
    await changed(net, world, fixed({}, { mtu: 1300 }))
    await net.stop()
    assert.is(mtu(), 1500)
  }))

test('with teardownOnChange the link goes down and comes up again', () =>
  withStatic(async (net, world) => {
    const config = fixed({ nameServers: ['192.0.2.53'] }, { teardownOnChange: true })
    const { state, connection, sent = [] } = await changed(net, world, config)
    assert.equal(state, ['reconfiguring', 'configuring', 'configured'])
    assert.is(connection?.[0], 'disconnected')
    assert.ok(sent.includes('setLink false') && sent.includes('setLink true'))
  }))

test('after changes in place stop() leaves nothing', () =>
  withStatic(async (net, world) => {
    await changed(net, world, fixed({ address: '192.0.2.3', addresses: [{ address: '192.0.2.4', prefixLength: 24 }] }))
    await changed(net, world, fixed({ address: '192.0.2.5', routes: [{ to: '203.0.113.0/24' }] }))
    await net.stop()
    assert.equal(addresses(world), [])
    assert.equal(ourRoutes(world), [])
    assert.equal(world.kernel.mirror.rules({ protocol: 183 }), [])
  }))

/** Applies a configuration to the scene with its lease; nothing may drop. */
async function leased(scene: Scene, config: object): Promise<Record<string, unknown[]>> {
  return changed(scene.net, scene.world, config)
}

test('the metric of a lease changes, and udhcpc, lease and address do not', () =>
  within(async (scene) => {
    await bound(scene)
    const { connection, lower_up } = await leased(scene, dhcp({}, { metric: 77 }))
    assert.equal([connection, lower_up], [[], []])
    assert.ok(scene.udhcpc.running)
    assert.equal(scene.world.daemons.children.length, 1)
    assert.is((scene.net.get(at('dhcp_options')) as { ip?: string }).ip, LEASE.ip)
    const routes = scene.world.kernel.mirror.routes({ protocol: 183, table: 254 })
    assert.ok(routes.length > 0 && routes.every(({ metric }) => metric === 77))
  }))

test("ignoreDns takes the lease's name servers away, and gives them back", () =>
  within(async (scene) => {
    await bound(scene)
    assert.equal(await leased(scene, dhcp({ ignoreDns: true })), UNTOUCHED)
    assert.equal(scene.net.get(['name_servers']), [])
    assert.equal(await leased(scene, dhcp()), UNTOUCHED)
    assert.is((scene.net.get(['name_servers']) as unknown[]).length, 2)
  }))

test('other options to request restart udhcpc alone, which asks for its address again', () =>
  within(async (scene) => {
    await bound(scene)
    const { world, net } = scene
    const again = world.daemons.next('udhcpc')
    assert.equal(await leased(scene, dhcp({ dhcpRequestOptions: ['wpad'] })), UNTOUCHED)
    const second = await again
    assert.not.ok(scene.udhcpc.running)
    assert.equal(second.request.args.slice(-4), ['-O', 'wpad', '-r', LEASE.ip])
    say(second, 'deconfig')
    say(second, 'bound', { ...LEASE, wpad: 'http://192.0.2.1/wpad.dat' })
    await net.until(at('dhcp_options'), (value) => JSON.stringify(value).includes('wpad.dat'))
    assert.equal(addresses(world), [`${LEASE.ip}/24`])
    assert.is(ourRoutes(world).length, 4)
  }))

test('from DHCP to a static address nothing drops, and the leased address goes last', () =>
  within(async (scene) => {
    await bound(scene)
    const { world, net, udhcpc } = scene
    const { connection, sent = [] } = await leased(scene, fixed())
    assert.equal(connection, [])
    assert.not.ok(udhcpc.running)
    assert.equal(addresses(world), ['192.0.2.2/24'])
    assert.is(net.get(at('dhcp_options')), undefined)
    assert.ok(
      sent.indexOf('replaceAddress 192.0.2.2') < sent.indexOf(`deleteAddress ${LEASE.ip}`),
      JSON.stringify(sent),
    )
    assert.is(ourRoutes(world).length, 4)
    assert.equal(
      (net.get(['name_servers']) as { address: string }[]).map(({ address }) => address),
      ['192.0.2.1'],
    )
  }))

test('from DHCP to the very address of the lease the address never goes', () =>
  within(async (scene) => {
    await bound(scene)
    const { sent = [] } = await leased(scene, fixed({ address: LEASE.ip }))
    assert.not.ok(
      sent.some((command) => String(command).startsWith('deleteAddress')),
      JSON.stringify(sent),
    )
    await scene.world.clock.advance(600_000)
    assert.equal(addresses(scene.world), [`${LEASE.ip}/24`])
    await scene.net.stop()
    assert.equal(addresses(scene.world), [])
  }))

test('from DHCP to disabled the lease goes and the link stays up', () =>
  within(async (scene) => {
    await bound(scene)
    const { world, net } = scene
    await leased(scene, { type: 'ethernet', ipv4: { method: 'disabled' } })
    assert.equal(addresses(world), [])
    assert.equal(ourRoutes(world), [])
    assert.equal(net.get(['name_servers']), [])
    assert.is(net.get(at('connection')), 'disconnected')
    assert.is(world.kernel.mirror.linkByName('eth0')?.up, true)
  }))

test('from a static address to DHCP the address goes, the link stays up, udhcpc starts', () =>
  withStatic(async (net, world) => {
    const started = world.daemons.next('udhcpc')
    const { sent = [], lower_up } = await changed(net, world, dhcp())
    assert.equal(lower_up, [])
    assert.not.ok(sent.some((command) => String(command).startsWith('setLink')))
    assert.equal(addresses(world), [])
    assert.equal(net.get(['name_servers']), [])
    const udhcpc = await started
    await bound({ net, world, udhcpc })
    assert.equal(addresses(world), [`${LEASE.ip}/24`])
  }))

test('a carrier that goes during the change ends in the state of no carrier', () =>
  within(async (scene) => {
    await bound(scene)
    const { world, net } = scene
    await net.configure('eth0', fixed())
    world.kernel.lab.setCarrier('eth0', false)
    await net.until(at('state'), 'configured')
    await net.until(at('connection'), 'disconnected')
    await world.clock.advance(10)
    assert.equal(net.get(['name_servers']), [])
    assert.equal(ourRoutes(world), [])
    world.kernel.lab.setCarrier('eth0', true)
    await net.until(['available_interfaces'], ['eth0'])
    assert.equal(addresses(world), ['192.0.2.2/24'])
  }))

test('a kernel that refuses the difference gets the whole plan anew', () =>
  withStatic(async (net, world) => {
    let refusals = 1
    world.kernel.lab.refuse((command) => command.type === 'replaceAddress' && refusals-- > 0, 'ENOMEM')
    const states: unknown[] = []
    net.subscribe(at('state'), ({ newValue }) => states.push(newValue))
    await net.configure('eth0', fixed({ address: '192.0.2.3' }))
    await net.until(at('state'), 'reconfiguring')
    await net.until(at('state'), 'configured')
    assert.equal(states, ['configuring', 'reconfiguring', 'configuring', 'configured'])
    assert.equal(addresses(world), ['192.0.2.3/24'])
    assert.is(net.get(at('reason')), undefined)
    assert.ok(world.logs.some(({ level, message }) => level === 'warn' && /changing failed/.test(message)))
  }))

test('a link that goes in mid-change comes back with the new configuration', () =>
  withStatic(async (net, world) => {
    await net.configure('eth0', fixed({ address: '192.0.2.3' }))
    world.kernel.lab.removeLink('eth0')
    await net.until(at('state'), 'retrying')
    assert.is(net.get(at('reason')), 'waiting for eth0 to appear')
    world.kernel.lab.addLink({ ifname: 'eth0' })
    await net.until(at('state'), 'configured')
    assert.equal(addresses(world), ['192.0.2.3/24'])
  }))

test('stop() in mid-change leaves nothing', () =>
  withStatic(async (net, world) => {
    await net.configure('eth0', fixed({ address: '192.0.2.3' }))
    await world.during(net.stop())
    assert.equal(addresses(world), [])
    assert.equal(ourRoutes(world), [])
  }))

test('of several configurations at once the last one stands, whatever lies between', () =>
  withStatic(async (net, world) => {
    const wanted = [
      fixed({ address: '192.0.2.3' }),
      dhcp(),
      fixed({ address: '192.0.2.4' }, { macAddress: '02:00:00:00:00:09' }),
      fixed({ address: '192.0.2.5' }),
      fixed({ address: '192.0.2.6' }),
    ]
    await Promise.all(wanted.map((config) => net.configure('eth0', config)))
    await net.until(at('state'), 'configured')
    await world.clock.advance(1)
    assert.equal(addresses(world), ['192.0.2.6/24'])
    assert.equal(world.daemons.running('udhcpc'), [])
    assert.is(world.kernel.mirror.linkByName('eth0')?.macAddress, '02:00:00:00:00:01')
  }))

test.run()
