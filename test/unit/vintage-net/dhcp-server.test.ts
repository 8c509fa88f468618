import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ServedLease, UdhcpdEvent } from '../../../lib/index.js'
import type { VintageNetOptions } from '../../../lib/options.js'
import { type ScriptedChild, udhcpdEvent } from '../../../lib/testing/scripted-daemon.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'

const SERVER = {
  type: 'ethernet',
  ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
  dhcpd: { start: '192.0.2.20', end: '192.0.2.60' },
}

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  readonly udhcpd: ScriptedChild
  readonly leaseFile: string
  /** Writes the file as udhcpd does, with seconds left by host number. */
  write(seconds: Readonly<Record<number, number>>): Promise<void>
  leases(): readonly ServedLease[] | undefined
  hosts(): string[] | undefined
}

async function within(
  work: (scene: Scene) => Promise<void>,
  { ifname = 'eth0', ...options }: VintageNetOptions & { readonly ifname?: string } = {},
): Promise<void> {
  await using world = await FakeWorld.create()
  world.daemons.on('udhcpd')
  world.daemons.on('dnsd')
  world.kernel.lab.addLink({ ifname, macAddress: '02:00:00:00:00:01' })
  const started = world.daemons.next('udhcpd')
  const net = await world.start({ config: { [ifname]: SERVER }, persistence: 'none', ...options })
  const leaseFile = join(world.folder, 'run', 'private', `udhcpd.${ifname}.leases`)
  const leases = () => net.get(['interface', ifname, 'dhcpd', 'leases']) as readonly ServedLease[] | undefined
  await work({
    net,
    world,
    udhcpd: await started,
    leaseFile,
    write: (seconds) => writeFile(leaseFile, leaseBytes(world, seconds)),
    leases,
    hosts: () => leases()?.map(({ leaseNip }) => leaseNip),
  })
}

function leaseBytes(world: FakeWorld, seconds: Readonly<Record<number, number>>): Uint8Array {
  const entries = Object.entries(seconds)
  const bytes = new Uint8Array(8 + 36 * entries.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(Math.floor(world.clock.wallMs() / 1000)))
  for (const [index, [host, left]] of entries.entries()) {
    const at = 8 + 36 * index
    view.setUint32(at, left)
    bytes.set([192, 0, 2, Number(host), 2, 0, 0, 0, 0, Number(host)], at + 4)
  }
  return bytes
}

const LEASES = ['interface', 'eth0', 'dhcpd', 'leases']
const count = (wanted: number) => (value: unknown) => (value as unknown[] | undefined)?.length === wanted

test('a DHCP server runs on a static address, with its file, and has no leases at first', () =>
  within(async ({ net, world, udhcpd }) => {
    const file = join(world.folder, 'run', 'private', 'udhcpd.conf.eth0')
    assert.equal(udhcpd.request.args, ['-f', file])
    assert.match(await readFile(file, 'utf8'), /^start 192\.0\.2\.20$/m)
    await net.until(LEASES, [])
    assert.is(net.get(['interface', 'eth0', 'state']), 'configured')
  }))

test('leases are published when udhcpd has written them, and leave when their time is over', () =>
  within(async ({ net, world, udhcpd, write, leaseFile, hosts, leases }) => {
    await net.until(LEASES, [])
    await write({ 20: 60, 21: 600 })
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(2))
    assert.is(leases()?.[0]?.leaseMac, '02:00:00:00:00:14')
    assert.is(leases()?.[1]?.leasetime, 600)
    await world.clock.advance(59_000)
    assert.equal(hosts(), ['192.0.2.20', '192.0.2.21'])
    await world.clock.advance(1_000)
    await net.until(LEASES, count(1))
    assert.equal(hosts(), ['192.0.2.21'])
    await world.clock.advance(540_000)
    await net.until(LEASES, [])
  }))

test('a line about a lease makes udhcpd write, at most once a second', () =>
  within(async ({ world, udhcpd }) => {
    udhcpd.ignore('SIGUSR1')
    const says = async (line: string) => {
      udhcpd.writeStderr(`${line}\n`)
      await world.clock.advance(1)
    }
    await says('udhcpd: sending OFFER to 192.0.2.20')
    assert.equal(udhcpd.signals, [])
    await says('udhcpd: sending ACK to 192.0.2.20')
    assert.equal(udhcpd.signals, ['SIGUSR1'])
    await says('udhcpd: sending ACK to 192.0.2.21')
    await says('udhcpd: sending ACK to 192.0.2.22')
    assert.equal(udhcpd.signals, ['SIGUSR1'])
    await world.clock.advance(1_000)
    assert.equal(udhcpd.signals, ['SIGUSR1', 'SIGUSR1'])
    await world.clock.advance(5_000)
    assert.is(udhcpd.signals.length, 2)
  }))

test('a file that cannot be read takes the property away and is a reason; the next one is read', () =>
  within(async ({ net, world, udhcpd, write, leaseFile }) => {
    await net.until(LEASES, [])
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, undefined)
    await net.until(['interface', 'eth0', 'reason'], (value) => /leases of udhcpd: ENOENT/.test(String(value)))
    assert.ok(world.logs.some(({ level, message }) => level === 'error' && /leases of udhcpd/.test(message)))
    await write({ 20: 60 })
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(1))
    assert.is(net.get(['interface', 'eth0', 'reason']), undefined)
  }))

test('a file that is cut short gives what is whole in it', () =>
  within(async ({ net, world, udhcpd, leaseFile }) => {
    await net.until(LEASES, [])
    await writeFile(leaseFile, leaseBytes(world, { 20: 60, 21: 60 }).subarray(0, 60))
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(1))
  }))

test('udhcpd that died is started again, and its leases are still told', () =>
  within(async ({ net, world, udhcpd, write, leaseFile, hosts }) => {
    await net.until(LEASES, [])
    await write({ 20: 600 })
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(1))
    const again = world.daemons.next('udhcpd')
    udhcpd.die('SIGKILL')
    await net.until(['interface', 'eth0', 'reason'], (value) => /SIGKILL/.test(String(value)))
    await world.clock.advance(500)
    await again
    await net.until(['interface', 'eth0', 'reason'], undefined)
    assert.equal(hosts(), ['192.0.2.20'])
  }))

test('an event of another interface, or of nothing known, is left out', () =>
  within(async ({ net, world, udhcpd, write, leaseFile }) => {
    await net.until(LEASES, [])
    await write({ 20: 600 })
    udhcpd.writeStdout(udhcpdEvent('/x/udhcpd.eth1.leases'))
    udhcpd.writeStdout(udhcpdEvent('/x/other'))
    await world.clock.advance(10)
    assert.equal(net.get(LEASES), [])
    assert.is(world.logs.filter(({ message }) => /was dropped/.test(message)).length, 2)
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(1))
  }))

test('the property goes with the configuration, the file of leases stays for the next', () =>
  within(async ({ net, world, udhcpd, write, leaseFile }) => {
    await net.until(LEASES, [])
    await write({ 20: 600 })
    udhcpd.writeStdout(udhcpdEvent(leaseFile))
    await net.until(LEASES, count(1))
    await net.deconfigure('eth0')
    await net.until(LEASES, undefined)
    await udhcpd.exited
    await access(leaseFile)
    const again = world.daemons.next('udhcpd')
    await net.configure('eth0', SERVER)
    await again
    await net.until(LEASES, count(1))
  }))

test('L3: a given handler is called with interface and file, and replaces the built-in one', async () => {
  const seen: UdhcpdEvent[] = []
  const ifname = 'wlan0.100'
  await within(
    async ({ world, udhcpd, leaseFile, write, leases }) => {
      await write({ 20: 600 })
      udhcpd.writeStdout(udhcpdEvent(leaseFile))
      while (seen.length === 0) await world.clock.advance(1)
      assert.equal(seen, [{ ifname, leaseFile }])
      assert.is(leases(), undefined)
    },
    { ifname, udhcpdHandler: { leaseUpdate: (event) => void seen.push(event) } },
  )
})

test('a handler that throws or hangs is a reason, and harms nothing else', async () => {
  let calls = 0
  const reason = ['interface', 'eth0', 'reason']
  await within(
    async ({ net, world, udhcpd, leaseFile }) => {
      udhcpd.writeStdout(udhcpdEvent(leaseFile))
      await net.until(reason, (value) => /boom/.test(String(value)))
      udhcpd.writeStdout(udhcpdEvent(leaseFile))
      await world.during(net.until(reason, (value) => /handler has not ended within 5000 ms/.test(String(value))))
      udhcpd.writeStdout(udhcpdEvent(leaseFile))
      await net.until(reason, undefined)
      assert.is(calls, 3)
      assert.is(net.get(['interface', 'eth0', 'state']), 'configured')
    },
    {
      udhcpdHandler: {
        leaseUpdate: () => {
          calls += 1
          if (calls === 1) throw new Error('boom')
          return calls === 2 ? new Promise<void>(() => undefined) : undefined
        },
      },
    },
  )
})

test('a DNS server runs beside it, and the end of one does not cost the other', () =>
  within(
    async ({ net, world, udhcpd }) => {
      await net.until(['interface', 'eth0', 'state'], 'configured')
      while (world.daemons.running('dnsd').length === 0) await world.clock.advance(1)
      const [dnsd] = world.daemons.running('dnsd')
      const path = join(world.folder, 'run', 'private', 'dnsd.conf.eth0')
      assert.equal(dnsd?.request.args, ['-c', path, '-i', '192.0.2.1'])
      assert.is(await readFile(path, 'utf8'), 'here 192.0.2.1\n')
      dnsd?.die('SIGKILL')
      const again = world.daemons.next('dnsd')
      while (world.daemons.running('dnsd').length === 0) await world.clock.advance(100)
      await again
      assert.ok(udhcpd.running)
      await net.stop()
      assert.equal(world.daemons.running('dnsd'), [])
      assert.equal(world.daemons.running('udhcpd'), [])
    },
    { config: { eth0: { ...SERVER, dnsd: { records: [['here', '192.0.2.1']] } } } },
  ))

test.run()
