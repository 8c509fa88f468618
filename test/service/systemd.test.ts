/** The systemd unit of examples/service under systemd itself. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { skip } from '../support/skip.js'
import { SystemScene } from '../support/system-scene.js'
import { reasonAgainstSystemd, SystemdMachine } from '../support/systemd-machine.js'

/** Far above what anything takes on a machine that is not loaded. */
const SLOW = { deadlineMs: 60_000 }
/** The unit's own 30 s would keep the test waiting. */
const SHORT_WATCHDOG = '[Service]\nWatchdogSec=8\n'
const DHCP = { type: 'ethernet' }
const STATIC = { type: 'ethernet', ipv4: { method: 'static', address: '198.51.100.7', prefixLength: 24 } }
/** linux/capability.h: NET_BIND_SERVICE, NET_ADMIN, NET_RAW. */
const THREE = ((1n << 10n) | (1n << 12n) | (1n << 13n)).toString(16).padStart(16, '0')

/** eth0 leads to a DHCP server with short leases, eth1 to a router without one. */
async function create(): Promise<{ scene: SystemScene; machine: SystemdMachine; grants(): number }> {
  const scene = await SystemScene.create()
  const lease = { ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'udhcpd', leaseSeconds: 20 } as const
  const uplink = await scene.lab.addUplink(lease)
  await scene.uplink('eth1', 'none')
  const grants = (): number => uplink.dhcpServer.log.filter((line) => /sending ACK/i.test(line)).length
  try {
    return { scene, grants, machine: await SystemdMachine.create(scene.lab) }
  } catch (thrown) {
    await scene[Symbol.asyncDispose]()
    throw thrown
  }
}

const fieldsOf = (status: string): ReadonlyMap<string, string> =>
  new Map(status.split('\n').map((line) => [line.split(':')[0] ?? '', line.replace(/^.*?:\s*/, '')]))

const story = async (): Promise<void> => {
  const { scene, machine, grants } = await create()
  await using _scene = scene
  await using _machine = machine
  const addresses = async (ifname: string): Promise<string[]> =>
    (await scene.addresses(ifname)).map(({ local }) => local)
  await machine.writeConfig({ eth0: DHCP })
  await machine.mustRun('systemctl', 'enable', 'vintage-net')
  await machine.mustRun('mkdir', '/etc/systemd/system/vintage-net.service.d')
  await machine.run('tee', ['/etc/systemd/system/vintage-net.service.d/watchdog.conf'], SHORT_WATCHDOG)
  await machine.mustRun('systemctl', 'daemon-reload')

  // It is active once it has said so, and not before.
  await machine.mustRun('systemctl', 'start', 'vintage-net')
  assert.is(await machine.show('ActiveState'), 'active')
  const messages = (await machine.journal()).map(({ message }) => message)
  const ready = messages.findIndex((message) => message.includes('"the daemon runs"'))
  assert.ok(ready >= 0 && ready < messages.findIndex((message) => message.startsWith('Started vintage-net')))
  const told = JSON.parse(messages[ready] ?? '') as { level: string }
  assert.is(told.level, 'info')
  assert.is((await machine.journal())[ready]?.priority, '6')

  // Whose it is, and what it may do.
  const pid = await machine.show('MainPID')
  const status = fieldsOf(await machine.mustRun('cat', `/proc/${pid}/status`))
  const uid = await machine.mustRun('id', '-u', 'vintage-net')
  assert.is.not(uid, '0')
  assert.equal(status.get('Uid')?.split('\t'), Array(4).fill(uid))
  for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) assert.is(status.get(set), THREE, set)
  assert.is(status.get('NoNewPrivs'), '1')
  assert.is(status.get('Seccomp'), '2')
  const security = await machine.mustRun('systemd-analyze', 'security', '--no-pager', 'vintage-net')
  assert.match(security, /Overall exposure level for vintage-net\.service: 2\.5 OK/)

  // A lease, its renewal, and what the machine's programs read.
  const connection = async (wanted: string): Promise<void> => {
    await eventually(`eth0 is ${wanted}`, async () => (await machine.get('interface/eth0/connection')) === wanted, SLOW)
  }
  // The journal has its lines a moment after they were written.
  const journalled = async (text: string): Promise<void> => {
    const found = async (): Promise<boolean> => (await machine.journal()).some(({ message }) => message.includes(text))
    await eventually(`the journal has ${text}`, found, SLOW)
  }
  await connection('internet')
  const [address] = await addresses('eth0')
  await eventually('the lease is renewed', () => grants() >= 2, SLOW)
  assert.equal(await addresses('eth0'), [address])
  assert.is(await machine.get('interface/eth0/connection'), 'internet')
  assert.match(await machine.mustRun('cat', '/run/vintage-net/resolv.conf'), /^nameserver 203\.0\.113\.1\b/m)
  assert.is(await machine.mustRun('stat', '-c', '%U:%a', '/run/vintage-net'), 'vintage-net:711')
  assert.is(await machine.mustRun('stat', '-c', '%U:%a', '/var/lib/vintage-net'), 'vintage-net:700')

  // A reload is over when systemctl says so.
  await machine.writeConfig({ eth0: DHCP, eth1: { ...STATIC, mtu: 1_400 } })
  await machine.mustRun('systemctl', 'reload', 'vintage-net')
  await journalled('"message":"reloaded"')
  await eventually('eth1 is configured', async () => (await addresses('eth1')).includes('198.51.100.7'), SLOW)
  assert.is(await machine.show('MainPID'), pid)

  // What was saved outlives a restart.
  const saved = await machine.run('vintage-net', ['configure', 'eth1', JSON.stringify({ ...STATIC, mtu: 1_300 })])
  assert.equal(saved, { exitCode: 0, stdout: 'eth1: accepted, saved', stderr: '' })
  await machine.mustRun('systemctl', 'restart', 'vintage-net')
  await eventually('it is back', async () => (await scene.link('eth1')).mtu === 1_300, SLOW)
  await connection('internet')

  // Frozen, it is killed and started anew; what it had set stands meanwhile.
  const frozen = await machine.show('MainPID')
  await machine.mustRun('kill', '-STOP', frozen)
  await eventually('systemd notices', async () => (await machine.show('NRestarts')) === '1', SLOW)
  assert.equal(await addresses('eth1'), ['198.51.100.7'])
  await eventually('it runs again', async () => (await machine.show('ActiveState')) === 'active', SLOW)
  assert.is.not(await machine.show('MainPID'), frozen)
  await journalled('Watchdog timeout')
  await connection('internet')
  assert.is((await scene.pids('udhcpc')).length, 1)

  // The end gives the links back, and leaves no process.
  await machine.mustRun('systemctl', 'stop', 'vintage-net')
  assert.is(await machine.show('Result'), 'success')
  assert.is(await machine.show('ActiveState'), 'inactive')
  assert.equal(await scene.ours(), [])
  assert.equal(await scene.pids('node'), [])
  assert.equal(await scene.pids('udhcpc'), [])
  assert.is((await machine.run('vintage-net', ['info'])).exitCode, 3)
}

const title =
  'the unit starts, has its rights and no more, renews a lease, reloads, survives a freeze and stops without a trace'
const reason = reasonAgainstSystemd()
if (reason === undefined) test(title, story)
else skip(test, title, reason)

test.run()
