import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'
import type { Technology } from '../../../lib/technology/technology.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'

const PROBE = { type: 'probe' } as never

test('A14: where nothing is wrong nothing is found', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies: [probeTechnology()], config: { eth0: PROBE } })
  assert.equal(await net.verifySystem(), [])
})

test('programs that the plans run must be there, and know their options', async () => {
  await using world = await FakeWorld.create()
  const bin = join(world.folder, 'bin')
  await mkdir(bin)
  const net = await world.start({
    spawn: spawnProcess,
    path: bin,
    config: {
      lan0: { type: 'ethernet' },
      lan1: { type: 'ethernet' },
      lan2: { type: 'ethernet', ipv4: { method: 'disabled' } },
    },
  })
  const found = async (prefix: string): Promise<string[]> =>
    (await net.verifySystem()).flatMap(({ code, message }) => (code.startsWith(prefix) ? [`${code} ${message}`] : []))
  const missing = await found('PROGRAM')
  assert.is(missing.length, 1)
  assert.match(missing[0] ?? '', /^PROGRAM_MISSING lan0, lan1: udhcpc: not found/)
  const program = async (options: string): Promise<void> => {
    const path = join(bin, 'udhcpc')
    await writeFile(
      path,
      `#!/bin/sh\necho 'BusyBox v1.1.0 multi-call binary.'\necho 'Usage: udhcpc [-${options}] [-i IFACE] [-s PROG]'\n`,
    )
    await chmod(path, 0o755)
  }
  await program('fbqRx')
  assert.equal(await found('PROGRAM'), [])
  await program('fbqR')
  assert.match(
    (await found('PROGRAM'))[0] ?? '',
    /^PROGRAM_TOO_OLD lan0, lan1: udhcpc \(BusyBox v1\.1\.0\) does not know -x$/,
  )
})

test('a technology says what it finds, is told its interfaces, and harms nothing when it throws', async () => {
  await using world = await FakeWorld.create()
  const asked: unknown[] = []
  const finding = { code: 'PROBE_ODD', severity: 'info', message: 'odd', remedy: 'none' } as const
  const base = probeTechnology()
  const odd: Technology = {
    ...(base as Technology),
    verify: async ({ interfaces, findProgram }) => {
      asked.push(
        interfaces.map(({ ifname }) => ifname),
        await findProgram('probe'),
      )
      return [finding]
    },
  }
  const thrower: Technology = { ...odd, type: 'thrower', verify: () => Promise.reject(new Error('no answer')) }
  const asThrower: Technology = {
    ...thrower,
    plan: (...args) => ({ ...base.plan(args[0], args[1] as never, args[2]), type: 'thrower' }),
  }
  const config = { a0: PROBE, b0: PROBE, c0: { type: 'thrower' } as never }
  const net = await world.start({ technologies: [odd, asThrower], config })
  const found = await net.verifySystem()
  assert.equal(
    found.map(({ code }) => code),
    ['PROBE_ODD', 'CHECK_FAILED'],
  )
  assert.match(found[1]?.message ?? '', /technology thrower failed: no answer/)
  assert.equal(asked, [['a0', 'b0'], 'probe'])
})

test('after stop() nothing is verified', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({})
  await net.stop()
  assert.ok(isNetworkError(await net.verifySystem().catch((thrown: unknown) => thrown), 'ERR_STOPPED'))
})

test.run()
