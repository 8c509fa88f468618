import { readFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import type { Clock } from '../../lib/index.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from '../support/eventually.js'
import { INTERNET_HOSTS } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const BOTH = { eth0: { type: 'ethernet' as const }, eth1: { type: 'ethernet' as const } }

const connection = (ifname: string): string[] => ['interface', ifname, 'connection']

async function online(net: VintageNet, ...ifnames: string[]): Promise<void> {
  for (const ifname of ifnames) await net.until(connection(ifname), 'internet', DEADLINE)
  await net.until(['available_interfaces'], ifnames, DEADLINE)
}

/** Timers run faster than time; for waits that are long on purpose. Probes keep their real deadlines. */
function hurriedClock(factor: number): Clock {
  return { ...systemClock, setTimer: (delayMs, callback) => systemClock.setTimer(delayMs / factor, callback) }
}

test('two uplinks get the leases that their servers say, and reach the Internet', async () => {
  await using scene = await SystemScene.create()
  const [first, second] = [await scene.uplink('eth0'), await scene.uplink('eth1', 'udhcpd')]
  const net = await scene.start({ config: BOTH })
  await online(net, 'eth0', 'eth1')
  for (const [uplink, ifname] of [
    [first, 'eth0'],
    [second, 'eth1'],
  ] as const) {
    const [address] = await scene.addresses(ifname)
    const leases = await uplink.leases()
    const { address: mac } = await scene.link(ifname)
    assert.is(leases.find((lease) => lease.macAddress === mac)?.address, address?.local)
    assert.is(address?.noprefixroute, true)
    assert.is((net.get(['interface', ifname, 'dhcp_options']) as { ip?: string }).ip, address?.local)
  }
  const defaults = (await scene.routes('main')).filter((route) => route.dst === 'default')
  assert.equal(
    defaults.map(({ dev, gateway, metric, protocol }) => ({ dev, gateway, metric, protocol })),
    [
      { dev: 'eth0', gateway: '192.0.2.1', metric: 10, protocol: '183' },
      { dev: 'eth1', gateway: '198.51.100.1', metric: 11, protocol: '183' },
    ],
  )
  assert.is(await scene.wayOut(), 'eth0')
  await eventually('resolv.conf names the servers', async () =>
    /^nameserver 203\.0\.113\.1/m.test(await readFile(scene.resolvConf, 'utf8')),
  )
})

test('an answer leaves by the uplink that the question came in, also by the one not preferred', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await scene.uplink('eth1')
  const net = await scene.start({ config: BOTH })
  await online(net, 'eth0', 'eth1')
  const [address] = await scene.addresses('eth1')
  const { stdout } = await scene.lab.exec('ip', [
    '-json',
    'route',
    'get',
    INTERNET_HOSTS[1] ?? '',
    'from',
    address?.local ?? '',
  ])
  assert.is((JSON.parse(stdout) as { dev: string }[])[0]?.dev, 'eth1')
})

test('a pulled cable moves traffic at once, and the cable back moves it back after its check', async () => {
  await using scene = await SystemScene.create()
  const first = await scene.uplink('eth0')
  await scene.uplink('eth1')
  const net = await scene.start({ config: BOTH })
  await online(net, 'eth0', 'eth1')
  const [before] = await scene.addresses('eth0')

  await first.pullCable()
  await net.until(['available_interfaces'], ['eth1'], DEADLINE)
  assert.is(await scene.wayOut(), 'eth1')
  assert.is(net.get(connection('eth0')), 'disconnected')
  assert.is(net.get(['connection']), 'internet')
  assert.equal(
    (await scene.routes('main')).filter((route) => route.dev === 'eth0'),
    [],
  )
  assert.equal(await scene.routes(100), [])
  const { stdout } = await scene.lab.exec('ss', ['--no-header', '--tcp', '--numeric', 'dst', INTERNET_HOSTS[0] ?? ''])
  assert.not.match(stdout, /192\.0\.2\./)

  await first.plugIn()
  await online(net, 'eth0', 'eth1')
  assert.is(await scene.wayOut(), 'eth0')
  assert.is((await scene.addresses('eth0'))[0]?.local, before?.local)
})

test('without carrier for longer than the grace the lease is gone, and comes back with the cable', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0')
  const net = await scene.start({ config: { eth0: BOTH.eth0 }, carrierGraceMs: 200 })
  await online(net, 'eth0')
  await uplink.pullCable()
  await net.until(['interface', 'eth0', 'dhcp_options'], undefined, DEADLINE)
  await net.until(['interface', 'eth0', 'addresses'], [], DEADLINE)
  assert.equal(await scene.addresses('eth0'), [])
  assert.equal(await scene.pids('udhcpc'), [])
  await uplink.plugIn()
  await online(net, 'eth0')
})

test('a router that drops everything beyond itself makes an uplink lan after three silent checks', async () => {
  await using scene = await SystemScene.create()
  const first = await scene.uplink('eth0')
  const second = await scene.uplink('eth1')
  const factor = 20
  const hurriedDeadline = { deadlineMs: 60_000 * factor }
  const net = await scene.start({ config: BOTH, clock: hurriedClock(factor) })
  await net.until(['available_interfaces'], ['eth0', 'eth1'], hurriedDeadline)
  await net.until(connection('eth1'), 'internet', hurriedDeadline)
  await first.dropBeyond(true)
  await net.until(connection('eth0'), 'lan', hurriedDeadline)
  await net.until(['available_interfaces'], ['eth1', 'eth0'], hurriedDeadline)
  assert.is(await scene.wayOut(), 'eth1')
  await first.dropBeyond(false)
  await net.until(connection('eth0'), 'internet', hurriedDeadline)
  await net.until(['available_interfaces'], ['eth0', 'eth1'], hurriedDeadline)
  assert.is(await scene.wayOut(), 'eth0')

  // The uplink that is not in use is judged by its own way, though its hosts answer by the other one.
  await second.dropBeyond(true)
  await net.until(connection('eth1'), 'lan', hurriedDeadline)
  assert.is(net.get(connection('eth0')), 'internet')
})

test('a silent DHCP server leaves the interface lan without addresses; when it answers, it is online', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0')
  await uplink.stopDhcp()
  const net = await scene.start({ config: { eth0: BOTH.eth0 } })
  await net.until(connection('eth0'), 'lan', DEADLINE)
  assert.equal(await scene.addresses('eth0'), [])
  assert.equal(net.get(['available_interfaces']), [])
  await uplink.startDhcp()
  // udhcpc pauses 20 s after three unanswered packets.
  await net.until(connection('eth0'), 'internet', { deadlineMs: 40_000 })
})

test('a server that refuses the old address gives another, and the old one goes', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0')
  const net = await scene.start({ config: { eth0: BOTH.eth0 } })
  await online(net, 'eth0')
  const [before] = await scene.addresses('eth0')
  await uplink.stopDhcp()
  await uplink.startDhcp({ otherPool: true })
  const [pid] = await scene.pids('udhcpc')
  assert.type(pid, 'number')
  // SIGUSR1 makes udhcpc renew now; the authoritative server refuses.
  process.kill(pid ?? 0, 'SIGUSR1')
  await net.until(
    ['interface', 'eth0', 'dhcp_options'],
    (value) => value !== undefined && (value as { ip?: string }).ip !== before?.local,
    { deadlineMs: 40_000 },
  )
  await online(net, 'eth0')
  const after = await scene.addresses('eth0')
  assert.is(after.length, 1)
  assert.is.not(after[0]?.local, before?.local)
})

test('changing from DHCP to static and back leaves one address each time', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const net = await scene.start({ config: { eth0: BOTH.eth0 } })
  await online(net, 'eth0')
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' }
  await net.configure('eth0', { type: 'ethernet', ipv4 })
  await eventually('the static address stands alone', async () => {
    const held = (await scene.addresses('eth0')).map(({ local }) => local)
    return held.length === 1 && held[0] === '192.0.2.2' && (await scene.pids('udhcpc')).length === 0
  })
  await online(net, 'eth0')
  await net.configure('eth0', { type: 'ethernet' })
  await net.until(['interface', 'eth0', 'dhcp_options'], (options) => options !== undefined, DEADLINE)
  await eventually('the static address has gone', async () => {
    return (await scene.addresses('eth0')).every(({ local }) => local !== '192.0.2.2')
  })
  await online(net, 'eth0')
  assert.is((await scene.addresses('eth0')).length, 1)
  assert.is((await scene.pids('udhcpc')).length, 1)
})

test('twenty blinks of the carrier leave one address, one udhcpc, no reason and the way out', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0')
  const net = await scene.start({ config: { eth0: BOTH.eth0 } })
  await online(net, 'eth0')
  const [before] = await scene.addresses('eth0')
  for (let blink = 0; blink < 20; blink += 1) {
    await uplink.pullCable()
    if (blink % 2 === 0) await net.until(['interface', 'eth0', 'lower_up'], false, DEADLINE)
    await uplink.plugIn()
    if (blink % 3 === 0) await net.until(['interface', 'eth0', 'lower_up'], true, DEADLINE)
  }
  await online(net, 'eth0')
  await net.until(['interface', 'eth0', 'reason'], undefined, DEADLINE)
  assert.equal(
    (await scene.addresses('eth0')).map(({ local }) => local),
    [before?.local],
  )
  await eventually('one udhcpc runs', async () => (await scene.pids('udhcpc')).length === 1)
  assert.is(await scene.wayOut(), 'eth0')
})

test('stop() ends udhcpc and leaves nothing of ours', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await scene.uplink('eth1')
  const net = await scene.start({ config: BOTH })
  await online(net, 'eth0', 'eth1')
  assert.is((await scene.pids('udhcpc')).length, 2)
  await net.stop()
  assert.equal(await scene.pids('udhcpc'), [])
  assert.equal(await scene.ours(), [])
})

test.run()
