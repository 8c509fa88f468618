/** resolv.conf on a real file system, while uplinks come and go. */

import { mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import type { Uplink } from '../support/lab.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const NETWORKS = { eth0: '192.0.2', eth1: '198.51.100' } as const

function uplinkConfig(network: string, domain: string): object {
  const address = { method: 'static', address: `${network}.2`, prefixLength: 24, gateway: `${network}.1` }
  return { type: 'ethernet', ipv4: { ...address, nameServers: [`${network}.1`, `${network}.53`], domain } }
}

/** Two uplinks that reach the Internet, eth0 before eth1. */
async function twoUplinks(scene: SystemScene, resolvConf: string): Promise<{ net: VintageNet; first: Uplink }> {
  const first = await scene.uplink('eth0', 'none')
  await scene.uplink('eth1', 'none')
  const config = {
    eth0: uplinkConfig(NETWORKS.eth0, 'first.example.com'),
    eth1: uplinkConfig(NETWORKS.eth1, 'second.example.com'),
  }
  const net = await scene.start({ config: config as never, persistence: 'none', resolvConf })
  await net.until(['available_interfaces'], ['eth0', 'eth1'], DEADLINE)
  return { net, first }
}

/** The lines that resolvers read, without what is behind the address. */
async function lines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8')
  return text.split('\n').flatMap((line) => (/^[^#]/.test(line) ? [line.replace(/ # From.*/, '')] : []))
}

const BOTH = [
  'search first.example.com second.example.com',
  'nameserver 192.0.2.1',
  'nameserver 192.0.2.53',
  'nameserver 198.51.100.1',
]
const SECOND_ONLY = ['search second.example.com', 'nameserver 198.51.100.1', 'nameserver 198.51.100.53']

async function holds(path: string, expected: readonly string[]): Promise<void> {
  const wanted = expected.join('\n')
  await eventually(`${path} holds ${wanted}`, async () => (await lines(path)).join('\n') === wanted, DEADLINE)
}

async function followsTheCable(scene: SystemScene, path: string): Promise<void> {
  const { net, first } = await twoUplinks(scene, path)
  await holds(path, BOTH)
  await first.pullCable()
  await holds(path, SECOND_ONLY)
  await first.plugIn()
  await net.until(['available_interfaces'], ['eth0', 'eth1'], DEADLINE)
  await holds(path, BOTH)
  assert.is(net.get(['resolv_conf']), 'written')
}

test('the servers of the best uplink come first, follow the cable, and the file is replaced as a whole', async () => {
  await using scene = await SystemScene.create()
  const path = scene.resolvConf
  await writeFile(path, 'nameserver 203.0.113.99\n')
  const before = await stat(path)
  // As long as somebody reads the old file its number is not given to another one.
  await using reader = await open(path)
  await followsTheCable(scene, path)
  assert.is(await reader.readFile('utf8'), 'nameserver 203.0.113.99\n')
  const after = await stat(path)
  assert.is.not(after.ino, before.ino)
  assert.is(after.mode & 0o777, 0o644)
  assert.equal(
    (await readdir(dirname(path))).filter((name) => name.includes('.tmp')),
    [],
  )
})

test('a file that is mounted in is written in place', async () => {
  await using scene = await SystemScene.create()
  const path = scene.resolvConf
  const outer = join(scene.folder, 'outer')
  await writeFile(path, '')
  await writeFile(outer, 'nameserver 203.0.113.99\n')
  await mustRun('mount', ['--bind', outer, path])
  try {
    await followsTheCable(scene, path)
    assert.equal(await lines(outer), BOTH)
  } finally {
    await mustRun('umount', [path])
  }
})

test("a link to somebody else's file is left alone, with a reason; the list of name servers is told all the same", async () => {
  await using scene = await SystemScene.create()
  const foreign = join(scene.folder, 'elsewhere', 'stub-resolv.conf')
  await mkdir(dirname(foreign))
  await writeFile(foreign, 'nameserver 127.0.0.53\n')
  await symlink(foreign, scene.resolvConf)
  const { net } = await twoUplinks(scene, scene.resolvConf)
  await net.until(['resolv_conf'], 'failed: ESYMLINK', DEADLINE)
  assert.is(await readFile(foreign, 'utf8'), 'nameserver 127.0.0.53\n')
  const servers = net.get(['name_servers']) as { address: string }[]
  assert.equal(
    servers.map(({ address }) => address),
    ['192.0.2.1', '192.0.2.53', '198.51.100.1', '198.51.100.53'],
  )
})

test.run()
