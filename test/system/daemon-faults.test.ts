/** The daemon when it cannot start, when the disk is full, and when it is told to stop amid a change. */

import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
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
async function create(more: object = {}): Promise<{ scene: SystemScene; start(): Promise<DaemonProcess> }> {
  const scene = await SystemScene.create()
  await scene.uplink('eth0', 'none')
  const file = await writeDaemonConfig(scene, { eth0: at('192.0.2.2') }, more)
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

test('told to stop while a change is being applied, the daemon ends well and starts with what was there before', async () => {
  const { scene, start } = await create()
  await using world = scene
  {
    await using daemon = await start()
    await daemon.until(CONNECTION, 'lan')
    const body = { configs: { eth0: at('192.0.2.77') }, confirmWithinMs: 60_000 }
    const applying = daemon.client.json('POST', '/v1/apply', body).catch((thrown: unknown) => thrown)
    daemon.signal('SIGTERM')
    assert.is(await daemon.ended(), 0)
    await applying
    assert.equal(await world.ours(), [])
  }
  await using again = await start()
  await again.until(CONNECTION, 'lan')
  assert.equal(await addressesOf(world), ['192.0.2.2'])
  assert.equal(await again.client.json('GET', '/v1/checkpoint'), { checkpoint: null })
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
