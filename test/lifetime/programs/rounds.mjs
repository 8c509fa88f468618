// node --expose-gc rounds.mjs SPEC: many rounds of one cell in this process; prints what it held before and after as JSON.
// SPEC is JSON: { row, step, rounds, netns, addon }. Anything that is not as it must be ends the process with an error.

import { setImmediate as turn } from 'node:timers/promises'
import { held, settled } from './resources.mjs'
import { IN_PROCESS } from './rows-in-process.mjs'
import { WITH_WORKERS } from './rows-with-workers.mjs'

/** Rounds in which Node and its allocator reach their size. */
const WARM_UP_ROUNDS = 2
const RSS_SAMPLES = 10

const spec = JSON.parse(process.argv[2])
const run = { ...IN_PROCESS, ...WITH_WORKERS }[spec.row]
if (run === undefined) throw new Error(`no such row: ${spec.row}`)

for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await run(spec, round)
const before = held()
const residentKiB = []
const every = Math.max(1, Math.floor(spec.rounds / RSS_SAMPLES))
const startedMs = performance.now()
for (let round = 0; round < spec.rounds; round += 1) {
  await run(spec, round)
  // Node finishes what has ended in a turn of its loop; some rounds have none by themselves.
  await turn()
  if ((round + 1) % every !== 0) continue
  globalThis.gc()
  residentKiB.push(Math.round(process.memoryUsage.rss() / 1024))
}
const ms = performance.now() - startedMs
const after = await settled(before)
process.stdout.write(JSON.stringify({ rounds: spec.rounds, before, after, residentKiB, ms }))
