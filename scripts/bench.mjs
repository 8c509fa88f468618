// npm run bench: sets up, then runs the benchmarks in a world of their own.

import { runMain, setup } from './setup.mjs'
import { runInWorld } from './world.mjs'

await runMain(async () => {
  await setup({ packages: ['lab'], typescript: true, addon: true })
  const node = [process.execPath, '--enable-source-maps', '--import', 'tsx']
  return runInWorld([...node, 'bench/index.ts', ...process.argv.slice(2)])
})
