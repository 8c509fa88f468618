// Rounds in which a worker thread begins and ends with an engine of its own.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { turns } from './resources.mjs'
import { changes, enter, prove } from './steps.mjs'

const MAIN_TABLE = 501
const WORKER_TABLES = [502, 503]
/** The worker is ended after so many turns of the loop at most, another number each round. */
const MOST_TURNS = 7

/** A worker in a step. An error in it is an error here. */
class Room {
  #worker
  #exit
  #ready
  #failed = undefined

  constructor(spec, end, table = WORKER_TABLES[0]) {
    const { step, netns, addon } = spec
    const workerData = { end, step, netns, addon, table }
    this.#worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData })
    this.#worker.on('error', (error) => {
      this.#failed = error
    })
    this.#exit = new Promise((resolve) => this.#worker.on('exit', resolve))
    this.#ready = once(this.#worker, 'message')
    this.#ready.catch(() => undefined)
  }

  async ready() {
    await Promise.race([this.#ready, this.#exit])
  }

  tell(message) {
    this.#worker.postMessage(message)
  }

  async terminate(round) {
    await turns(round % (MOST_TURNS + 1))
    await this.#worker.terminate()
    await this.ended(1)
  }

  /** Resolves when the worker has ended with that exit code. */
  async ended(code) {
    const got = await this.#exit
    if (this.#failed !== undefined) throw this.#failed
    if (got !== code) throw new Error(`the worker's exit code is ${got}, expected ${code}`)
  }
}

async function workerTerminated(spec, round) {
  const room = new Room(spec, 'terminated')
  await room.ready()
  await room.terminate(round)
}

async function workerExits(spec) {
  await new Room(spec, 'exit').ended(7)
}

async function handleCollected(spec) {
  await new Room(spec, 'collected').ended(0)
}

/** Both are in the step; the worker leaves by itself, the main thread goes on. */
async function mainAndWorker(spec) {
  const own = await enter(spec.step, { ...spec, table: MAIN_TABLE })
  const room = new Room(spec, 'natural')
  await room.ended(0)
  const kernel = await own.opening
  await own.sends
  if (spec.step !== 'close') {
    await changes(kernel)
    await prove(kernel, MAIN_TABLE)
  }
  await own.close()
}

/** Both are in the step; one is terminated, the other goes on and leaves by itself. */
async function twoWorkers(spec, round) {
  const [victim, survivor] = WORKER_TABLES.map((table, at) => new Room(spec, ['terminated', 'survivor'][at], table))
  await Promise.all([victim.ready(), survivor.ready()])
  await victim.terminate(round)
  survivor.tell('finish')
  await survivor.ended(0)
}

/** By the name of the row. */
export const WITH_WORKERS = { workerTerminated, workerExits, handleCollected, mainAndWorker, twoWorkers }
