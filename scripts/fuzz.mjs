// npm run fuzz [-- --seconds N] [--keep] [TARGET …]: runs each libFuzzer target of test/native/fuzz/ for 60 s, seeded with the
// captured messages and the stored corpus. An input that crashes is kept in test/fixtures/fuzz/TARGET/, where every
// `npm test` feeds it again. --keep stores the smallest corpus that reaches as much as all inputs of the run did.

import { parseArgs } from 'node:util'
import { fuzzTargets, runFuzz } from './fuzz/targets.mjs'
import { close } from './run-uvu.mjs'
import { SetupError } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'

/** Of each target, in the full check. */
const DEFAULT_SECONDS = '60'

await runMain(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: DEFAULT_SECONDS }, keep: { type: 'boolean', default: false } },
  })
  const unknown = positionals.filter((name) => !fuzzTargets().includes(name))
  if (unknown.length > 0) throw new SetupError(`no such target: ${unknown}; there are: ${fuzzTargets().join(' ')}`)
  await setup({ packages: ['build', 'check'] })
  const targets = positionals.length > 0 ? positionals : fuzzTargets()
  return close(await runFuzz(targets, { seconds: Number(values.seconds), keep: values.keep }))
})
