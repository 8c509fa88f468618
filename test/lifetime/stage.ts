/** Where the lifetime matrix plays: a namespace with a load in it, the programs of its cells, and how many rounds of each. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { ROOT } from '../support/source-files.js'
import { freshNamespace, type Namespace } from '../support/world.js'

/** The full check runs with VINTAGE_NET_FULL=1. */
export const FULL = process.env['VINTAGE_NET_FULL'] === '1'
/** Rounds of a cell that leaves its process alive. */
export const LIVING_ROUNDS = FULL ? 1000 : 5
/** Rounds of a cell that ends a process. */
export const ENDING_ROUNDS = FULL ? 50 : 5

export const STEPS = ['open', 'event', 'command', 'close'] as const
export type Step = (typeof STEPS)[number]

export const SHIPPED_ADDON = join(ROOT, 'build-cmake/Release/vintage_net.node')

/** A process of a cell that takes longer hangs: so much to begin with, and so much a round. */
const START_LIMIT_MS = 30_000
const ROUND_LIMIT_MS = 1_000

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

/** How a program ended. */
export interface Ending {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

/** What many rounds in one process report; see programs/rounds.mjs. */
export interface Report {
  readonly rounds: number
  readonly before: { readonly descriptors: number; readonly threads: number }
  readonly after: { readonly descriptors: number; readonly threads: number }
  readonly residentKiB: readonly number[]
  readonly ms: number
}

async function run(name: string, spec: object, rounds: number): Promise<Ending> {
  const args = ['--expose-gc', program(name), JSON.stringify(spec)]
  const timeout = START_LIMIT_MS + rounds * ROUND_LIMIT_MS
  const result = await execa(process.execPath, args, { timeout, reject: false, stdin: 'ignore' })
  const { exitCode, signal, timedOut, stdout, stderr } = result
  return { exitCode, signal, timedOut, stdout, stderr }
}

/** One namespace with addresses that come and go without end. */
export class Stage implements AsyncDisposable {
  readonly #namespace: Namespace
  #load: ChildProcess | undefined

  static async create(): Promise<Stage> {
    const stage = new Stage(await freshNamespace())
    try {
      await stage.#namespace.ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1')
      for (const ifname of ['v0', 'v1']) await stage.#namespace.ip('link', 'set', 'dev', ifname, 'up')
      stage.#load = spawn(process.execPath, [program('load.mjs'), stage.#namespace.path], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      if (stage.#load.stdout !== null) await once(stage.#load.stdout, 'data')
    } catch (thrown) {
      await stage[Symbol.asyncDispose]()
      throw thrown
    }
    return stage
  }

  private constructor(namespace: Namespace) {
    this.#namespace = namespace
  }

  /** Many rounds of one cell in one process. */
  rounds(row: string, step: Step, { rounds = LIVING_ROUNDS, addon = SHIPPED_ADDON } = {}): Promise<Ending> {
    return run('rounds.mjs', { row, step, rounds, addon, netns: this.#namespace.path }, rounds)
  }

  /** One round that ends its process. */
  ending(end: 'natural' | 'exit' | 'throw', step: Step, round: number): Promise<Ending> {
    return run('ending.mjs', { end, step, round, addon: SHIPPED_ADDON, netns: this.#namespace.path }, 1)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const load = this.#load
    if (load !== undefined && load.exitCode === null) {
      const ended = once(load, 'exit')
      load.stdin?.end()
      await ended
    }
    await this.#namespace.delete()
  }
}
