/** Changes that hold when they are confirmed, shown by what the kernel holds: iproute2 reads it, not the library. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { InstanceRequest } from '../support/instance-process.js'
import { RemoteInstance } from '../support/remote-instance.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const FORMER = {
  type: 'ethernet',
  mtu: 1_400,
  ipv4: {
    method: 'static',
    address: '192.0.2.9',
    prefixLength: 24,
    gateway: '192.0.2.1',
    routes: [{ to: '198.51.100.128/25', via: '192.0.2.254' }],
  },
}
const NEXT = {
  type: 'ethernet',
  mtu: 1_300,
  macAddress: '02:00:00:00:00:77',
  ipv4: {
    method: 'static',
    address: '192.0.2.10',
    prefixLength: 25,
    addresses: [{ address: '198.51.100.9', prefixLength: 24 }],
  },
}

/** What changes by itself; and a link that was up once has the queueing discipline `noqueue` for ever, one that never was `noop`. */
const PASSING = new Set([
  'qdisc',
  'stats',
  'stats64',
  'valid_life_time',
  'preferred_life_time',
  'cacheinfo',
  'expires',
  'tentative',
])

const lasting = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, member) => (PASSING.has(key) ? undefined : member)))

/** Links, addresses, routes and rules of both families. */
async function everything(scene: SystemScene): Promise<unknown> {
  const of = async (...args: string[]): Promise<unknown> => lasting(await scene.lab.ip(...args))
  return {
    links: await of('-d', 'address', 'show'),
    routes: [
      await of('-d', '-4', 'route', 'show', 'table', 'all'),
      await of('-d', '-6', 'route', 'show', 'table', 'all'),
    ],
    rules: [await of('-d', '-4', 'rule', 'show'), await of('-d', '-6', 'rule', 'show')],
  }
}

const UP: InstanceRequest & { type: 'until' } = {
  type: 'until',
  path: ['interface', 'eth0', 'connection'],
  value: 'internet',
}
const stateOf = (ifname: string): string[] => ['interface', ifname, 'state']

test('a change that nobody confirms is undone: links, addresses, routes and rules are what they were', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  await scene.uplink('eth1', 'none')
  const net = await scene.start({ config: { eth0: FORMER } })
  await net.until(UP.path, 'internet', DEADLINE)
  const before = await everything(scene)
  const checkpoint = await net.apply({ eth0: NEXT, eth1: { ...FORMER, mtu: 1_350 } }, { confirmWithinMs: 3_000 })
  await net.until(['interface', 'eth0', 'mac_address'], NEXT.macAddress, DEADLINE)
  await net.until(stateOf('eth1'), 'configured', DEADLINE)
  assert.not.equal(await everything(scene), before)
  await net.until(['checkpoint'], undefined, DEADLINE)
  await net.until(UP.path, 'internet', DEADLINE)
  assert.equal(await everything(scene), before)
  assert.is(net.get(['checkpoint']), undefined)
  await checkpoint.rollback()
})

test('a change whose process is killed is undone by the next start, whatever it had overwritten', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const options = { ...scene.options(), logger: undefined, config: { eth0: FORMER } }
  await using first = new RemoteInstance(options)
  assert.is((await first.ask(UP)).value, 'internet')
  const before = await everything(scene)
  assert.type((await first.ask({ type: 'apply', configs: { eth0: NEXT }, confirmWithinMs: 600_000 })).value, 'string')
  await first.ask({ type: 'until', path: ['interface', 'eth0', 'mac_address'], value: NEXT.macAddress })
  await first.ask({ type: 'until', path: stateOf('eth0'), value: 'configured' })
  await first.kill()
  assert.is((await scene.link('eth0')).mtu, 1_300, 'the network is as the killed process left it')

  const net = await scene.start({ config: { eth0: FORMER } })
  await net.until(UP.path, 'internet', DEADLINE)
  assert.equal(await everything(scene), before)
  assert.ok(scene.logs.some(({ message }) => /never confirmed/.test(message)))
  await net.stop()
})

test('what a killed run had overwritten is put back where nothing sets it any more', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const { mtu, address } = await scene.link('eth0')
  await using first = new RemoteInstance({ ...scene.options(), logger: undefined, config: { eth0: NEXT } })
  await first.ask({ type: 'until', path: stateOf('eth0'), value: 'configured' })
  assert.is((await scene.link('eth0')).mtu, 1_300)
  await first.kill()
  await scene.start()
  const after = await scene.link('eth0')
  assert.equal([after.mtu, after.address], [mtu, address])
})

test('a link that another program had raised is up again behind a rollback, also when the process was killed', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const isUp = async (): Promise<boolean> => (await scene.link('eth0')).flags.includes('UP')
  await scene.lab.exec('ip', ['link', 'set', 'eth0', 'up'])
  const net = await scene.start()
  const checkpoint = await net.apply({ eth0: FORMER }, { confirmWithinMs: 600_000 })
  await net.until(stateOf('eth0'), 'configured', DEADLINE)
  await checkpoint.rollback()
  assert.is(net.get(['interface', 'eth0', 'config']), undefined)
  assert.is(await isUp(), true)
  await net.stop()

  await using second = new RemoteInstance({ ...scene.options(), logger: undefined })
  await second.ask({ type: 'apply', configs: { eth0: FORMER }, confirmWithinMs: 600_000 })
  await second.ask({ type: 'until', path: stateOf('eth0'), value: 'configured' })
  await second.kill()
  await scene.lab.exec('ip', ['link', 'set', 'eth0', 'down'])
  await scene.start()
  assert.is(await isUp(), true)
})

test.run()
