// npm run docs: writes the pages of docs/ that are made from the sources, and the API reference into build-api/.

import { join } from 'node:path'
import { ROOT, run } from './setup/step.mjs'
import { runMain, setup } from './setup.mjs'
import { testFiles } from './suites.mjs'

await runMain(async () => {
  await setup({})
  const pages = testFiles('test/unit/docs')
  const runner = join(ROOT, 'scripts', 'run-uvu.mjs')
  process.stdout.write(await run(process.execPath, [runner, ...pages], { env: { WRITE_PAGES: '1' } }))
  process.stdout.write(await run('typedoc', []))
  process.stdout.write('build-api/index.html\n')
  return 0
})
