// npm run demo [-- --json]: sets up (progress on standard error only), then runs the demo in a world of its own.

import { runMain, setup } from './setup.mjs'
import { runInWorld } from './world.mjs'

await runMain(async () => {
  await setup({ packages: ['lab'], typescript: true, addon: true })
  const node = [process.execPath, '--enable-source-maps', '--import', 'tsx']
  return runInWorld([...node, 'scripts/demo/main.ts', ...process.argv.slice(2)])
})
