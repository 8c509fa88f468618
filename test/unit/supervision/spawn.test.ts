import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type SpawnedProcess, spawnProcess } from '../../../lib/supervision/spawn.js'

const env = { PATH: '/usr/bin:/bin', ONLY: 'this' }

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function sh(script: string): SpawnedProcess {
  return spawnProcess({ program: '/bin/sh', args: ['-c', script], env })
}

test('tells output and status', async () => {
  const child = sh('echo out; echo err >&2; exit 3')
  assert.equal(await Promise.all([textOf(child.stdout), textOf(child.stderr)]), ['out\n', 'err\n'])
  assert.equal(await child.exited, { exitCode: 3 })
})

test('the child inherits nothing of our environment', async () => {
  process.env['VINTAGE_NET_TEST_SECRET'] = 'x'
  const child = spawnProcess({ program: '/usr/bin/env', args: [], env })
  delete process.env['VINTAGE_NET_TEST_SECRET']
  assert.is(await textOf(child.stdout), 'PATH=/usr/bin:/bin\nONLY=this\n')
})

test('standard input is empty', async () => {
  assert.is(await textOf(sh('cat; echo end').stdout), 'end\n')
})

test('a program that is missing, not executable or given too much is told by its exit', async () => {
  const program = (path: string, args: string[] = []) => spawnProcess({ program: path, args, env })
  const failures = [
    program('/nowhere/program'),
    program('/etc/passwd'),
    program('/bin/true', ['x'.repeat(3_000_000)]),
    program('/bin/true', ['nul\0']),
  ]
  const codes = await Promise.all(failures.map(async ({ exited }) => (await exited).error?.code))
  assert.equal(codes, ['ENOENT', 'EACCES', 'E2BIG', 'EINVAL'])
  for (const child of failures) {
    assert.is(child.pid, undefined)
    assert.is(await textOf(child.stdout), '')
    child.kill('SIGTERM')
  }
})

test('leads a session of its own', async () => {
  const child = spawnProcess({ program: '/bin/cat', args: ['/proc/self/stat'], env })
  const fields = (await textOf(child.stdout)).split(') ')[1]?.split(' ') ?? []
  assert.is(fields[2], String(child.pid), 'process group')
  assert.is(fields[3], String(child.pid), 'session')
})

test('a signal reaches descendants', async () => {
  // The pipe ends when the last process that holds it is gone.
  const child = sh('sleep 1000 & echo started; wait')
  const output = child.stdout[Symbol.asyncIterator]()
  assert.is(Buffer.from((await output.next()).value ?? []).toString(), 'started\n')
  child.kill('SIGTERM')
  assert.equal(await child.exited, { signal: 'SIGTERM' })
  assert.is((await output.next()).done, true)
  child.kill('SIGKILL')
})

test('descendants end with their leader', async () => {
  const child = sh('sleep 1000 & exit 0')
  assert.equal(await child.exited, { exitCode: 0 })
  assert.is(await textOf(child.stdout), '')
})

test.run()
