/** A user's first session, from the installed tarball: on this processor, and by Node for others under QEMU. All must tell the same. */

import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Lab } from '../../support/lab.js'
import { ROOT } from '../../support/source-files.js'
import { readStage } from '../stage.js'

const test = suite('prebuilds/sessions')
const stage = readStage()

/** Emulated, on a loaded machine. */
const SESSION_TIMEOUT_MS = 300_000
/** A cable's MAC addresses are drawn anew each time, and so is what is derived from them. */
const DRAWN = /\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b|\bfe80::[0-9a-f:]+|\b2001:db8::[0-9a-f:]+/g

type Told = Record<string, unknown>

/** One session in a lab of its own; what it told, by name. */
async function session(node: readonly string[]): Promise<Told> {
  await using lab = await Lab.create()
  await lab.addUplink({ ifname: 'eth0', subnet: '192.0.2.0/24', index: 10, dhcp: 'none' })
  const folder = await mkdtemp(join(tmpdir(), 'vintage-net-session-'))
  try {
    // Resolved from the project, as a user's own program is.
    const program = join(stage.app, 'session.mjs')
    await copyFile(join(ROOT, 'test', 'prebuilds', 'world', 'session.mjs'), program)
    const [command = '', ...args] = [...node, program, lab.namespace, folder]
    const child = execa(command, args, {
      cwd: stage.app,
      timeout: SESSION_TIMEOUT_MS,
      reject: false,
      stdin: 'ignore',
      buffer: { stdout: false },
    })
    const told: Told = {}
    for await (const line of createInterface({ input: child.stdout })) {
      const { name, value } = JSON.parse(line) as { name: string; value: unknown }
      told[name] = value
      if (name === 'watching') await lab.ip('link', 'set', 'dev', 'eth0', 'up')
    }
    const { exitCode, stderr } = await child
    assert.is(exitCode, 0, `${stderr}\n${JSON.stringify(told)}`)
    assert.is(told['done'], true)
    return JSON.parse(
      JSON.stringify(told).replaceAll(folder, 'FOLDER').replaceAll(lab.name, 'LAB').replaceAll(DRAWN, 'DRAWN'),
    ) as Told
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

let here: Told = {}

test('x64: links, a change, a refusal in full, a probe, the property table and a plan', async () => {
  here = await session([process.execPath])
  assert.equal((here['links'] as { ifname: string }[]).map(({ ifname }) => ifname).sort(), ['eth0', 'lo'])
  assert.equal(here['change'], [
    [false, false, 'down'],
    [true, true, 'up'],
  ])
  assert.equal(here['probe'], { outcome: 'connected' })
  const [address, route, refusal] = here['refusal'] as [
    unknown,
    unknown,
    { code: string; errno: string; message: string },
  ]
  assert.equal([address, route], ['done', 'done'])
  assert.is(refusal.message, 'addRoute default via 198.51.100.77 on eth0: Nexthop has invalid gateway (ENETUNREACH)')
  const properties = new Map(
    (here['properties'] as [string[], unknown][]).map(([path, value]) => [path.join('.'), value]),
  )
  assert.is(properties.get('connection'), 'internet')
  assert.is(properties.get('interface.eth0.state'), 'configured')
  assert.ok(JSON.stringify(here['plan']).includes('"type":"setLink"'))
})

for (const [arch, node] of Object.entries(stage.nodes)) {
  test(`${arch}, emulated: tells word for word what x64 tells`, async () => {
    const there = await session(node)
    for (const name of Object.keys(here)) assert.equal(there[name], here[name], name)
  })
}

test.run()
