/** A WireGuard interface from its configuration to its end, over a fake kernel. */

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { SetWireguardDevice } from '../../../lib/kernel/messages.js'
import { generateKeyPair, generatePresharedKey } from '../../../lib/technology/wireguard/keys.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'

const at = (...path: string[]): string[] => ['interface', 'wg0', ...path]
const own = generateKeyPair()
const { publicKey } = generateKeyPair()
const presharedKey = generatePresharedKey()
const ETH0 = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
} as const
const PEER = { publicKey, presharedKey, endpoint: '203.0.113.1:51820' }
const WG0 = { type: 'wireguard', privateKey: own.privateKey, addresses: ['10.8.0.2/24'], peers: [PEER] } as const

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
}

async function within(work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const net = await world.start()
  await net.configure('eth0', ETH0)
  await net.until(['interface', 'eth0', 'connection'], 'lan')
  await work({ net, world })
}

async function connect({ net, world }: Scene, config: object = WG0): Promise<void> {
  await net.configure('wg0', config as typeof WG0)
  await net.until(at('state'), 'configured')
  world.kernel.lab.hearPeer('wg0', publicKey, { lastHandshakeMs: world.clock.wallMs() })
  await world.during(net.until(at('connection'), 'lan'))
}

const ours = ({ world }: Scene): string[] => {
  const { mirror } = world.kernel
  const index = mirror.linkByName('wg0')?.ifindex
  return [
    ...mirror.links().flatMap(({ ifname }) => (ifname === 'wg0' ? ['link'] : [])),
    ...mirror
      .routes({ protocol: 183 })
      .flatMap((route) => (route.ifindex === index ? [`route ${route.destination}`] : [])),
    ...mirror.rules({ protocol: 183 }).flatMap(({ priority }) => (priority >= 20_000 ? [`rule ${priority}`] : [])),
  ].sort()
}

const STANDING = ['link', 'route 10.8.0.0/24', 'route 10.8.0.0/24', 'route default', 'rule 20002', 'rule 20003']

test('a tunnel comes, is connected by a handshake, and goes without a trace', () =>
  within(async (scene) => {
    const { net, world } = scene
    await connect(scene)
    assert.equal(ours(scene), STANDING)
    assert.equal(net.get(['available_interfaces']), ['wg0', 'eth0'])
    assert.is(net.get(at('wireguard', 'public_key')), own.publicKey)
    assert.is(world.kernel.mirror.linkByName('wg0')?.mtu, 1420)
    await net.deconfigure('wg0')
    await eventually('all of it is gone', () => ours(scene).length === 0)
    assert.is(net.get(at('wireguard', 'public_key')), undefined)
    assert.equal(net.get(['available_interfaces']), ['eth0'])
  }))

test('a peer that falls silent is told, while what is meant for the tunnel still goes nowhere else', () =>
  within(async (scene) => {
    const { net, world } = scene
    await connect(scene)
    await world.clock.advance(200_000)
    assert.is(net.get(at('connection')), 'disconnected')
    assert.match(String(net.get(at('reason'))), /at 203\.0\.113\.1:51820 does not answer/)
    assert.equal(ours(scene), STANDING)
    assert.is.not(net.get(['interface', 'eth0', 'connection']), 'disconnected')
    world.kernel.lab.hearPeer('wg0', publicKey, { lastHandshakeMs: world.clock.wallMs() })
    await world.during(net.until(at('connection'), 'lan'))
    assert.is(net.get(at('reason')), undefined)
  }))

test('a tunnel that is connected is never restarted for want of the internet', () =>
  within(async (scene) => {
    const { net, world } = scene
    await connect(scene)
    const index = world.kernel.mirror.linkByName('wg0')?.ifindex
    world.kernel.lab.sent.length = 0
    for (let minutes = 0; minutes < 36; minutes += 3) {
      world.kernel.lab.hearPeer('wg0', publicKey, { lastHandshakeMs: world.clock.wallMs() })
      await world.clock.advance(180_000)
    }
    assert.is(net.get(at('recovery')), undefined)
    assert.is(net.get(at('connection')), 'lan')
    assert.is(world.kernel.mirror.linkByName('wg0')?.ifindex, index)
    const restarts = world.kernel.lab.sent.filter((one) => one.type === 'setLink' && one.ifname === 'wg0')
    assert.equal(restarts, [])
  }))

test('a link that another program deletes comes back as it was', () =>
  within(async (scene) => {
    const { net, world } = scene
    await connect(scene)
    world.kernel.lab.foreign([{ type: 'deleteLink', ifname: 'wg0' }])
    await net.until(at('connection'), 'disconnected')
    await net.until(at('reason'), (text) => /wg0 was deleted/.test(String(text)))
    await world.during(net.until(at('state'), 'configured'))
    await eventually('all of it stands', () => JSON.stringify(ours(scene)) === JSON.stringify(STANDING))
    const device = await world.kernel.wireguardDevice({ ifname: 'wg0' })
    assert.is(device.peers.length, 1)
    assert.is.not(net.get(['interface', 'eth0', 'connection']), 'disconnected')
  }))

test('a peer more costs a command, and disturbs neither link nor connection', () =>
  within(async (scene) => {
    const { net, world } = scene
    await connect(scene)
    const index = world.kernel.mirror.linkByName('wg0')?.ifindex
    const states: unknown[] = []
    net.subscribe(at('connection'), ({ newValue }) => states.push(newValue))
    const more = { publicKey: generateKeyPair().publicKey, allowedIps: ['10.9.0.0/16'] }
    await net.configure('wg0', { ...WG0, peers: [PEER, more] })
    await net.until(at('state'), 'configured')
    await eventually('its route stands', () => ours(scene).includes('route 10.9.0.0/16'))
    assert.is(world.kernel.mirror.linkByName('wg0')?.ifindex, index)
    const { peers } = await world.kernel.wireguardDevice({ ifname: 'wg0' })
    assert.is(peers.length, 2)
    assert.ok(
      peers.some(({ lastHandshakeMs }) => lastHandshakeMs !== undefined),
      'the session goes on',
    )
  }))

test('a kernel without WireGuard is told as the reason, and nothing is left', () =>
  within(async (scene) => {
    const { net, world } = scene
    world.kernel.lab.refuse(({ type }) => type === 'addLink', 'EOPNOTSUPP')
    await net.configure('wg0', WG0)
    await net.until(at('state'), 'retrying')
    assert.match(String(net.get(at('reason'))), /kernel has no links of kind wireguard/)
    assert.equal(ours(scene), [])
    world.kernel.lab.refuse(null)
    await world.during(net.until(at('state'), 'configured'))
  }))

test('the name of a peer that nobody knows is a reason, and no hindrance for the link', () =>
  within(async (scene) => {
    const { net } = scene
    await net.configure('wg0', { ...WG0, peers: [{ publicKey, endpoint: 'vpn.example.net:51820' }] })
    await net.until(at('state'), 'configured')
    await net.until(at('reason'), (text) => /cannot resolve vpn\.example\.net/.test(String(text)))
    assert.is(net.get(at('connection')), 'disconnected')
    assert.ok(ours(scene).includes('link'))
  }))

test('keys stand in no property, plan, log, info or snapshot, and in no file as they are', () =>
  within(async (scene) => {
    const { net, world } = scene
    const secrets = [own.privateKey, presharedKey]
    await connect(scene)
    const shown = [
      JSON.stringify(net.getByPrefix([])),
      JSON.stringify(net.plan('wg0', WG0)),
      JSON.stringify(world.logs),
      net.info(),
      JSON.stringify(net.snapshot()),
      ...(await filesBelow(world.folder)),
    ]
    for (const [at, text] of shown.entries()) {
      for (const secret of secrets) assert.not.ok(text.includes(secret), `a key in text ${at}`)
    }
    assert.match(JSON.stringify(net.get(at('config'))), /"privateKey":"\.\.\.\."/)
    const sent = world.kernel.lab.sent.find(({ type }) => type === 'setWireguardDevice') as SetWireguardDevice
    assert.is(Buffer.from(sent.privateKey ?? []).toString('base64'), own.privateKey)
  }))

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  )
}

test.run()
