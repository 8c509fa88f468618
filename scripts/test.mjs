// npm test [-- SUITE | FILE …]: sets up what the suites need, runs them in order, ends with the one line
// `N passed, N failed, N skipped`, the sum over all of them.

import { runSuites } from './run-suites.mjs'
import { close } from './run-uvu.mjs'
import { SetupError } from './setup/step.mjs'
import { runMain } from './setup.mjs'

await runMain(async () => {
  try {
    return close(await runSuites(process.argv.slice(2)))
  } catch (error) {
    process.stdout.write(`${error instanceof SetupError ? error.message : error.stack}\n`)
    return close({ passed: 0, failed: 1, skipped: 0, skips: [] })
  }
})
