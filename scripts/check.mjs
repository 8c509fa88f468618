// npm run check [-- PART …]: `npm test` and what is too slow for it. Prints each part with its time and its counts; the last line is
// `N passed, N failed, N skipped`.

import { runControls } from './check/controls.mjs'
import { runAddon, runEach, runSanitized, runValgrind } from './check/sanitizers.mjs'
import { fuzzTargets, runFuzz } from './fuzz/targets.mjs'
import { runSuites } from './run-suites.mjs'
import { close, runFiles, sum } from './run-uvu.mjs'
import { SetupError } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'
import { testFiles } from './suites.mjs'

/** Of each target. */
const FUZZ_SECONDS = 60
/** A thousand rounds of each cell, or twenty thousand operations, may take this long. */
const LONG_TEST_TIMEOUT_MS = 9_000_000

/** The files of a folder with all their rounds; a folder that does not exist is a failure. */
async function runFull(folder, options) {
  const files = testFiles(folder)
  if (files.length === 0) {
    process.stdout.write(`${folder}: no test files\n`)
    return { passed: 0, failed: 1, skipped: 0, skips: [] }
  }
  process.env.VINTAGE_NET_FULL = '1'
  try {
    return await runFiles(files, { ...options, timeoutMs: LONG_TEST_TIMEOUT_MS })
  } finally {
    delete process.env.VINTAGE_NET_FULL
  }
}

const PARTS = {
  test: () => runSuites([]),
  controls: runControls,
  each: runEach,
  address: () => runSanitized('address,undefined'),
  thread: () => runSanitized('thread'),
  valgrind: runValgrind,
  'addon-address': () => runAddon('address,undefined'),
  'addon-thread': () => runAddon('thread'),
  fuzz: () => runFuzz(fuzzTargets(), { seconds: FUZZ_SECONDS }),
  'qmi-codec': () => runFull('test/unit/technology/qmi/codec', {}),
  lifetime: () => runFull('test/lifetime', { world: true }),
  differential: () => runFull('test/differential', { world: true }),
  prebuilds: () => runSuites(['prebuilds']),
}

async function runPart(name) {
  const startedMs = performance.now()
  process.stdout.write(`== ${name}\n`)
  const counts = await PARTS[name]().catch((error) => {
    process.stdout.write(`${error instanceof SetupError ? error.message : error.stack}\n`)
    return { passed: 0, failed: 1, skipped: 0, skips: [] }
  })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const tally = `${counts.passed} passed, ${counts.failed} failed, ${seconds} s`
  process.stdout.write(`${counts.failed === 0 ? 'ok   ' : 'FAIL '} ${name} (${tally})\n`)
  return counts
}

await runMain(async () => {
  const wanted = process.argv.slice(2)
  const unknown = wanted.filter((name) => !(name in PARTS))
  if (unknown.length > 0) throw new SetupError(`no such part: ${unknown}; there are: ${Object.keys(PARTS).join(' ')}`)
  await setup({ packages: ['build', 'native tests', 'lab', 'check'], typescript: true, addon: true })
  const results = []
  for (const name of wanted.length > 0 ? wanted : Object.keys(PARTS)) results.push(await runPart(name))
  return close(sum(results))
})
