/** A veth of the real kernel whose far end moves to another network namespace. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inNamespace, mustRun } from '../../support/lab/command.js'
import { DEADLINE, SystemScene } from '../../support/system-scene.js'

const CONFIG = {
  type: 'veth' as const,
  veth: { peer: 've1' },
  ipv4: { method: 'static' as const, address: '192.0.2.1', prefixLength: 30 },
}
const at = (...path: string[]): string[] => ['interface', 've0', ...path]

test('both ends are there and up, one may live elsewhere, and both go with the configuration', async () => {
  await using scene = await SystemScene.create()
  const { routerNamespace } = await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { ve0: CONFIG } })
  await net.until(at('connection'), 'lan', DEADLINE)
  await scene.lab.ip('link', 'set', 've1', 'netns', routerNamespace)
  await mustRun('ip', ['-n', routerNamespace, 'address', 'add', '192.0.2.2/30', 'dev', 've1'])
  await mustRun('ip', ['-n', routerNamespace, 'link', 'set', 've1', 'up'])
  await net.until(at('connection'), 'lan', DEADLINE)
  await mustRun(...inNamespace(routerNamespace, 'ping', ['-c', '1', '-W', '2', '192.0.2.1']))
  await net.stop()
  assert.not.ok((await scene.links()).some(({ ifname }) => ifname === 've0'))
  assert.equal(await scene.ours(), [])
})

test('a far end whose name is taken is a reason that names it', async () => {
  await using scene = await SystemScene.create()
  await scene.lab.ip('link', 'add', 've1', 'type', 'bridge')
  const net = await scene.start({ config: { ve0: CONFIG } })
  await net.until(at('reason'), (reason) => /ve1 is there already/.test(String(reason)), DEADLINE)
  await net.stop()
  assert.ok((await scene.links()).some(({ ifname }) => ifname === 've1'))
})

test.run()
