import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { isNetworkError } from '../../../lib/errors.js'
import { Child } from '../../../lib/supervision/child.js'
import { nullLedger } from '../../../lib/supervision/ledger.js'
import type { ProgramDeps } from '../../../lib/supervision/program-deps.js'
import { ScriptedDaemons } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

function world() {
  const daemons = new ScriptedDaemons()
  const clock = new SimulatedClock()
  const { spawn, findProgram } = daemons
  const deps: ProgramDeps = { spawn, findProgram, path: '/sbin', clock, logger: silentLogger, ledger: nullLedger }
  const ends: string[] = []
  const start = () => Child.start(deps, { program: 'udhcpd', args: [] }, (reason) => ends.push(reason))
  return { daemons, clock, ends, start }
}

test('an end that stop brought about is not told', async () => {
  const { daemons, clock, ends, start } = world()
  daemons.on('udhcpd')
  const child = await start()
  await child.stop()
  await child.stop()
  await clock.advance(0)
  assert.equal(ends, [])
  assert.is(clock.pendingTimers, 0)
})

test('an end is told once', async () => {
  const { daemons, clock, ends, start } = world()
  daemons.on('udhcpd', (script) => script.exit(2))
  const child = await start()
  await clock.advance(0)
  await child.stop()
  assert.equal(ends, ['udhcpd: ended with status 2'])
})

test('a program that cannot be started is an error, not an end', async () => {
  const { clock, ends, start } = world()
  const thrown = await start().then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(isNetworkError(thrown, 'ERR_PROGRAM_MISSING'))
  await clock.advance(0)
  assert.equal(ends, [])
})

test.run()
