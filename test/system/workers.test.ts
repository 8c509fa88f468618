import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Lab } from '../support/lab.js'

/** Enough to hit a delivery in the middle; the thousand rounds of a full check take minutes. */
const ROUNDS = 10

interface Report {
  readonly seen: number
}

/** A worker with an engine of its own under load; each has a table of its own. */
function start(lab: Lab, table: number): Worker {
  const url = new URL('../support/engine-worker.mjs', import.meta.url)
  return new Worker(url, { workerData: { netns: lab.namespace, table } })
}

/** Resolves when the worker has seen more than it had. */
async function progress(worker: Worker): Promise<number> {
  const [report] = (await once(worker, 'message')) as [Report]
  return report.seen
}

test('two engines in two worker threads work side by side, and end when they are closed', async () => {
  await using lab = await Lab.create()
  const workers = [start(lab, 501), start(lab, 502)]
  const first = await Promise.all(workers.map(progress))
  const second = await Promise.all(workers.map(progress))
  assert.ok(second.every((seen, index) => seen > (first[index] ?? 0)))
  const exits = workers.map((worker) => once(worker, 'exit'))
  for (const worker of workers) worker.postMessage('close')
  assert.equal(await Promise.all(exits), [[0], [0]])
})

test('a worker that is terminated under load takes its engine along, and nobody else', async () => {
  await using lab = await Lab.create()
  const steady = start(lab, 501)
  await progress(steady)
  for (let round = 0; round < ROUNDS; round += 1) {
    const victim = start(lab, 502)
    await progress(victim)
    await victim.terminate()
    const before = await progress(steady)
    assert.ok((await progress(steady)) > before)
  }
  const ended = once(steady, 'exit')
  steady.postMessage('close')
  assert.equal(await ended, [0])
})

test.run()
