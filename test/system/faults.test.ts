import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openKernel } from '../../lib/kernel/index.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const ETH0 = { eth0: { type: 'ethernet' as const } }
const STATIC = {
  type: 'ethernet' as const,
  ipv4: { method: 'static' as const, address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' },
}
const at = (name: string): string[] => ['interface', 'eth0', name]

async function reason(net: VintageNet, pattern: RegExp): Promise<void> {
  await net.until(at('reason'), (value) => pattern.test(String(value)), DEADLINE)
}

/** A small file system at `path`, ended with the world. */
async function mountTmpfs(path: string, options: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await mustRun('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
}

test('an interface that is not there yet is configured when it appears, undone when it vanishes, and comes back', async () => {
  await using scene = await SystemScene.create()
  const net = await scene.start({ config: { eth0: STATIC } })
  await net.until(at('state'), 'retrying', DEADLINE)
  assert.is(net.get(at('reason')), 'waiting for eth0 to appear')
  for (let round = 0; round < 3; round += 1) {
    await scene.lab.ip('link', 'add', 'eth0', 'index', '20', 'type', 'veth', 'peer', 'name', 'far0')
    await scene.lab.ip('link', 'set', 'far0', 'up')
    await net.until(at('connection'), 'lan', DEADLINE)
    assert.is(net.get(at('present')), true)
    assert.equal(
      (await scene.addresses('eth0')).map(({ local }) => local),
      ['192.0.2.2'],
    )
    await scene.lab.ip('link', 'delete', 'eth0')
    await net.until(at('state'), 'retrying', DEADLINE)
    assert.is(net.get(at('present')), undefined)
    assert.is(net.get(at('connection')), 'disconnected')
    assert.equal(await scene.ours(), [])
  }
})

test('an interface that is renamed away loses its configuration, which follows the name', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const before = await scene.link('eth0')
  const net = await scene.start({ config: { eth0: { ...STATIC, mtu: 1400, macAddress: '02:00:00:00:aa:02' } } })
  await net.until(at('connection'), 'internet', DEADLINE)
  await scene.lab.ip('link', 'set', 'eth0', 'name', 'lan0')
  await net.until(at('state'), 'retrying', DEADLINE)
  assert.is(net.get(['interface', 'lan0', 'present']), true)
  assert.is(net.get(at('present')), undefined)
  assert.equal(await scene.ours(), [])
  const renamed = await scene.link('lan0')
  assert.equal([renamed.mtu, renamed.address], [before.mtu, before.address])
  await scene.lab.ip('link', 'set', 'lan0', 'name', 'eth0')
  await net.until(at('connection'), 'internet', DEADLINE)
})

test('a lease that the server no longer extends is withdrawn at its end', async () => {
  await using scene = await SystemScene.create()
  const options = { ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'udhcpd' as const, leaseSeconds: 10 }
  const uplink = await scene.lab.addUplink(options)
  const net = await scene.start({ config: ETH0 })
  await net.until(at('connection'), 'internet', DEADLINE)
  await uplink.stopDhcp()
  await net.until(at('dhcp_options'), undefined, { deadlineMs: 40_000 })
  await net.until(at('addresses'), (value) => !JSON.stringify(value).includes('192.0.2.'), DEADLINE)
  await net.until(['available_interfaces'], [], DEADLINE)
  assert.equal(await scene.ours(), [])
  await uplink.startDhcp()
  await net.until(at('connection'), 'internet', { deadlineMs: 40_000 })
})

test('udhcpc that is missing, crashes at once or is killed is a reason and is tried again; the other interface goes on', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await scene.uplink('eth1', 'none')
  const second = { ...STATIC, ipv4: { ...STATIC.ipv4, address: '198.51.100.2', gateway: '198.51.100.1' } }
  const program = join(scene.folder, 'udhcpc')
  const net = await scene.start({ config: { ...ETH0, eth1: second }, programs: { udhcpc: program } })
  await net.until(['interface', 'eth1', 'connection'], 'internet', DEADLINE)
  const changes: string[] = []
  net.subscribe(['interface', 'eth1'], ({ path }) => {
    // The link-local address of IPv6 turns up when the kernel has made sure that nobody else has it.
    if (path[2] !== 'addresses') changes.push(path.join('/'))
  })
  await reason(net, /udhcpc.*not found/)
  await writeFile(program, '#!/bin/sh\necho "cannot work" >&2\nexit 3\n', { mode: 0o755 })
  await reason(net, /udhcpc.*status 3.*cannot work/)
  await writeFile(`${program}.real`, '#!/bin/sh\nexec /usr/sbin/udhcpc "$@"\n', { mode: 0o755 })
  await mustRun('mv', [`${program}.real`, program])
  await net.until(at('connection'), 'internet', { deadlineMs: 60_000 })
  assert.is(net.get(at('reason')), undefined)
  const [pid] = await scene.pids('udhcpc')
  const [address] = await scene.addresses('eth0')
  process.kill(pid ?? 0, 'SIGKILL')
  await reason(net, /udhcpc.*SIGKILL/)
  await net.until(at('reason'), undefined, DEADLINE)
  assert.equal(await scene.addresses('eth0'), [address])
  assert.is((await scene.pids('udhcpc')).length, 1)
  assert.equal(changes, [])
})

test('a gateway that the kernel refuses is a reason, and no interface suffers but its own', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: STATIC } })
  await net.until(at('connection'), 'internet', DEADLINE)
  await scene.lab.ip('route', 'add', 'blackhole', '198.51.100.0/25', 'table', '101')
  const odd = {
    type: 'ethernet',
    ipv4: {
      method: 'static',
      address: '198.51.100.2',
      prefixLength: 32,
      routes: [{ to: '203.0.113.0/24', via: '224.0.0.9' }],
    },
  }
  await net.configure('eth1', odd).then(
    () => undefined,
    (thrown: unknown) => assert.match(String(thrown), /ipv4\.routes/),
  )
  assert.is(net.get(at('connection')), 'internet')
})

test('saved files that cannot be used never fail a start: the default holds, and the reason says why', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const path = join(scene.persistenceDir, 'eth0')
  const first = await scene.start()
  await first.configure('eth0', { ...STATIC, ipv4: { ...STATIC.ipv4, address: '192.0.2.9' } })
  await first.stop()
  const good = await readFile(path)
  const secret = '00112233445566778899aabbccddeeff'
  const broken: readonly [string, Buffer, RegExp, string | undefined][] = [
    ['truncated', good.subarray(0, 20), /cut short: 20 bytes/, undefined],
    ['cut inside', good.subarray(0, good.length - 3), /another secret, or was changed or cut short/, undefined],
    ['empty', Buffer.alloc(0), /is empty/, undefined],
    ['newer', Buffer.concat([Buffer.from([9]), good.subarray(1)]), /newer version \(format 9\)/, undefined],
    ['another secret', good, /another secret/, secret],
  ]
  for (const [name, bytes, pattern, persistenceSecret] of broken) {
    await writeFile(path, bytes)
    const net = await scene.start({ config: { eth0: STATIC }, persistenceSecret })
    await net.until(at('connection'), 'internet', DEADLINE)
    assert.match(String(net.get(at('reason'))), pattern, name)
    assert.not.match(String(net.get(at('reason'))), /00112233/)
    assert.equal((net.getConfiguration('eth0') as typeof STATIC).ipv4.address, '192.0.2.2', name)
    assert.equal(await readFile(path), bytes, `${name}: the file is left for whoever can read it`)
    await net.stop()
  }
})

test('a directory that is read-only or full does not keep a configuration from being applied', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const full = join(scene.folder, 'full')
  await mountTmpfs(full, 'size=4k,nr_inodes=4')
  await writeFile(join(full, 'ballast'), Buffer.alloc(4096))
  const readOnly = join(scene.folder, 'read-only')
  await mountTmpfs(readOnly, 'ro,size=64k')
  for (const [persistenceDir, code] of [
    [full, 'ENOSPC'],
    [readOnly, 'EROFS'],
  ] as const) {
    const net = await scene.start({ persistenceDir })
    await net.configure('eth0', STATIC)
    assert.is(net.get(at('persistence')), `failed: ${code}`)
    await net.until(at('connection'), 'internet', DEADLINE)
    assert.ok(scene.logs.some((line) => line.level === 'warn' && line.message.includes('saving the configuration')))
    await net.stop()
  }
  await mustRun('umount', [full])
  await mustRun('umount', [readOnly])
})

test('resolv.conf that cannot be written is said, and name servers stand in the properties all the same', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const readOnly = join(scene.folder, 'etc')
  await mountTmpfs(readOnly, 'ro,size=64k')
  const net = await scene.start({ config: ETH0, resolvConf: join(readOnly, 'resolv.conf') })
  await net.until(['resolv_conf'], 'failed: EROFS', DEADLINE)
  await net.until(at('connection'), 'internet', DEADLINE)
  assert.is((net.get(['name_servers']) as unknown[]).length, 1)
  await net.stop()
  await mustRun('umount', [readOnly])
})

test('resolv.conf that is a bind mount is written in place', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const source = join(scene.folder, 'source')
  await writeFile(source, 'from outside\n')
  await writeFile(scene.resolvConf, '')
  await mustRun('mount', ['--bind', source, scene.resolvConf])
  const net = await scene.start({ config: ETH0 })
  await net.until(at('connection'), 'internet', DEADLINE)
  await eventually('the source holds the server', async () =>
    (await readFile(source, 'utf8')).includes('nameserver 203.0.113.1'),
  )
  await net.stop()
  await mustRun('umount', [scene.resolvConf])
})

test('nothing in tmpDir needs to be executable', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  await mountTmpfs(scene.tmpDir, 'size=1m,noexec')
  const net = await scene.start({ config: ETH0 })
  await net.until(at('connection'), 'internet', DEADLINE)
  await net.stop()
  await mustRun('umount', [scene.tmpDir])
})

test('lost notifications change nothing in the end: with a tiny buffer the state is exact after the dump', async () => {
  await using scene = await SystemScene.create()
  const uplink = await scene.uplink('eth0', 'none')
  await using kernel = await openKernel({ netns: scene.lab.namespace, receiveBufferBytes: 2048 })
  let overruns = 0
  kernel.subscribe((changes) => {
    overruns += changes.filter((change) => change.type === 'overrun').length
  })
  const net = await scene.start({ kernel, config: { eth0: STATIC } })
  await net.until(at('connection'), 'internet', DEADLINE)
  const script = join(scene.folder, 'storm')
  const lines = Array.from(
    { length: 2_000 },
    (_, n) => `address ${n % 2 === 0 ? 'add' : 'delete'} 198.51.100.9/32 dev lo`,
  )
  await writeFile(script, `${lines.join('\n')}\n`)
  await scene.lab.exec('ip', ['-batch', script])
  await uplink.pullCable()
  await net.until(at('lower_up'), false, DEADLINE)
  await net.until(['available_interfaces'], [], DEADLINE)
  await eventually('our routes are gone from main', async () => (await scene.routes('main')).length === 0)
  await uplink.plugIn()
  await net.until(at('connection'), 'internet', DEADLINE)
  assert.ok(overruns > 0, 'the storm must have overrun the buffer')
  assert.is(await scene.wayOut(), 'eth0')
})

test('a route of ours that someone deletes comes back', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: STATIC } })
  await net.until(at('connection'), 'internet', DEADLINE)
  assert.is(net.get(at('repairs')), undefined)
  await scene.lab.ip('route', 'delete', 'default', 'dev', 'eth0')
  await eventually('the default route is back', async () => (await scene.wayOut()) === 'eth0')
  await net.until(at('repairs'), 1, DEADLINE)
})

test('an address of ours that someone deletes comes back, and the connection with it', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const net = await scene.start({ config: { eth0: STATIC } })
  await net.until(at('connection'), 'internet', DEADLINE)
  await scene.lab.ip('address', 'flush', 'dev', 'eth0')
  await eventually('the address is back', async () => (await scene.addresses('eth0')).length === 1)
  await eventually('so is the way out', async () => (await scene.wayOut()) === 'eth0')
  await net.until(at('connection'), 'internet', DEADLINE)
})

test('a saved file keeps its mode', async () => {
  await using scene = await SystemScene.create()
  const net = await scene.start()
  await net.configure('eth9', STATIC)
  const { stdout } = await scene.lab.exec('stat', [
    '-c',
    '%a',
    join(scene.persistenceDir, 'eth9'),
    scene.persistenceDir,
  ])
  assert.equal(stdout.trim().split('\n'), ['600', '700'])
})

test.run()
