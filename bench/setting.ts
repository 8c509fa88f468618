/** What a case is given: how much to do, and the command lines of those that do it. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface Sizes {
  readonly stormEvents: number
  readonly warmUpEvents: number
  /** Of a peer that needs more than ten times as long as the others. */
  readonly slowStormEvents: number
  readonly latencyEvents: number
  readonly routes: number
  readonly spawnedRoutes: number
  readonly probes: number
  readonly outstanding: number
  readonly warmUpFailovers: number
  readonly failovers: number
  readonly restedFailovers: number
  readonly linkPairs: number
  readonly memoryEvents: number
  readonly tablePuts: number
  readonly tableNotifications: number
  readonly bssEntries: number
  readonly bssRounds: number
  /** Configured ones of an instance; a figure for each count. */
  readonly interfaces: readonly number[]
}

export const FULL: Sizes = {
  stormEvents: 200_000,
  warmUpEvents: 100_000,
  slowStormEvents: 20_000,
  latencyEvents: 1_000,
  routes: 100_000,
  spawnedRoutes: 200,
  probes: 10_000,
  outstanding: 1_000,
  warmUpFailovers: 1_000,
  failovers: 50,
  restedFailovers: 3,
  linkPairs: 500,
  memoryEvents: 10_000_000,
  tablePuts: 2_000_000,
  tableNotifications: 2_000_000,
  bssEntries: 500,
  bssRounds: 400,
  interfaces: [8, 200],
}

/** Shows that every case runs; its figures mean nothing. */
export const QUICK: Sizes = {
  stormEvents: 2_000,
  warmUpEvents: 128,
  slowStormEvents: 1_000,
  latencyEvents: 20,
  routes: 1_000,
  spawnedRoutes: 5,
  probes: 100,
  outstanding: 20,
  warmUpFailovers: 1,
  failovers: 3,
  restedFailovers: 1,
  linkPairs: 10,
  memoryEvents: 20_000,
  tablePuts: 5_000,
  tableNotifications: 5_000,
  bssEntries: 50,
  bssRounds: 2,
  interfaces: [2, 4],
}

export interface Setting {
  readonly sizes: Sizes
  readonly rounds: number
  /** Says something on standard error. */
  readonly note: (text: string) => void
}

/** Rounds of a peer: it is there for comparison, its figures need less confidence. */
export const PEER_ROUNDS = 3

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
/** Debian's Python, which has Debian's packages; another may come first on the path. */
const PYTHON = '/usr/bin/python3'
const PYROUTE2 = '/usr/lib/python3/dist-packages/pyroute2'

export type Command = readonly [string, readonly string[]]

/** A program of ours, as the measured processes are run. */
export function ours(role: string, ...args: readonly (string | number)[]): Command {
  const node = ['--expose-gc', '--import', 'tsx', file(`./ours/${role}.ts`)]
  return [process.execPath, [...node, ...args.map(String)]]
}

/** MiB; V8's own limit is 16. Objects that outlive it are copied twice. */
export const LARGE_YOUNG_GENERATION = '--max-semi-space-size=64'

/** The same with a flag of Node's, for what a program with much to hold may choose. */
export function oursWith(flag: string, [program, args]: Command): Command {
  return [program, [flag, ...args]]
}

export function c(role: string, ...args: readonly (string | number)[]): Command {
  return [file(`../build-bench/${role}`), args.map(String)]
}

/** undefined where Go or its library is not there. */
export function go(role: string, ...args: readonly (string | number)[]): Command | undefined {
  const program = file(`../build-bench/go-${role}`)
  return existsSync(program) ? [program, args.map(String)] : undefined
}

/** undefined where Debian's pyroute2 is not there. */
export function python(role: string, ...args: readonly (string | number)[]): Command | undefined {
  return existsSync(PYROUTE2) ? [PYTHON, [file(`./peers/python/${role}.py`), ...args.map(String)]] : undefined
}

/** A Node program of the folder `iproute2` or `node`. */
export function node(path: string, ...args: readonly (string | number)[]): Command {
  return [process.execPath, [file(`./peers/${path}.mjs`), ...args.map(String)]]
}
