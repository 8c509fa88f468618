/** Bridges of the real kernel, with real traffic and a real DHCP server behind a port. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../../support/eventually.js'
import { inNamespace, mustRun, runCommand } from '../../support/lab/command.js'
import { RemoteInstance } from '../../support/remote-instance.js'
import { DEADLINE, SystemScene } from '../../support/system-scene.js'

const OFF = { ipv4: { method: 'disabled' as const } }
const at = (...path: string[]): string[] => ['interface', 'br0', ...path]

interface Detailed {
  readonly ifname: string
  readonly master?: string
  readonly flags: readonly string[]
  readonly linkinfo?: {
    readonly info_kind?: string
    readonly info_data?: Readonly<Record<string, unknown>>
    readonly info_slave_data?: Readonly<Record<string, unknown>>
  }
}

async function detailed(scene: SystemScene, ifname: string): Promise<Detailed | undefined> {
  const links = await scene.lab.ip<Detailed>('-details', 'link', 'show')
  return links.find((link) => link.ifname === ifname)
}

const masterOf = async (scene: SystemScene, ifname: string): Promise<string | undefined> =>
  (await detailed(scene, ifname))?.master

test('D4: a bridge of one port has the lease of the network behind it, and goes without a trace', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const before = await scene.links()
  const net = await scene.start({ config: { br0: { type: 'bridge', bridge: { interfaces: ['eth0'] } } } })
  await net.until(at('connection'), 'internet', DEADLINE)
  assert.is(await masterOf(scene, 'eth0'), 'br0')
  assert.is(await scene.wayOut(), 'br0')
  await net.stop()
  assert.equal(
    (await scene.links()).map(({ ifname, flags }) => [ifname, flags.includes('UP')]),
    before.map(({ ifname, flags }) => [ifname, flags.includes('UP')]),
  )
  assert.equal(await scene.ours(), [])
})

test('D4: ports that come late join, and what they connect talks through the bridge', async () => {
  await using scene = await SystemScene.create()
  const [one, two] = [await scene.uplink('eth0', 'none'), await scene.uplink('eth1', 'none')]
  const config = { type: 'bridge' as const, bridge: { interfaces: ['eth0', 'eth1', 'late0'] }, ...OFF }
  const net = await scene.start({ config: { br0: config } })
  await eventually(
    'both join',
    async () => (await masterOf(scene, 'eth0')) === 'br0' && (await masterOf(scene, 'eth1')) === 'br0',
  )
  await mustRun('ip', ['-n', one.routerNamespace, 'address', 'add', '203.0.113.129/25', 'dev', 'wan0'])
  await mustRun('ip', ['-n', two.routerNamespace, 'address', 'add', '203.0.113.130/25', 'dev', 'wan0'])
  const ping = inNamespace(one.routerNamespace, 'ping', ['-c', '1', '-W', '1', '203.0.113.130'])
  await eventually('they talk', async () => (await runCommand(...ping)).exitCode === 0)

  await scene.lab.ip('link', 'add', 'late0', 'type', 'veth', 'peer', 'name', 'late1')
  await eventually('it joins', async () => (await masterOf(scene, 'late0')) === 'br0')
  await eventually('it is up', async () => (await detailed(scene, 'late0'))?.flags.includes('UP') === true)
  assert.is(net.get(at('reason')), undefined)
})

test('every key is what the kernel holds, and a change of them leaves bridge and ports alone', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const first = {
    interfaces: ['eth0'],
    stp: true,
    forwardDelay: 4,
    helloTime: 1.5,
    maxAge: 10,
    ageingTime: 60,
    priority: 4_096,
    multicastSnooping: false,
    groupForwardMask: 0x4000,
    pathCost: 33,
    ports: { eth0: { pathPriority: 9, hairpin: true, isolated: true } },
  }
  const net = await scene.start({ config: { br0: { type: 'bridge', bridge: first, ...OFF } } })
  const data = async () => (await detailed(scene, 'br0'))?.linkinfo?.info_data ?? {}
  const port = async () => (await detailed(scene, 'eth0'))?.linkinfo?.info_slave_data ?? {}
  await eventually('the port is set', async () => (await port())['cost'] === 33)
  const keys = [
    'stp_state',
    'forward_delay',
    'hello_time',
    'max_age',
    'ageing_time',
    'priority',
    'mcast_snooping',
    'group_fwd_mask',
  ]
  const held = await data()
  assert.equal(
    keys.map((key) => held[key]),
    [1, 400, 150, 1_000, 6_000, 4_096, 0, '0x4000'],
  )
  const set = await port()
  assert.equal([set['priority'], set['hairpin'], set['isolated']], [9, true, true])

  const before = (await detailed(scene, 'br0')) as Detailed & { ifindex: number }
  await net.configure('br0', { type: 'bridge', bridge: { interfaces: ['eth0'] }, ...OFF })
  await eventually('spanning tree ends', async () => (await data())['stp_state'] === 0)
  const now = await data()
  assert.equal(
    keys.map((key) => now[key]),
    [0, 1_500, 200, 2_000, 30_000, 32_768, 1, '0'],
  )
  assert.is(((await detailed(scene, 'br0')) as typeof before).ifindex, before.ifindex)
})

test('a port of another bridge stays there; the reason tells, and it joins when it is free', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  await scene.uplink('eth1', 'none')
  await scene.lab.ip('link', 'add', 'br9', 'type', 'bridge')
  await scene.lab.ip('link', 'set', 'eth0', 'master', 'br9')
  const config = { type: 'bridge' as const, bridge: { interfaces: ['eth0', 'eth1'] }, ...OFF }
  const net = await scene.start({ config: { br0: config } })
  await net.until(at('reason'), 'eth0 is a port of br9 already', DEADLINE)
  await eventually('the other joins', async () => (await masterOf(scene, 'eth1')) === 'br0')
  assert.equal([net.get(at('state')), await masterOf(scene, 'eth0')], ['configured', 'br9'])
  await scene.lab.ip('link', 'set', 'eth0', 'nomaster')
  await eventually('it joins', async () => (await masterOf(scene, 'eth0')) === 'br0')
  await net.until(at('reason'), undefined, DEADLINE)
})

test('a bridge that a crash has left is taken over; a link of another kind is refused and left alone', async () => {
  await using scene = await SystemScene.create()
  await scene.lab.ip('link', 'add', 'br0', 'type', 'bridge')
  await scene.lab.ip('link', 'add', 'br1', 'type', 'veth', 'peer', 'name', 'far1')
  const config = { type: 'bridge' as const, bridge: { interfaces: [] }, ...OFF }
  const net = await scene.start({ config: { br0: config, br1: config } })
  await net.until(at('state'), 'configured', DEADLINE)
  const reason = ['interface', 'br1', 'reason']
  await net.until(reason, (text) => /br1 is there already and is of kind veth/.test(String(text)), DEADLINE)
  await net.stop()
  assert.is(await detailed(scene, 'br0'), undefined)
  assert.is((await detailed(scene, 'br1'))?.linkinfo?.info_kind, 'veth')
})

test('after kill -9 the next start takes a bridge over where it is still wanted, and deletes it where it is not', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const made = (port: string) => ({ type: 'bridge' as const, bridge: { interfaces: [port] }, ...OFF })
  const config = { br0: made('eth0'), br1: made('none0') }
  const options = { ...scene.options(), logger: undefined, persistence: 'none', config }
  await using first = new RemoteInstance(options)
  await first.ask({ type: 'until', path: at('state'), value: 'configured' })
  await first.ask({ type: 'until', path: ['interface', 'br1', 'state'], value: 'configured' })
  await eventually('the port joins', async () => (await masterOf(scene, 'eth0')) === 'br0')
  const indexOf = async (): Promise<unknown> => ((await detailed(scene, 'br0')) as { ifindex?: number }).ifindex
  const before = await indexOf()
  await first.kill()
  assert.is(await masterOf(scene, 'eth0'), 'br0', 'the network stays as it was')

  const net = await scene.start({ persistence: 'none', config: { br0: config.br0 } })
  await net.until(at('state'), 'configured', DEADLINE)
  assert.is(await indexOf(), before)
  assert.is(await detailed(scene, 'br1'), undefined)
  await net.stop()
  assert.equal([await detailed(scene, 'br0'), await masterOf(scene, 'eth0')], [undefined, undefined])
})

test('a bridge serves addresses to what is behind its ports', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  await scene.start({
    config: {
      br0: {
        type: 'bridge',
        bridge: { interfaces: ['eth0'], forwardDelay: 0 },
        ipv4: { method: 'static', address: '192.0.2.129', prefixLength: 25 },
        dhcpd: { start: '192.0.2.140', end: '192.0.2.150' },
      },
    },
  })
  const ask = inNamespace(uplink.routerNamespace, 'udhcpc', ['-f', '-q', '-n', '-i', 'wan0', '-s', '/bin/true'])
  await eventually('a lease', async () =>
    /lease of 192\.0\.2\.1(4\d|50) obtained/.test((await runCommand(...ask)).stderr),
  )
})

test.run()
