import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { isNetworkError } from '../../../lib/errors.js'
import { Child, type DaemonRun } from '../../../lib/supervision/child.js'
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
  return { daemons, clock, deps, ends, start }
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

function heard() {
  const notes: string[] = []
  const run: DaemonRun = {
    events: (chunk) => void notes.push(`event ${new TextDecoder().decode(chunk)}`),
    line: (line) => void notes.push(`line ${line}`),
    endReason: ({ exitCode }) => (exitCode === 19 ? 'refused' : undefined),
    ended: () => void notes.push('ended'),
  }
  return { notes, run }
}

test('who hears of a run is told its lines, its events and its end, and may say why it ended', async () => {
  const { daemons, clock, deps, ends } = world()
  const { notes, run } = heard()
  daemons.on('pppd')
  await Child.start(deps, { program: 'pppd', args: [], openRun: () => run }, (reason) => ends.push(reason))
  const [script] = daemons.children
  assert.is(script?.request.events, true)
  script?.writeStdout('Connect\n')
  await clock.advance(0)
  script?.writeEvents('ip-up')
  await clock.advance(0)
  script?.writeStderr('oh\n')
  await clock.advance(0)
  script?.exit(19)
  await clock.advance(0)
  assert.equal(notes, ['line Connect', 'event ip-up', 'line oh', 'ended'])
  assert.equal(ends, ['pppd: refused'])
})

test('who hears of a run is told its end when it is stopped, and a throw harms nobody', async () => {
  const { daemons, clock, deps, ends } = world()
  const { notes, run } = heard()
  const throwing: DaemonRun = {
    line: () => {
      throw new Error('planned')
    },
    endReason: () => {
      throw new Error('planned')
    },
    ended: run.ended,
  }
  daemons.on('pppd')
  const child = await Child.start(deps, { program: 'pppd', args: [], openRun: () => throwing }, () => undefined)
  assert.is(daemons.children[0]?.request.events, undefined)
  daemons.children[0]?.writeStdout('line\n')
  await clock.advance(0)
  await child.stop()
  assert.equal(notes, ['ended'])
  const again = await Child.start(deps, { program: 'pppd', args: [], openRun: () => throwing }, (why) => ends.push(why))
  daemons.children[1]?.exit(3)
  await clock.advance(0)
  await again.stop()
  assert.equal(ends, ['pppd: ended with status 3'])
})

test.run()
