import { join } from 'node:path'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ROOT } from '../support/source-files.js'

const test = suite('runner of the virtual machine')

const BEGIN = (file: string): string => `\u001ebegin\t${file}`
const END = (file: string, status: number): string => `\u001eend\t${file}\t${status}`
const SUMMARY = ['  Total:     3', '  Passed:    3', '  Skipped:   0']

/** What the runner makes of the machine's lines and of its end, and what it prints. */
async function outcome(
  lines: readonly string[],
  { files, status, said = '' }: { files: readonly string[]; status: number; said?: string },
): Promise<{ counts: { passed: number; failed: number; skipped: number }; printed: string }> {
  const script = `import { Progress } from ${JSON.stringify(join(ROOT, 'scripts/vm/progress.mjs'))}
const progress = new Progress()
for (const line of ${JSON.stringify(lines)}) progress.take(line)
progress.close(${JSON.stringify(files)}, ${status}, ${JSON.stringify(said)})
const { passed, failed, skipped } = progress.counts
console.log(JSON.stringify({ passed, failed, skipped }))`
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script])
  return { counts: JSON.parse(stdout.split('\n').at(-1) ?? ''), printed: stdout }
}

test('every file counts with what its own summary says', async () => {
  const lines = [BEGIN('a'), ...SUMMARY, END('a', 0), BEGIN('b'), 'skipped: x: no such radio', '  Total:     1']
  lines.push('  Passed:    1', '  Skipped:   1', END('b', 0))
  const { counts, printed } = await outcome(lines, { files: ['a', 'b'], status: 0 })
  assert.equal(counts, { passed: 4, failed: 0, skipped: 1 })
  assert.match(printed, /^ok {4}a \(virtual machine\)/m)
})

test('a file that fails after its summary is a failure', async () => {
  const { counts, printed } = await outcome([BEGIN('a'), ...SUMMARY, END('a', 7)], { files: ['a'], status: 0 })
  assert.equal(counts, { passed: 3, failed: 1, skipped: 0 })
  assert.match(printed, /exit status 7/)
})

test('a file that was ended at its limit is a failure', async () => {
  const { counts, printed } = await outcome([BEGIN('a'), 'half', END('a', 137)], { files: ['a'], status: 0 })
  assert.equal(counts, { passed: 0, failed: 1, skipped: 0 })
  assert.match(printed, /did not end within 480 s/)
})

test('a machine that ends in the middle fails what ran and what has not run', async () => {
  const lines = [BEGIN('a'), ...SUMMARY, END('a', 0), BEGIN('b'), 'half']
  const { counts, printed } = await outcome(lines, { files: ['a', 'b', 'c'], status: 125, said: 'kernel panic' })
  assert.equal(counts, { passed: 3, failed: 2, skipped: 0 })
  assert.match(printed, /half[\s\S]*status 125\nkernel panic[\s\S]*did not run/)
})

test('a machine that fails after its last file is a failure', async () => {
  const { counts } = await outcome([BEGIN('a'), ...SUMMARY, END('a', 0)], { files: ['a'], status: 125 })
  assert.equal(counts, { passed: 3, failed: 1, skipped: 0 })
})

test('without a machine every file is left out by name and with the reason', async () => {
  const script = `import { close } from ${JSON.stringify(join(ROOT, 'scripts/run-uvu.mjs'))}
import { skipAll } from ${JSON.stringify(join(ROOT, 'scripts/vm/progress.mjs'))}
close(skipAll(['a', 'b'], 'no QEMU'))`
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script])
  assert.match(stdout, /^skipped: a \(virtual machine\): all its tests: no QEMU$/m)
  assert.is(stdout.split('\n').at(-1), '0 passed, 0 failed, 2 skipped')
})

test.run()
