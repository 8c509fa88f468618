/** Runs the benchmarks: `npm run bench -- [CASE …] [--json] [--rounds N] [--quick]`. Runs inside a world. */

import { enterWorld } from '../test/support/lab/enter-world.js'
import { run as bss } from './cases/bss.js'
import { run as drain } from './cases/drain.js'
import { run as dump } from './cases/dump.js'
import { run as failover } from './cases/failover.js'
import { run as latency } from './cases/latency.js'
import { run as memory } from './cases/memory.js'
import { run as probe } from './cases/probe.js'
import { run as replace } from './cases/replace.js'
import { run as start } from './cases/start.js'
import { run as storm } from './cases/storm.js'
import { run as table } from './cases/table.js'
import { readOptions, usage } from './options.js'
import { jsonOf, tableOf } from './print.js'
import type { Row } from './row.js'
import { FULL, QUICK, type Setting } from './setting.js'

const CASES: Readonly<Record<string, (setting: Setting) => Promise<Row[]>>> = {
  storm,
  drain,
  latency,
  dump,
  replace,
  probe,
  failover,
  memory,
  table,
  start,
  bss,
}

const options = readOptions(process.argv.slice(2), Object.keys(CASES))
if (typeof options === 'string') {
  process.stderr.write(`${options}\n${usage(Object.keys(CASES))}\n`)
  process.exitCode = 2
} else {
  await enterWorld()
  const note = (text: string): void => void process.stderr.write(`note: ${text}\n`)
  const setting = { sizes: options.quick ? QUICK : FULL, rounds: options.rounds, note }
  const rows: Row[] = []
  for (const name of options.cases) {
    const startedMs = performance.now()
    const found = (await CASES[name]?.(setting)) ?? []
    process.stderr.write(`bench: ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`)
    if (options.json) for (const row of found) process.stdout.write(jsonOf(row))
    rows.push(...found)
  }
  if (!options.json) process.stdout.write(tableOf(rows))
  if (rows.some(({ ours }) => ours === null)) process.exitCode = 1
}
