import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../../lib/base/clock.js'
import { NetworkError } from '../../../lib/errors.js'
import { programFinder } from '../../../lib/supervision/find-program.js'
import { nullLedger } from '../../../lib/supervision/ledger.js'
import type { ProgramDeps } from '../../../lib/supervision/program-deps.js'
import { type RunRequest, runChecked, runProgram } from '../../../lib/supervision/run-program.js'
import { spawnProcess } from '../../../lib/supervision/spawn.js'
import { type DaemonScript, ScriptedDaemons } from '../../../lib/testing/scripted-daemon.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { RecordingLogger } from './recording-logger.js'

const path = '/usr/sbin:/usr/bin:/sbin:/bin'

function real() {
  const logger = new RecordingLogger()
  const findProgram = programFinder({ path })
  const deps: ProgramDeps = { spawn: spawnProcess, findProgram, path, clock: systemClock, logger, ledger: nullLedger }
  return { deps, logger }
}

function scripted(script: DaemonScript) {
  const logger = new RecordingLogger()
  const clock = new SimulatedClock()
  const daemons = new ScriptedDaemons()
  daemons.on('tool', script)
  const { spawn, findProgram } = daemons
  const deps: ProgramDeps = { spawn, findProgram, path, clock, logger, ledger: nullLedger }
  return { deps, logger, clock, daemons }
}

function request(program: string, ...args: string[]): RunRequest {
  return { program, args, deadlineMs: 10_000 }
}

async function failureOf(promise: Promise<unknown>): Promise<NetworkError> {
  try {
    await promise
  } catch (thrown) {
    if (thrown instanceof NetworkError) return thrown
    throw thrown
  }
  throw new Error('did not fail')
}

test('D1: the output of a command that succeeds', async () => {
  const { deps } = real()
  assert.equal(await runProgram(deps, request('echo', 'hello')), { exitCode: 0, output: 'hello\n' })
  assert.is(await runChecked(deps, request('echo', 'hello')), 'hello\n')
})

test('D2: the status of a command that fails', async () => {
  const { deps } = real()
  assert.equal(await runProgram(deps, request('false')), { exitCode: 1, output: '' })
  assert.is((await failureOf(runChecked(deps, request('false')))).message, 'false: ended with status 1')
})

test('D3: a missing command is told with its name and the path', async () => {
  const { deps } = real()
  const failure = await failureOf(runProgram(deps, request('missing_command')))
  assert.is(failure.code, 'ERR_PROGRAM_MISSING')
  assert.is(failure.message, `missing_command: not found on ${path}`)
})

test('D5: the PATH of the command is the configured path', async () => {
  const { deps } = real()
  assert.is((await runProgram(deps, request('sh', '-c', 'echo $PATH'))).output, `${path}\n`)
})

test('D8: without a prefix each line is one debug line', async () => {
  const { deps, logger } = real()
  await runProgram(deps, { ...request('printf', 'one\\ntwo\\n\\nthree'), logPrefix: '' })
  assert.equal(logger.lines, ['debug one', 'debug two', 'debug three'])
})

test('D9: each line is logged with its prefix, by default the name of the program', async () => {
  const { deps, logger } = real()
  await runProgram(deps, { ...request('printf', 'one\\n'), logPrefix: 'prefix:' })
  await runProgram(deps, request('/usr/bin/printf', 'two\\n'))
  assert.equal(logger.lines, ['debug prefix:one', 'debug printf: two'])
})

test('the error of a failed command says the last line and is logged with its output', async () => {
  const { deps, logger } = real()
  const failure = await failureOf(runChecked(deps, request('sh', '-c', 'echo one; echo why >&2; exit 7')))
  assert.is(failure.code, 'ERR_PROGRAM_FAILED')
  assert.match(failure.message, 'sh: ended with status 7: ')
  assert.is(logger.lines.at(-1), 'error sh: ended with status 7')
})

test('a command that is killed has failed', async () => {
  const { deps } = scripted((child) => child.die('SIGKILL'))
  const failure = await failureOf(runProgram(deps, request('tool')))
  assert.equal([failure.code, failure.message], ['ERR_PROGRAM_FAILED', 'tool: killed by SIGKILL'])
})

test('output after the exit is waited for', async () => {
  const { deps } = scripted(async (child) => {
    await null
    child.writeStdout('late')
    child.exit(0)
  })
  assert.equal(await runProgram(deps, request('tool')), { exitCode: 0, output: 'late\n' })
})

test('at the deadline the command is told to end, and killed 500 ms later', async () => {
  const { deps, clock, daemons } = scripted((child) => child.ignore('SIGTERM'))
  const failure = failureOf(runProgram(deps, { ...request('tool'), deadlineMs: 1_000 }))
  await clock.advance(999)
  assert.equal(daemons.children[0]?.signals, [])
  await clock.advance(500)
  assert.equal(daemons.children[0]?.signals, ['SIGTERM'])
  await clock.advance(1)
  assert.equal(daemons.children[0]?.signals, ['SIGTERM', 'SIGKILL'])
  assert.is((await failure).code, 'ERR_TIMEOUT')
})

test('D4: a command and its descendants can be ended whole: a deadline ends them all', async () => {
  const { deps } = real()
  // The output ends only when the last process that holds the pipe is gone; else this waits for the drain limit.
  const failure = await failureOf(
    runProgram(deps, { ...request('sh', '-c', 'sleep 1000 & sleep 1000'), deadlineMs: 50 }),
  )
  assert.is(failure.code, 'ERR_TIMEOUT')
})

test('an abort ends the command', async () => {
  const { deps, clock, daemons } = scripted(() => undefined)
  const controller = new AbortController()
  const failure = failureOf(runProgram(deps, { ...request('tool'), signal: controller.signal }))
  await clock.advance(0)
  controller.abort()
  assert.is((await failure).code, 'ERR_CANCELLED')
  assert.equal(daemons.children[0]?.signals, ['SIGTERM'])
  assert.is(clock.pendingTimers, 0)
})

test('an abort before the start starts nothing', async () => {
  const { deps, daemons } = scripted(() => undefined)
  const failure = await failureOf(runProgram(deps, { ...request('tool'), signal: AbortSignal.abort() }))
  assert.is(failure.code, 'ERR_CANCELLED')
  assert.is(daemons.children.length, 0)
})

test('output is kept up to a limit', async () => {
  const { deps } = scripted((child) => {
    for (let count = 0; count < 200; count += 1) child.writeStdout(`${'x'.repeat(1_000)}\n`)
    child.exit(0)
  })
  const { output } = await runProgram(deps, request('tool'))
  assert.ok(output.length <= 65_536)
  assert.ok(output.length > 60_000)
})

test.run()
