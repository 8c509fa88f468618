import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { RemoteInstance } from '../support/remote-instance.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

/** The options of the scene as JSON: without what cannot cross to another process. */
function remoteOptions(scene: SystemScene, config: object): object {
  return { ...scene.options(), logger: undefined, config }
}

const DHCP = { eth0: { type: 'ethernet' } }

test('after kill -9 the network stays as it was, and the next start leaves no orphan and nothing twice', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await using first = new RemoteInstance(remoteOptions(scene, DHCP))
  await first.ask({ type: 'until', path: ['interface', 'eth0', 'connection'], value: 'internet' })
  const [orphan] = await scene.pids('udhcpc')
  const before = await scene.ours()
  assert.ok(before.length > 0)

  await first.kill()
  assert.is(await scene.wayOut(), 'eth0')
  assert.equal(await scene.ours(), before)

  const net = await scene.start({ config: { eth0: { type: 'ethernet' } } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  const pids = await scene.pids('udhcpc')
  assert.is(pids.length, 1)
  assert.is.not(pids[0], orphan)
  await eventually('routes, rules and addresses stand once', async () => (await scene.ours()).length === before.length)
  await net.stop()
  assert.equal(await scene.ours(), [])
  assert.equal(await scene.pids('udhcpc'), [])
})

test('what a crashed run had added for an interface that is configured no more is removed', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await using first = new RemoteInstance(remoteOptions(scene, DHCP))
  await first.ask({ type: 'until', path: ['interface', 'eth0', 'connection'], value: 'internet' })
  await first.kill()
  await scene.lab.ip('address', 'add', '192.0.2.77/24', 'dev', 'eth0')
  await scene.start()
  assert.equal(await scene.ours(), ['address 192.0.2.77/24'])
  assert.equal(await scene.pids('udhcpc'), [])
})

test('a configuration that was saved holds after kill -9, and the default does not come back', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const saved = { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.9', prefixLength: 24 } }
  await using first = new RemoteInstance(remoteOptions(scene, DHCP))
  assert.is((await first.ask({ type: 'configure', ifname: 'eth0', config: saved })).error, undefined)
  await first.kill()
  const net = await scene.start({ config: { eth0: { type: 'ethernet' } } })
  assert.equal(net.getConfiguration('eth0'), saved)
  await net.until(['interface', 'eth0', 'connection'], 'lan', DEADLINE)
  assert.equal(
    (await scene.addresses('eth0')).map(({ local }) => local),
    ['192.0.2.9'],
  )
})

test('a second instance in the namespace is refused with the pid of the first, also from another process', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start()
  await using second = new RemoteInstance(remoteOptions(scene, {}))
  const refused = await second.started
  assert.is(refused.code, 'ERR_ALREADY_RUNNING')
  assert.match(refused.error ?? '', new RegExp(`\\b${process.pid}\\b`))
  await net.stop()
  await using third = new RemoteInstance(remoteOptions(scene, {}))
  assert.is((await third.started).ready, third.pid)
})

test('without the right to change networking the interface says so, and nothing is changed', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const { netns: _, ...options } = { ...scene.options(), logger: undefined, config: DHCP }
  const wrapper = [
    'nsenter',
    `--net=${scene.lab.namespace}`,
    'setpriv',
    '--bounding-set=-net_admin,-net_raw',
    '--inh-caps=-all',
  ]
  await using instance = new RemoteInstance(options, wrapper)
  assert.type((await instance.started).ready, 'number')
  await instance.ask({ type: 'until', path: ['interface', 'eth0', 'state'], value: 'retrying' })
  const { value } = await instance.ask({ type: 'get', path: ['interface', 'eth0', 'reason'] })
  assert.match(String(value), /setLink.*eth0.*EPERM/)
  assert.equal(await scene.ours(), [])
  assert.not.ok((await scene.link('eth0')).flags.includes('UP'))
})

test.run()
