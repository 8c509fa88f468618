/** Our own DHCP server: busybox udhcpd under the library, and a real udhcpc in the namespace behind the link. */

import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type ServedLease } from '../../lib/index.js'
import { inNamespace, runCommand } from '../support/lab/command.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const LEASES = ['interface', 'eth0', 'dhcpd', 'leases']
const CLIENT = 'wan0'
/** udhcpd looks for two seconds whether somebody has the address that it is about to offer. */
const CLIENT_LIMIT_MS = 20_000

const SERVER = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
  dhcpd: {
    start: '192.0.2.20',
    end: '192.0.2.60',
    options: {
      subnet: '255.255.255.0',
      router: '192.0.2.1',
      dns: ['192.0.2.1', '192.0.2.53'],
      search: ['a.example', 'b.example'],
      domain: 'a.example',
      mtu: 1400,
      lease: 4,
      43: '01020304',
    },
  },
}

/** Asks once, as a client whose script writes its environment; resolves with what it was told. */
async function ask(scene: SystemScene, namespace: string): Promise<Map<string, string>> {
  const script = join(scene.folder, 'client.sh')
  const answer = join(scene.folder, 'client.env')
  await writeFile(script, `#!/bin/sh\n[ "$1" = bound ] && env > ${answer}\nexit 0\n`)
  await chmod(script, 0o755)
  const wanted = ['-O', 'mtu', '-O', 'search', '-O', '43']
  const args = ['-f', '-q', '-n', '-i', CLIENT, '-s', script, '-x', 'hostname:press-3', ...wanted]
  const { exitCode } = await runCommand(...inNamespace(namespace, 'udhcpc', args), { timeout: CLIENT_LIMIT_MS })
  assert.is(exitCode, 0)
  const lines = (await readFile(answer, 'utf8')).split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

test("udhcpd gives a lease to another host's udhcpc; the lease is a property until its end", async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: SERVER } })
  await net.until(LEASES, [], DEADLINE)
  const [far] = await uplink.routerIp<{ address: string }>('link', 'show', 'dev', CLIENT)

  const told = await ask(scene, uplink.routerNamespace)
  const address = told.get('ip') ?? ''
  assert.match(address, /^192\.0\.2\.(2\d|[345]\d|60)$/)
  const expected = {
    mask: '24',
    router: '192.0.2.1',
    dns: '192.0.2.1 192.0.2.53',
    search: 'a.example b.example',
    domain: 'a.example',
    mtu: '1400',
    lease: '4',
    opt43: '01020304',
  }
  assert.equal(Object.fromEntries(Object.keys(expected).map((key) => [key, told.get(key)])), expected)

  await net.until(LEASES, (value) => (value as unknown[]).length === 1, DEADLINE)
  const [lease] = net.get(LEASES) as readonly ServedLease[]
  assert.is(lease?.leaseNip, address)
  assert.is(lease?.leaseMac, far?.address)
  assert.is(lease?.hostname, 'press-3')
  assert.ok(Math.abs((lease?.expiresAtMs ?? 0) - Date.now()) < 10_000)
  await net.until(LEASES, [], DEADLINE)

  await net.deconfigure('eth0')
  await net.until(LEASES, undefined, DEADLINE)
  await net.until(['interface', 'eth0', 'state'], 'configured', DEADLINE)
  assert.equal(await scene.pids('udhcpd'), [])
})

test('udhcpd reads paths with blanks; a tmpDir with "#" is refused, and harms nothing else', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const spaced = await scene.start({ tmpDir: join(scene.folder, 'run  it here'), config: { eth0: SERVER } })
  await spaced.until(LEASES, [], DEADLINE)
  const told = await ask(scene, uplink.routerNamespace)
  await spaced.until(LEASES, (value) => (value as ServedLease[])[0]?.leaseNip === told.get('ip'), DEADLINE)
  await spaced.stop()

  const { dhcpd: _server, ...withoutServer } = SERVER
  const cut = await scene.start({ tmpDir: join(scene.folder, 'run#1'), persistence: 'none', config: {} })
  let thrown: unknown
  await cut.configure('eth0', SERVER).catch((error: unknown) => {
    thrown = error
  })
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), String(thrown))
  assert.is(thrown.field, 'tmpDir')
  await cut.configure('eth0', withoutServer)
  await cut.until(['interface', 'eth0', 'state'], 'configured', DEADLINE)
  await cut.stop()
})

test('a host with a static lease gets its address; settings that udhcpd refuses are a reason', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  const [far] = await uplink.routerIp<{ address: string }>('link', 'show', 'dev', CLIENT)
  const staticLeases = [[far?.address ?? '', '192.0.2.9']]
  const net = await scene.start({ config: { eth0: { ...SERVER, dhcpd: { ...SERVER.dhcpd, staticLeases } } } })
  await net.until(LEASES, [], DEADLINE)
  assert.is((await ask(scene, uplink.routerNamespace)).get('ip'), '192.0.2.9')

  const options = { ...SERVER.dhcpd.options, 43: 'not hexadecimal' }
  await net.configure('eth0', { ...SERVER, dhcpd: { ...SERVER.dhcpd, options } })
  const reason = ['interface', 'eth0', 'reason']
  await net.until(reason, (value) => /udhcpd.*malformed hex string/.test(String(value)), DEADLINE)
})

test.run()
