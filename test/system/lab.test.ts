import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import { INTERNET_HOSTS, Lab, type Uplink } from '../support/lab.js'

interface Context {
  lab: Lab
  folder: string
}

interface LinkRecord {
  readonly ifindex: number
  readonly flags: readonly string[]
  readonly link_index: number
}

const test = suite<Context>('lab')

test.before.each(async (context) => {
  context.folder = await mkdtemp(join(tmpdir(), 'lab-test-'))
  context.lab = await Lab.create()
})

test.after.each(async ({ lab, folder }) => {
  await lab?.destroy()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** Gets one lease with busybox udhcpc, run by hand, and configures the link with it. */
async function getLease(lab: Lab, ifname: string, folder: string): Promise<string> {
  const handler = join(folder, 'handler.sh')
  const lines = [
    '#!/bin/sh',
    '[ "$1" = bound ] || exit 0',
    'ip address add "$ip/$mask" dev "$interface"',
    'ip route add default via "$router" dev "$interface"',
    'echo "$ip router=$router dns=$dns lease=$lease" > "$OUT"',
  ]
  await writeFile(handler, `${lines.join('\n')}\n`)
  await chmod(handler, 0o755)
  await lab.ip('link', 'set', 'dev', ifname, 'up')
  const out = join(folder, 'lease')
  const { exitCode, stderr } = await lab.exec('udhcpc', ['-i', ifname, '-n', '-q', '-f', '-s', handler], {
    env: { OUT: out },
  })
  assert.is(exitCode, 0, stderr)
  return (await readFile(out, 'utf8')).trim()
}

/** Gives the link an address by hand. */
async function configureStatically(lab: Lab, { ifname, routerAddress }: Uplink): Promise<void> {
  await lab.ip('link', 'set', 'dev', ifname, 'up')
  await lab.ip('address', 'add', `${routerAddress.replace(/1$/, '2')}/24`, 'dev', ifname)
  await lab.ip('route', 'add', 'default', 'via', routerAddress, 'dev', ifname)
}

const CONNECT = `
const [host, port, deadlineMs] = process.argv.slice(1)
const socket = require('node:net').connect({ host, port: Number(port) })
const say = (outcome) => { process.stdout.write(outcome); process.exit(0) }
socket.on('connect', () => say('connected')).on('error', (error) => say(error.code))
setTimeout(() => say('timeout'), Number(deadlineMs))
`

/** What a TCP connection from the host comes to. */
async function connect(lab: Lab, host: string, port: number, deadlineMs = 5_000): Promise<string> {
  const args = ['-e', CONNECT, '--', host, String(port), String(deadlineMs)]
  const { stdout, stderr } = await lab.exec(process.execPath, args)
  assert.is(stderr, '')
  return stdout
}

async function namespaces(): Promise<readonly string[]> {
  return (await mustRun('ip', ['netns', 'list'])).split('\n').filter((line) => line !== '')
}

async function processes(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const programs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => undefined)))
  return programs.filter((program) => program !== undefined)
}

async function link(lab: Lab, ifname: string): Promise<LinkRecord> {
  const [record] = await lab.ip<LinkRecord>('link', 'show', 'dev', ifname)
  assert.ok(record)
  return record
}

for (const dhcp of ['dnsmasq', 'udhcpd'] as const) {
  test(`udhcpc gets a lease from ${dhcp} and reaches the Internet hosts`, async ({ lab, folder }) => {
    const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp, leaseSeconds: 300 })
    const lease = await getLease(lab, 'eth0', folder)
    assert.match(lease, /^192\.0\.2\.1\d\d router=192\.0\.2\.1 dns=203\.0\.113\.1 lease=300$/)
    const address = lease.split(' ')[0]
    const leases = await eventually('the lease is written down', async () => {
      const all = await uplink.leases()
      return all.length > 0 && all
    })
    assert.equal(leases, [{ macAddress: '02:00:00:00:00:0a', address }])
    for (const host of INTERNET_HOSTS) assert.is(await connect(lab, host, 53), 'connected')
    assert.is(await connect(lab, '203.0.113.1', 80), 'connected')
  })
}

test('the world reaps orphans, so that a process that ended is gone', async ({ lab }) => {
  const { stdout } = await lab.exec('sh', ['-c', 'sleep 0.05 >/dev/null & echo $!'])
  await eventually('the orphan is gone', () => !existsSync(`/proc/${stdout.trim()}`))
})

test("the world has a copy of the machine's resolv.conf in its place, which no program there can replace", async () => {
  const path = '/etc/resolv.conf'
  // Behind a link into /run nothing is left of the machine's: that is the world's own.
  const target = await realpath(path).catch(() => undefined)
  if (target === undefined) return assert.ok((await readlink(path)).includes('run/'))
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  assert.is(lines.filter((line) => line.split(' ')[4] === target).length, 1)
  assert.is.not((await stat(path)).dev, (await stat('/etc')).dev)
})

test('the two ends of a cable have different indices', async ({ lab }) => {
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  assert.is((await link(lab, 'eth0')).ifindex, 10)
  const [far] = await uplink.routerIp<LinkRecord>('link', 'show', 'dev', 'wan0')
  assert.is(far?.ifindex, 1010)
})

test('a pulled cable is NO-CARRIER at the host, and plugging it in ends that', async ({ lab }) => {
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  await lab.ip('link', 'set', 'dev', 'eth0', 'up')
  const flags = async (): Promise<readonly string[]> => (await link(lab, 'eth0')).flags
  await eventually('carrier', async () => (await flags()).includes('LOWER_UP'))
  await uplink.pullCable()
  await eventually('no carrier', async () => (await flags()).includes('NO-CARRIER'))
  await uplink.plugIn()
  await eventually('carrier again', async () => (await flags()).includes('LOWER_UP'))
})

test('dropBeyond makes connections time out while the router answers, and undoing it lets them through', async ({
  lab,
}) => {
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  await configureStatically(lab, uplink)
  assert.is(await connect(lab, '203.0.113.2', 53), 'connected')
  await uplink.dropBeyond(true)
  assert.is(await connect(lab, '203.0.113.2', 53, 300), 'timeout')
  assert.is(await connect(lab, uplink.routerAddress, 53), 'ECONNREFUSED')
  await uplink.dropBeyond(false)
  assert.is(await connect(lab, '203.0.113.2', 53), 'connected')
})

test('two uplinks are separate: dropping beyond one leaves the other', async ({ lab }) => {
  const eth0 = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  const wlan0 = await lab.addUplink({ ifname: 'wlan0', subnet: '198.51.100.0/24', index: 11, dhcp: 'none' })
  await configureStatically(lab, eth0)
  await eth0.dropBeyond(true)
  assert.is(await connect(lab, '203.0.113.1', 53, 300), 'timeout')
  await lab.ip('route', 'delete', 'default')
  await configureStatically(lab, wlan0)
  assert.is(await connect(lab, '203.0.113.1', 53), 'connected')
})

test('ss shows the sockets of the host', async ({ lab }) => {
  const server = `require('node:net').createServer().listen(8080, '127.0.0.1', function () {
    process.stdout.write(require('node:child_process').execFileSync('ss', ['-Htan']).toString()); this.close() })`
  assert.equal(await lab.ss(), [])
  const { stdout } = await lab.exec(process.execPath, ['-e', server])
  assert.match(stdout, /LISTEN.*127\.0\.0\.1:8080/)
})

test('a stopped DHCP server gives no lease, a started one does', async ({ lab, folder }) => {
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'dnsmasq' })
  await uplink.stopDhcp()
  await lab.ip('link', 'set', 'dev', 'eth0', 'up')
  const once = ['-i', 'eth0', '-n', '-q', '-f', '-t', '1', '-T', '1', '-s', '/bin/true']
  assert.is((await lab.exec('udhcpc', once)).exitCode, 1)
  await uplink.startDhcp()
  await getLease(lab, 'eth0', folder)
  await uplink.dhcpServer.waitForLog(/DHCPACK\(wan0\) 192\.0\.2\.1\d\d 02:00:00:00:00:0a/)
})

test('a server that dies rejects what is being waited for, and destroy', async () => {
  const lab = await Lab.create()
  const uplink = await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'udhcpd' })
  const never = lab.guard(new Promise(() => undefined))
  uplink.dhcpServer.kill('SIGKILL')
  const reason = await never.then(
    () => 'resolved',
    (error: Error) => error.message,
  )
  assert.match(reason, /udhcpd on wan0 .* ended \(SIGKILL\)/)
  const destroyed = await lab.destroy().then(
    () => 'resolved',
    (error: Error) => error.message,
  )
  assert.is(destroyed, reason)
  assert.not((await namespaces()).some((line) => line.startsWith(lab.name)))
})

test('destroy leaves no process and no namespace, and can be repeated', async () => {
  const processesBefore = await processes()
  const namespacesBefore = await namespaces()
  const lab = await Lab.create()
  await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'dnsmasq' })
  await lab.addUplink({ ifname: 'wlan0', subnet: '198.51.100.0/24', index: 11, dhcp: 'udhcpd' })
  assert.is((await namespaces()).length, namespacesBefore.length + 3)
  await lab.destroy()
  await lab.destroy()
  assert.equal((await processes()).sort(), processesBefore.sort())
  assert.equal(await namespaces(), namespacesBefore)
})

test.run()
