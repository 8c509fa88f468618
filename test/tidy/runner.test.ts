import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../support/source-files.js'

interface Context {
  folder: string
}

const test = suite<Context>('runner')

test.before.each(async (context) => {
  // Below the root, so that the samples find uvu.
  await mkdir(join(ROOT, '.cache'), { recursive: true })
  context.folder = await mkdtemp(join(ROOT, '.cache', 'runner-'))
})

test.after.each(async ({ folder }) => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

const HEAD = "import { suite } from 'uvu'\nconst test = suite('sample')\n"
const PASSING = "test('a', () => undefined)\n"

/** Runs samples by the runner and resolves with its status, its closing line and all it printed. */
async function run(
  folder: string,
  samples: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<{ exitCode: number | undefined; closing: string | undefined; output: string }> {
  const files = Object.keys(samples).map((name) => join(folder, name))
  for (const [name, body] of Object.entries(samples)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), HEAD + body)
  }
  const args = [join(ROOT, 'scripts', 'run-uvu.mjs'), ...options, ...files]
  const result = await execa(process.execPath, args, { all: true, reject: false })
  return { exitCode: result.exitCode, closing: result.all.split('\n').at(-1), output: result.all }
}

test('counts of all files are added up in the closing line, the last thing printed', async ({ folder }) => {
  const skipped = `import { skip } from '${ROOT}test/support/skip.js'\nskip(test, 'b', 'no radio: none here')\n`
  const result = await run(folder, {
    'a.test.ts': `${PASSING}test.run()`,
    'b.test.ts': `${skipped}${PASSING}${PASSING}test.run()`,
  })
  assert.is(result.closing, '3 passed, 0 failed, 1 skipped')
  assert.match(result.output, /^skipped: .*b\.test\.ts: b: no radio: none here$/m)
  assert.is(result.exitCode, 0)
})

/** False for a process that is gone, and for one that has ended and waits for its new parent to notice. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tX')
  return !/^State:\t[ZX]/m.test(status)
}

/** Each is one way in which a file can look better than it is. */
const FAILURES: Readonly<Record<string, { body: string; closing: string; says: RegExp }>> = {
  'a failing test fails the run, and its output is shown': {
    body: `${PASSING}test('b', () => { throw new Error('broken pipe') })\ntest.run()`,
    closing: '1 passed, 1 failed, 0 skipped',
    says: /broken pipe/,
  },
  'a failing before hook, which uvu passes over, is a failure of every test': {
    body: `test.before(() => { throw new Error('x') })\n${PASSING}${PASSING}test.run()`,
    closing: '0 passed, 2 failed, 0 skipped',
    says: /FAIL/,
  },
  'a file without test.run() is a failure': {
    body: PASSING,
    closing: '0 passed, 1 failed, 0 skipped',
    says: /test\.run\(\) missing/,
  },
  'a file without tests is a failure': {
    body: 'test.run()',
    closing: '0 passed, 1 failed, 0 skipped',
    says: /has no tests/,
  },
  'a process that dies before its summary is a failure': {
    body: `test('a', () => { process.kill(process.pid, 'SIGSEGV') })\ntest.run()`,
    closing: '0 passed, 1 failed, 0 skipped',
    says: /ended by SIGSEGV/,
  },
  'a process that exits in the middle with status 0 is a failure': {
    body: `test('a', () => process.exit(0))\ntest.run()`,
    closing: '0 passed, 1 failed, 0 skipped',
    says: /no summary of uvu/,
  },
  'a process that fails after its summary is a failure': {
    body: `${PASSING}process.on('exit', () => { process.exitCode = 7 })\ntest.run()`,
    closing: '1 passed, 1 failed, 0 skipped',
    says: /exit status 7, although every test passed/,
  },
  'a skip without a name is a failure': {
    body: `${PASSING}test.skip('b')\ntest.run()`,
    closing: '1 passed, 1 failed, 1 skipped',
    says: /uvu skipped 1, 0 named/,
  },
  'a test that runs alone is a failure': {
    body: `${PASSING}test.only('b', () => undefined)\ntest.run()`,
    closing: '1 passed, 1 failed, 1 skipped',
    says: /\.only is forbidden/,
  },
}

for (const [title, { body, closing, says }] of Object.entries(FAILURES)) {
  test(title, async ({ folder }) => {
    const result = await run(folder, { 'a.test.ts': body })
    assert.is(result.closing, closing)
    assert.match(result.output, says)
    assert.is(result.exitCode, 1)
  })
}

test('a file that does not end is ended at its deadline and is a failure', async ({ folder }) => {
  const body = `test('a', () => new Promise(() => setInterval(() => undefined, 1000)))\ntest.run()`
  const result = await run(folder, { 'a.test.ts': body }, ['--timeout-ms', '1500'])
  assert.is(result.closing, '0 passed, 1 failed, 0 skipped')
  assert.match(result.output, /did not end within 1\.5 s/)
})

test('a file whose tests passed but that does not end is a failure', async ({ folder }) => {
  const body = `${PASSING}setInterval(() => undefined, 1000)\ntest.run()`
  const result = await run(folder, { 'a.test.ts': body }, ['--timeout-ms', '6000'])
  assert.is(result.closing, '1 passed, 1 failed, 0 skipped')
})

test('nothing passed is a failure of the run', async () => {
  const result = await execa(process.execPath, [join(ROOT, 'scripts', 'run-uvu.mjs')], { reject: false })
  assert.is(result.stdout, '0 passed, 0 failed, 0 skipped')
  assert.is(result.exitCode, 1)
})

test('what a test leaves running does not hold the runner up and is ended', async ({ folder }) => {
  const body = `import { spawn } from 'node:child_process'
test('a', () => { const child = spawn('sleep', ['300'], { stdio: 'inherit' }); child.unref(); console.log('left ' + child.pid); throw new Error('x') })
test.run()`
  const result = await run(folder, { 'a.test.ts': body })
  const pid = Number(/left (\d+)/.exec(result.output)?.[1])
  assert.ok(pid > 0)
  assert.not(await isRunning(pid))
})

test('the full check begins with the usual suites and ends with the ready-made addons', async () => {
  const args = [join(ROOT, 'scripts', 'check.mjs'), 'none-of-that-name']
  const { all, exitCode } = await execa(process.execPath, args, { all: true, reject: false })
  assert.match(all, /there are: test controls .* differential prebuilds$/)
  assert.is(exitCode, 1)
})

test.run()
