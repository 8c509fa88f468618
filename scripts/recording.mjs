// npm run recording [-- FILE]: sets up, then records a session at a terminal in a world of its own, as a page of text captures.
// Without FILE it writes docs/terminal-session.md.

import { resolve } from 'node:path'
import { runMain, setup } from './setup.mjs'
import { runInWorld } from './world.mjs'

await runMain(async () => {
  const [file = 'docs/terminal-session.md'] = process.argv.slice(2)
  await setup({ packages: ['lab', 'recording'], typescript: true, addon: true })
  const node = [process.execPath, '--enable-source-maps', '--import', 'tsx']
  return runInWorld([...node, 'scripts/recording/main.ts', resolve(file)])
})
