import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openKernel } from '../../lib/kernel/index.js'
import { withDevicePaths } from '../support/device-paths.js'
import { eventually } from '../support/eventually.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

// The links of a namespace are virtual, and all have one path: the paths are given by the test. The renames are real.
const PATHS = {
  '02:00:00:00:aa:01': '/devices/platform/test-a',
  '02:00:00:00:aa:02': '/devices/platform/test-b',
}
const [A, B] = Object.entries(PATHS).map(([mac, hwPath]) => ({ mac, hwPath })) as [
  { mac: string; hwPath: string },
  { mac: string; hwPath: string },
]

async function addLink(scene: SystemScene, ifname: string, mac: string): Promise<void> {
  await scene.lab.ip('link', 'add', ifname, 'address', mac, 'type', 'veth', 'peer', 'name', `${ifname}-peer`)
  await scene.lab.ip('link', 'set', `${ifname}-peer`, 'up')
}

const names = async (scene: SystemScene): Promise<Record<string, string>> =>
  Object.fromEntries((await scene.links()).map(({ address, ifname }) => [address, ifname]))

test('an interface is renamed by its device path, at the start and when it is plugged in, and then configured', async () => {
  await using scene = await SystemScene.create()
  await addLink(scene, 'v0', A.mac)
  await using kernel = await openKernel({ netns: scene.lab.namespace })
  const net = await scene.start({
    kernel: withDevicePaths(kernel, PATHS),
    ifnames: [
      { hwPath: A.hwPath, ifname: 'lan0' },
      { hwPath: B.hwPath, ifname: 'lan1' },
    ],
    config: {
      lan0: { type: 'ethernet', ipv4: { method: 'static', address: '192.0.2.2', prefixLength: 24 } },
      lan1: { type: 'ethernet', ipv4: { method: 'static', address: '198.51.100.2', prefixLength: 24 } },
    },
  })
  await net.until(['interface', 'lan0', 'connection'], 'lan', DEADLINE)
  assert.is((await names(scene))[A.mac], 'lan0')
  await addLink(scene, 'v1', B.mac)
  await net.until(['interface', 'lan1', 'connection'], 'lan', DEADLINE)
  assert.is((await names(scene))[B.mac], 'lan1')
  assert.equal(
    (await scene.addresses('lan1')).map(({ local }) => local),
    ['198.51.100.2'],
  )
  await net.stop()
  assert.equal(await scene.ours(), [])
})

test('two links that are up swap their names', async () => {
  await using scene = await SystemScene.create()
  await addLink(scene, 'lan1', A.mac)
  await addLink(scene, 'lan0', B.mac)
  for (const ifname of ['lan0', 'lan1']) await scene.lab.ip('link', 'set', ifname, 'up')
  await using kernel = await openKernel({ netns: scene.lab.namespace })
  const net = await scene.start({
    kernel: withDevicePaths(kernel, PATHS),
    ifnames: [
      { hwPath: A.hwPath, ifname: 'lan0' },
      { hwPath: B.hwPath, ifname: 'lan1' },
    ],
  })
  const after = await names(scene)
  assert.equal([after[A.mac], after[B.mac]], ['lan0', 'lan1'])
  for (const ifname of ['lan0', 'lan1']) assert.ok((await scene.link(ifname)).flags.includes('UP'), ifname)
  assert.is(net.get(['interface', 'lan0', 'hw_path']), A.hwPath)
})

test('what another program renames gets its name back', async () => {
  await using scene = await SystemScene.create()
  await addLink(scene, 'v0', A.mac)
  await using kernel = await openKernel({ netns: scene.lab.namespace })
  await scene.start({ kernel: withDevicePaths(kernel, PATHS), ifnames: [{ hwPath: A.hwPath, ifname: 'lan0' }] })
  await scene.lab.ip('link', 'set', 'lan0', 'name', 'enp3s0')
  await eventually('the name is lan0 again', async () => (await names(scene))[A.mac] === 'lan0')
})

test('a rule for all virtual links renames none', async () => {
  await using scene = await SystemScene.create()
  await addLink(scene, 'v0', A.mac)
  await using kernel = await openKernel({ netns: scene.lab.namespace })
  const net = await scene.start({
    kernel: withDevicePaths(kernel, { [A.mac]: '/devices/virtual' }),
    ifnames: [{ hwPath: '/devices/virtual', ifname: 'lan0' }],
  })
  assert.is((await names(scene))[A.mac], 'v0')
  assert.match(String(net.get(['interface', 'v0', 'reason'])), /virtual/)
})

test.run()
