// Suites, or files of them, by name: sets up what they need, runs them in order.

import { relative, resolve } from 'node:path'
import { runFiles, sum } from './run-uvu.mjs'
import { ROOT, SetupError } from './setup/step.mjs'
import { setup } from './setup.mjs'
import { SUITES, suiteOf, testFiles } from './suites.mjs'
import { runFilesInVm } from './vm/run-files.mjs'

function selectSuites(names) {
  if (names.length === 0) {
    const usual = SUITES.filter(({ byName }) => !byName)
    return usual.filter(({ optional, runs }) => !optional || runs.some(({ files }) => testFiles(files).length > 0))
  }
  return names.map((name) => {
    const suite = SUITES.find((one) => one.name === name) ?? suiteOf(relative(ROOT, resolve(name)))
    if (suite !== undefined) return suite
    throw new SetupError(`no suite and no test file: ${name}\nsuites: ${SUITES.map((one) => one.name).join(' ')}`)
  })
}

/** Everything the suites need, asked for once, so that a missing package shows before the first test. */
function needsOf(suites) {
  return {
    packages: [...new Set(suites.flatMap(({ needs }) => needs.packages ?? []))],
    typescript: suites.some(({ needs }) => needs.typescript === true),
    addon: suites.some(({ needs }) => needs.addon === true),
    prebuilds: suites.some(({ needs }) => needs.prebuilds === true),
  }
}

async function runSuite({ name, runs, commands = [] }) {
  process.stdout.write(`== ${name}\n`)
  const results = []
  for (const command of commands) results.push(await command())
  for (const { files, also = [], vm, world, parallel, optional } of runs) {
    const found = [...testFiles(files), ...also]
    if (found.length === 0 && !optional) {
      process.stdout.write(`FAIL  ${files}: no test files\n`)
      results.push({ passed: 0, failed: 1, skipped: 0 })
    }
    results.push(vm ? await runFilesInVm(found) : await runFiles(found, { world, parallel }))
  }
  return sum(results)
}

/** The counts of the suites together; no name stands for all that `npm test` runs. */
export async function runSuites(names) {
  const suites = selectSuites(names)
  await setup(needsOf(suites))
  const results = []
  for (const suite of suites) results.push(await runSuite(suite))
  return sum(results)
}
