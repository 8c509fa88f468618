// Negative controls: each sanitizer must report a bug that was planted for it, or its silence elsewhere means nothing.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { capture, ROOT, run } from '../setup/step.mjs'

const SOURCE = join(ROOT, 'test', 'native', 'tools', 'control.cc')
const FOLDER = join(ROOT, 'build-controls')

const CONTROLS = [
  { mode: 'overflow', sanitizer: 'address,undefined', says: /AddressSanitizer: heap-buffer-overflow/ },
  { mode: 'undefined', sanitizer: 'address,undefined', says: /runtime error: signed integer overflow/ },
  { mode: 'race', sanitizer: 'thread', says: /ThreadSanitizer: data race/ },
  { mode: 'uninitialised', says: /uninitialised value/ },
]

/** Resolves with what is wrong, or undefined: the planted bug was reported and the program failed by it. */
async function problemOf({ mode, sanitizer, says }) {
  const program = join(FOLDER, mode)
  const flags = sanitizer === undefined ? [] : [`-fsanitize=${sanitizer}`, '-fno-sanitize-recover=undefined']
  await run('g++', ['-std=c++20', '-O0', '-g', '-pthread', ...flags, SOURCE, '-o', program])
  const valgrind = ['valgrind', '--error-exitcode=1', '--quiet', program]
  const [command, ...args] = sanitizer === undefined ? valgrind : [program]
  const { ok, output } = await capture(command, [...args, mode, 'filler'])
  if (ok) return `${mode}: the planted bug was not reported`
  return says.test(output) ? undefined : `${mode}: failed, but not by the planted bug:\n${output}`
}

export async function runControls() {
  mkdirSync(FOLDER, { recursive: true })
  const counts = { passed: 0, failed: 0, skipped: 0, skips: [] }
  for (const control of CONTROLS) {
    const problem = await problemOf(control)
    if (problem === undefined) counts.passed += 1
    else {
      counts.failed += 1
      process.stdout.write(`${problem}\n`)
    }
  }
  return counts
}
