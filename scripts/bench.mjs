// npm run bench: sets up, builds the peers, then runs the benchmarks in a world of their own.

import { ensurePeers } from './setup/build-peers.mjs'
import { runMain, setup } from './setup.mjs'
import { runInWorld } from './world.mjs'

await runMain(async () => {
  const args = process.argv.slice(2)
  // The quick run only shows that everything works, with the peers that are there.
  const peers = args.includes('--quick') ? [] : ['bench']
  await setup({ packages: ['lab', 'build', ...peers], typescript: true, addon: true })
  await ensurePeers()
  const node = [process.execPath, '--enable-source-maps', '--import', 'tsx']
  // Root's own namespaces where we may: a receive buffer is forced only with a capability of the first user namespace.
  return runInWorld([...node, 'bench/index.ts', ...args], { preferPlain: true })
})
