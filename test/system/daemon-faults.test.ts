/** The daemon when it cannot start, when the disk is full, and when it is told to stop amid a change. */

import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { JOURNAL_NAME } from '../../lib/persistence/journal.js'
import { DaemonProcess, vintageNet, writeDaemonConfig } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import { DEADLINE, SystemScene } from '../support/system-scene.js'

const at = (address: string) => ({ type: 'ethernet', ipv4: { method: 'static', address, prefixLength: 24 } })
const CONNECTION = 'interface/eth0/connection'
const APPLY = ['apply', JSON.stringify({ eth0: at('192.0.2.77') }), '--confirm-within', '60']

async function addressesOf(scene: SystemScene): Promise<string[]> {
  return (await scene.addresses('eth0')).map(({ local }) => local)
}

/** eth0 is 192.0.2.2 by the file of the daemon. */
async function create(
  config: object = { eth0: at('192.0.2.2') },
): Promise<{ scene: SystemScene; start(): Promise<DaemonProcess> }> {
  const scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const file = await writeDaemonConfig(scene, config)
  return { scene, start: () => new DaemonProcess(scene, { args: ['--config', file] }).ready() }
}

test('told to stop while a change is open, the daemon ends well and starts with what was there before', async () => {
  const { scene, start } = await create()
  await using world = scene
  {
    await using daemon = await start()
    await daemon.until(CONNECTION, 'lan')
    const applying = vintageNet(daemon.socketPath, ...APPLY)
    await eventually('it is applied', async () => (await addressesOf(world)).includes('192.0.2.77'), DEADLINE)
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
    const { exitCode, stderr } = await applying
    assert.is(exitCode, 1)
    assert.match(stderr, 'its next start rolls back what was not confirmed')
    assert.equal(await world.ours(), [])
  }
  await using again = await start()
  await again.until(CONNECTION, 'lan')
  assert.equal(await addressesOf(world), ['192.0.2.2'])
})

/** eth0 was configured for now; eth1's program is frozen, so that the change of both is half done for as long as it may take to end. */
async function halfApplied(scene: SystemScene, daemon: DaemonProcess): Promise<void> {
  await daemon.until(CONNECTION, 'lan')
  await daemon.until('interface/eth1/connection', 'internet')
  await daemon.client.json('PUT', '/v1/interfaces/eth0/configuration?persist=false', at('192.0.2.9'))
  await eventually('it is in force', async () => isOnly(await addressesOf(scene), '192.0.2.9'), DEADLINE)
  const [udhcpc] = await scene.pids('udhcpc')
  process.kill(udhcpc ?? Number.NaN, 'SIGSTOP')
  const configs = { eth0: at('192.0.2.77'), eth1: at('198.51.100.77') }
  await daemon.client.json('POST', '/v1/apply', { configs, confirmWithinMs: 60_000 })
  await eventually('one half is applied', async () => isOnly(await addressesOf(scene), '192.0.2.77'), DEADLINE)
  assert.is(await daemon.get('interface/eth1/state'), 'configuring')
  assert.ok(existsSync(openJournal(scene)))
}

const isOnly = (addresses: readonly string[], wanted: string): boolean => addresses.join() === wanted
const openJournal = ({ tmpDir }: SystemScene): string => join(tmpDir, 'private', JOURNAL_NAME)
const WITH_LEASE = { eth0: at('192.0.2.2'), eth1: { type: 'ethernet' } }

/** What is in force after a change that was never confirmed: eth0 as given, eth1 by DHCP. */
async function assertFormer(scene: SystemScene, daemon: DaemonProcess, address: string): Promise<void> {
  await daemon.until(CONNECTION, 'lan')
  await daemon.until('interface/eth1/connection', 'internet')
  assert.equal(await addressesOf(scene), [address])
  const leased = (await scene.addresses('eth1')).map(({ local }) => local)
  assert.is(leased.length, 1)
  assert.is.not(leased[0], '198.51.100.77')
  assert.equal(await daemon.client.json('GET', '/v1/checkpoint'), { checkpoint: null })
  assert.not.ok(existsSync(openJournal(scene)))
}

test('told to stop while a change is being applied, the daemon ends well and starts with what is saved', async () => {
  const { scene, start } = await create(WITH_LEASE)
  await using world = scene
  await world.uplink('eth1')
  {
    await using daemon = await start()
    await halfApplied(world, daemon)
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
    assert.equal(await world.ours(), [])
    assert.equal(await world.pids('udhcpc'), [])
    assert.not.ok(existsSync(openJournal(world)))
  }
  await using again = await start()
  await assertFormer(world, again, '192.0.2.2')
  assert.not.ok(again.said('rolled back'))
})

test('killed while a change is being applied, the daemon starts with what was there before', async () => {
  const { scene, start } = await create(WITH_LEASE)
  await using world = scene
  await world.uplink('eth1')
  {
    await using daemon = await start()
    await halfApplied(world, daemon)
    daemon.signal('SIGKILL')
    await daemon.ended()
    assert.equal(await addressesOf(world), ['192.0.2.77'])
    assert.ok(existsSync(openJournal(world)))
  }
  await using again = await start()
  assert.ok(again.said('rolled back a change that was never confirmed'))
  // It was not saved: only the journal knows of it.
  await assertFormer(world, again, '192.0.2.9')
})

test('with a full disk a configuration holds but is said not to be saved, and a change stays open until there is room', async () => {
  const scene = await SystemScene.create()
  await using world = scene
  await world.uplink('eth0', 'none')
  const saved = join(world.folder, 'saved')
  await mustRun('mkdir', ['-m', '700', saved])
  await mustRun('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', saved])
  const filler = join(saved, '.filler')
  try {
    const file = await writeDaemonConfig(world, { eth0: at('192.0.2.2') })
    await using daemon = await new DaemonProcess(world, { args: ['--config', file] }).ready()
    await daemon.until(CONNECTION, 'lan')
    await writeFile(filler, Buffer.alloc(1_048_576)).catch(() => undefined)
    const configured = await vintageNet(daemon.socketPath, 'configure', 'eth0', JSON.stringify(at('192.0.2.7')))
    assert.is(configured.exitCode, 1)
    assert.match(configured.stderr, /eth0: in force, but not saved: failed: ENOSPC/)
    assert.is(await daemon.get('interface/eth0/persistence'), 'failed: ENOSPC')
    await eventually('it is in force', async () => (await addressesOf(world)).includes('192.0.2.7'), DEADLINE)
    assert.ok(daemon.lines.some(({ level, message }) => level === 'warn' && /ENOSPC|no space/i.test(message)))
    await vintageNet(daemon.socketPath, ...APPLY, '--no-wait')
    const refused = await vintageNet(daemon.socketPath, 'confirm')
    assert.is(refused.exitCode, 1)
    assert.match(refused.stderr, /ENOSPC.*\(ERR_PERSISTENCE\)/)
    await rm(filler)
    assert.is((await vintageNet(daemon.socketPath, 'confirm')).exitCode, 0)
    assert.is(await daemon.get('interface/eth0/persistence'), 'saved')
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
  } finally {
    await mustRun('umount', [saved])
  }
})

test('with --json what keeps the daemon from starting is a line of its log, and all that is said', async () => {
  await using world = await SystemScene.create()
  const missing = join(world.folder, 'none.json')
  await using daemon = new DaemonProcess(world, { args: ['--json', '--config', missing] })
  assert.is(await daemon.ended(), 1)
  assert.equal(daemon.words, [])
  assert.is(daemon.lines.length, 1)
  assert.is(daemon.lines[0]?.level, 'error')
  assert.is(daemon.lines[0]?.message, `${missing}: there is no such file (ENOENT)`)
})

test.run()
