// npm run bench: sets up, builds the peers, then runs the benchmarks in a world of their own. The case `wifi` has a virtual
// machine instead, and runs only when it is asked for by name.

import { ensurePeers } from './setup/build-peers.mjs'
import { runMain, setup } from './setup.mjs'
import { runProgramInVm } from './vm/run-files.mjs'
import { runInWorld } from './world.mjs'

const ROW = /^bench\t(.*)$/

/** Prints the rows as JSON: that is what they cross the machine's border as. */
async function benchWifi() {
  await setup({ packages: ['lab', 'build'], typescript: true, addon: true })
  const lines = await runProgramInVm('bench/vm/wifi.ts')
  for (const line of lines) {
    const [, row] = ROW.exec(line) ?? []
    if (row !== undefined) process.stdout.write(`${row}\n`)
  }
  return lines.some((line) => ROW.test(line)) ? 0 : 1
}

await runMain(async () => {
  const args = process.argv.slice(2)
  if (args.includes('wifi')) return benchWifi()
  // The quick run only shows that everything works, with the peers that are there.
  const peers = args.includes('--quick') ? [] : ['bench']
  await setup({ packages: ['lab', 'build', ...peers], typescript: true, addon: true })
  await ensurePeers()
  const node = [process.execPath, '--enable-source-maps', '--import', 'tsx']
  // Root's own namespaces where we may: a receive buffer is forced only with a capability of the first user namespace.
  return runInWorld([...node, 'bench/index.ts', ...args], { preferPlain: true })
})
