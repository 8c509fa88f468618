/** Runs the benchmarks: `npm run bench -- [CASE] [--json] [--rounds N]`. Runs inside a world. */

import { failover } from './cases/failover.js'
import { printJson } from './report.js'

const CASES: Readonly<Record<string, (options: BenchOptions) => ReturnType<typeof failover>>> = { failover }

export interface BenchOptions {
  /** Print nothing but JSON lines. */
  readonly json: boolean
  /** Failovers a peer. */
  readonly rounds: number
}

const DEFAULT_ROUNDS = 200

const args = process.argv.slice(2)
const json = args.includes('--json')
const roundsAt = args.indexOf('--rounds')
const rounds = roundsAt === -1 ? DEFAULT_ROUNDS : Number(args[roundsAt + 1])
const named = args.filter((arg, index) => !arg.startsWith('--') && (roundsAt === -1 || index !== roundsAt + 1))
const unknown = named.find((name) => !(name in CASES))

if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`usage: npm run bench -- [${Object.keys(CASES).join(' | ')}] [--json] [--rounds N]\n`)
  process.exitCode = 2
} else {
  for (const name of named.length > 0 ? named : Object.keys(CASES)) {
    const rows = (await CASES[name]?.({ json, rounds })) ?? []
    if (json) printJson(rows)
  }
}
