/** A direct connection: udhcpd under the library, a real udhcpc at the other end of the cable. */

import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../../support/eventually.js'
import { inNamespace, mustRun, runCommand } from '../../support/lab/command.js'
import { DEADLINE, SystemScene } from '../../support/system-scene.js'

const ASK = fileURLToPath(new URL('../../support/lab/dhcp-ask.mjs', import.meta.url))
const CLIENT = 'wan0'
const CLIENT_LIMIT_MS = 20_000
const CONFIG = { type: 'direct' as const, direct: { hostname: 'gadget-7' } }
/** Of gadget-7 and eth0. */
const [OURS, PEER] = ['172.31.188.197', '172.31.188.198']
const NAK = 6
const at = (...path: string[]): string[] => ['interface', 'eth0', ...path]

/** Asks for an address as a client does, and takes it. */
async function lease(scene: SystemScene, namespace: string, ...args: string[]): Promise<Map<string, string>> {
  const script = join(scene.folder, 'client.sh')
  const answer = join(scene.folder, 'client.env')
  const take = `ip address replace "$ip/$mask" dev $interface`
  await writeFile(script, `#!/bin/sh\n[ "$1" = bound ] && env > ${answer} && ${take}\nexit 0\n`)
  await chmod(script, 0o755)
  const all = ['-f', '-q', '-n', '-i', CLIENT, '-s', script, '-O', 'router', '-O', 'dns', ...args]
  const { exitCode, stderr } = await runCommand(...inNamespace(namespace, 'udhcpc', all), { timeout: CLIENT_LIMIT_MS })
  assert.is(exitCode, 0, stderr)
  const lines = (await readFile(answer, 'utf8')).split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

interface Answers {
  readonly atClient: readonly { readonly type: number; readonly yiaddr: string }[]
  readonly atPort: number
}

/** Says what no client says. */
async function say(namespace: string, message: object): Promise<Answers> {
  const args = [ASK, JSON.stringify({ mac: '02:00:00:00:00:77', ...message })]
  return JSON.parse(await mustRun(...inNamespace(namespace, process.execPath, args))) as Answers
}

test('D3: the other end gets its one address, the mask and a day; other wishes are refused', async () => {
  await using scene = await SystemScene.create()
  const { routerNamespace } = await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(at('connection'), 'lan', DEADLINE)
  const [own] = await scene.addresses('eth0')
  assert.equal([own?.local, own?.prefixlen], [OURS, 30])

  const told = await lease(scene, routerNamespace)
  assert.equal(
    ['ip', 'mask', 'lease', 'serverid', 'router', 'dns'].map((name) => told.get(name)),
    [PEER, '30', '86400', OURS, undefined, undefined],
  )
  assert.is((await lease(scene, routerNamespace, '-x', 'lease:600')).get('lease'), '600')
  await mustRun(...inNamespace(routerNamespace, 'ping', ['-c', '1', '-W', '2', OURS]))

  await mustRun('ip', ['-n', routerNamespace, 'route', 'add', '255.255.255.255/32', 'dev', CLIENT])
  const refused = await say(routerNamespace, { type: 3, requested: '172.31.188.201' })
  assert.equal(
    refused.atClient.map(({ type, yiaddr }) => [type, yiaddr]),
    [[NAK, '0.0.0.0']],
  )
  const { atPort } = await say(routerNamespace, { type: 1, port: 6_800 })
  assert.is(atPort, 0, 'nothing comes back to another port')

  await net.stop()
  assert.equal(await scene.ours(), [])
  assert.equal(await scene.pids('udhcpd'), [])
})

test('D3: who is plugged in next gets the same address, whatever its MAC address', async () => {
  await using scene = await SystemScene.create()
  const cable = await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: CONFIG } })
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.is((await lease(scene, cable.routerNamespace)).get('ip'), PEER)
  await cable.pullCable()
  await net.until(at('connection'), 'disconnected', DEADLINE)
  await mustRun('ip', ['-n', cable.routerNamespace, 'address', 'flush', 'dev', CLIENT])
  await mustRun('ip', ['-n', cable.routerNamespace, 'link', 'set', CLIENT, 'address', '02:00:00:00:00:99'])
  await cable.plugIn()
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.is((await lease(scene, cable.routerNamespace)).get('ip'), PEER)
})

test('a link that goes and comes back is served again; another interface notices nothing', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth1', 'none')
  const make = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0'] as const
  await scene.lab.ip(...make)
  await scene.lab.ip('link', 'set', 'far0', 'up')
  const other = {
    type: 'ethernet' as const,
    ipv4: { method: 'static' as const, address: '198.51.100.2', prefixLength: 24 },
  }
  const net = await scene.start({ config: { eth0: CONFIG, eth1: other } })
  await net.until(at('connection'), 'lan', DEADLINE)
  await net.until(['interface', 'eth1', 'connection'], 'lan', DEADLINE)
  const changes: unknown[] = []
  net.subscribe(['interface', 'eth1', 'connection'], (change) => changes.push(change))

  await scene.lab.ip('link', 'delete', 'eth0')
  await net.until(at('reason'), (reason) => /waiting for eth0/.test(String(reason)), DEADLINE)
  await eventually('the server ends', async () => (await scene.pids('udhcpd')).length === 0)
  await scene.lab.ip(...make)
  await scene.lab.ip('link', 'set', 'far0', 'up')
  await net.until(at('connection'), 'lan', DEADLINE)
  await eventually('the server runs', async () => (await scene.pids('udhcpd')).length === 1)
  assert.is(net.get(at('reason')), undefined)
  assert.equal(changes, [])
})

test.run()
