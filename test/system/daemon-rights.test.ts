/** The daemon with exactly the capabilities of its systemd unit, whatever its user id: through a DHCP lease and its renewal. */

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DaemonProcess, writeDaemonConfig } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { SystemScene } from '../support/system-scene.js'

const UNIT = fileURLToPath(new URL('../../examples/service/vintage-net.service', import.meta.url))
/** Half of the lease, and room for a loaded machine. */
const RENEWAL = { deadlineMs: 25_000 }

/** 'net_admin', … as setpriv(1) writes them. */
function unitCapabilities(): string[] {
  const line = /^CapabilityBoundingSet=(.*)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1] ?? ''
  return line.split(' ').map((name) => name.replace(/^CAP_/, '').toLowerCase())
}

/** Without `noroot` the kernel would give everything in the bounding set back to user 0 at the exec. */
function exactly(capabilities: readonly string[]): string[] {
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join(',')
  const bits = '--securebits=+noroot,+noroot_locked'
  return ['setpriv', bits, '--no-new-privs', `--inh-caps=${set}`, `--ambient-caps=${set}`, `--bounding-set=${set}`]
}

/** Bits of linux/capability.h. */
const BITS: Readonly<Record<string, bigint>> = { net_bind_service: 10n, net_admin: 12n, net_raw: 13n }

async function effective(pid: number): Promise<bigint> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
}

async function scene(): Promise<{ scene: SystemScene; grants(): number; file: string }> {
  const made = await SystemScene.create()
  const lease = { ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'udhcpd', leaseSeconds: 10 } as const
  const uplink = await made.lab.addUplink(lease)
  const grants = (): number => uplink.dhcpServer.log.filter((line) => /sending ACK/i.test(line)).length
  return { scene: made, grants, file: await writeDaemonConfig(made, { eth0: { type: 'ethernet' } }) }
}

test('the capabilities of the unit are enough for a lease, its renewal, the internet and a clean stop', async () => {
  const place = await scene()
  await using world = place.scene
  const capabilities = unitCapabilities()
  assert.equal([...capabilities].sort(), Object.keys(BITS).sort())
  const wrapper = exactly(capabilities)
  await using daemon = await new DaemonProcess(world, { args: ['--config', place.file], wrapper }).ready()
  await daemon.until('interface/eth0/connection', 'internet')
  const wanted = Object.values(BITS).reduce((sum, bit) => sum | (1n << bit), 0n)
  assert.is(await effective(daemon.pid), wanted)
  const [udhcpc] = await world.pids('udhcpc')
  assert.is(await effective(udhcpc ?? 0), wanted)
  await eventually('the lease is renewed', () => place.grants() >= 2, RENEWAL)
  assert.is(await daemon.get('interface/eth0/connection'), 'internet')
  assert.equal(await world.pids('udhcpc'), [udhcpc])
  const { findings } = (await daemon.client.json('GET', '/v1/findings')) as { findings: { code: string }[] }
  assert.equal(
    findings.map(({ code }) => code).filter((code) => code.startsWith('RIGHT')),
    [],
  )
  daemon.signal('SIGTERM')
  assert.is(await daemon.ended(), 0)
  assert.equal(await world.ours(), [])
})

test('with one of them less the interface does not come up, and verify names the right', async () => {
  const place = await scene()
  await using world = place.scene
  const wrapper = exactly(unitCapabilities().filter((name) => name !== 'net_raw'))
  await using daemon = await new DaemonProcess(world, { args: ['--config', place.file], wrapper }).ready()
  const { findings } = (await daemon.client.json('GET', '/v1/findings')) as { findings: { code: string }[] }
  assert.ok(findings.some(({ code }) => code === 'RIGHT_NET_RAW_MISSING'))
  // With 500, 1,000 and 2,000 ms between the attempts: longer than a lease takes.
  await eventually('udhcpc fails', async () => Number(await daemon.get('interface/eth0/restarts')) >= 3, RENEWAL)
  assert.ok(daemon.said('udhcpc: socket: Operation not permitted'))
  assert.is.not(await daemon.get('interface/eth0/connection'), 'internet')
  assert.is(place.grants(), 0)
})

test.run()
