/** What was asked for on the command line. */

import { parseArgs } from 'node:util'

export interface Options {
  readonly cases: readonly string[]
  readonly json: boolean
  readonly quick: boolean
  readonly rounds: number
}

/** Enough for a median that one bad minute does not move. */
const DEFAULT_ROUNDS = 5

export function usage(cases: readonly string[]): string {
  return `usage: npm run bench -- [${cases.join(' | ')}] … [--json] [--rounds N] [--quick]`
}

/** The options, or what is wrong with them. */
export function readOptions(args: readonly string[], known: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, rounds: { type: 'string' } },
    })
    const unknown = positionals.find((name) => !known.includes(name))
    if (unknown !== undefined) return `no case ${unknown}`
    const quick = values.quick === true
    const rounds = values.rounds === undefined ? (quick ? 1 : DEFAULT_ROUNDS) : Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1) return `--rounds ${values.rounds}: not a positive whole number`
    return { cases: positionals.length > 0 ? positionals : known, json: values.json === true, quick, rounds }
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
