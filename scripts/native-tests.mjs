// The C++ unit tests: built without the addon, run by CTest, counted by doctest's own summaries.
// node scripts/native-tests.mjs TARGET: builds one program of them and prints its path.

import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeForeignCmakeCache } from './setup/build-addon.mjs'
import { capture, ROOT, SetupError } from './setup/step.mjs'

const FOLDER = 'build-native-tests'
/** A test program that takes longer is ended by CTest and fails. */
const TEST_TIMEOUT_S = 120

async function build(targets = []) {
  removeForeignCmakeCache(join(ROOT, FOLDER))
  const options = ['-DVN_TESTS=ON', '-DVN_ADDON=OFF', '-DCMAKE_BUILD_TYPE=Debug']
  const configured = await capture('cmake', ['-S', '.', '-B', FOLDER, '-G', 'Ninja', ...options])
  if (!configured.ok) return configured
  const wanted = targets.flatMap((target) => ['--target', target])
  return capture('cmake', ['--build', FOLDER, '--parallel', String(availableParallelism()), ...wanted])
}

/** Builds one program of the tests and resolves with its path. */
export async function buildNativeTests(target) {
  const built = await build([target])
  if (!built.ok) throw new SetupError(`${target} does not build:\n${built.output.trimEnd()}`)
  return join(ROOT, FOLDER, target)
}

/**
 * Counts of CTest's verbose output. A program's lines are prefixed with its number; doctest's summary counts its cases,
 * and a program without one (it crashed, or is no doctest program) counts as one test, as CTest judged it.
 */
export function readCtest(output) {
  const counts = { passed: 0, failed: 0, skipped: 0, skips: [] }
  for (const [, number, , verdict] of output.matchAll(/^ *\d+\/\d+ Test +#(\d+): (\S+) \.+ *(\**[A-Z][A-Za-z ]*)/gm)) {
    const summary = new RegExp(
      `^${number}: \\[doctest\\] test cases: +\\d+ \\| +(\\d+) passed \\| +(\\d+) failed \\| +(\\d+)`,
      'm',
    )
    const cases = summary.exec(output)
    const ok = verdict.trim() === 'Passed'
    if (cases !== null) {
      counts.passed += Number(cases[1])
      // A skipped case has no reason to show, and a program may fail after its last case (a sanitizer): both are failures.
      counts.failed += Number(cases[2]) + Number(cases[3]) + (ok || Number(cases[2]) > 0 ? 0 : 1)
    } else if (ok) counts.passed += 1
    else counts.failed += 1
  }
  return counts
}

/** Builds and runs the C++ tests and resolves with their counts; prints everything when something failed. */
export async function runNativeTests() {
  const startedMs = performance.now()
  const built = await build()
  if (!built.ok) {
    process.stdout.write(`FAIL  native: the tests do not build\n${built.output.trimEnd()}\n`)
    return { passed: 0, failed: 1, skipped: 0, skips: [] }
  }
  const ctest = await capture('ctest', ['--test-dir', FOLDER, '--verbose', '--timeout', String(TEST_TIMEOUT_S)])
  const counts = readCtest(ctest.output)
  const broken = counts.failed === 0 && (!ctest.ok || counts.passed === 0)
  if (broken) counts.failed += 1
  const tally = `${counts.passed} passed, ${counts.failed} failed, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`
  process.stdout.write(
    counts.failed === 0
      ? `ok    native: C++ (${tally})\n`
      : `FAIL  native: C++ (${tally})\n${ctest.output.trimEnd()}\n`,
  )
  return counts
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await buildNativeTests(process.argv[2])}\n`)
}
