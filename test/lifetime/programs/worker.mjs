// A worker thread of one round, see rows-with-workers.mjs.

import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { turns } from './resources.mjs'
import { changes, enter, prove } from './steps.mjs'

const { end, step, table } = workerData
const GC_ATTEMPTS = 20

const begin = () => enter(step, workerData)

/** Into the step again and again, until somebody ends the thread. */
async function beEnded() {
  for (;;) {
    const session = await begin()
    parentPort.postMessage('ready')
    if (step === 'event') return // open, and busy
    await session.opening
    await session.sends
    await session.close()
  }
}

async function leaveByItself() {
  const session = await begin()
  await session.close()
}

/** Told to finish, shows that its engine is unharmed. */
async function survive() {
  const session = await begin()
  parentPort.postMessage('ready')
  await once(parentPort, 'message')
  const kernel = await session.opening
  await session.sends
  if (step !== 'close') {
    await changes(kernel)
    await prove(kernel, table)
  }
  await session.close()
}

/** Nobody holds the engine's handle any more: it is collected, and the engine goes on, for its callback is still wanted. */
async function beCollected() {
  const session = await begin()
  const handle = session.binding.drop()
  for (let attempt = 0; handle.deref() !== undefined; attempt += 1) {
    if (attempt === GC_ATTEMPTS) throw new Error('the handle is not collected')
    await turns(1) // a dereferenced WeakRef holds its target to the end of the turn
    globalThis.gc()
  }
  if (step === 'close') return // and the thread must end by itself
  const kernel = await session.opening
  await session.sends
  await changes(kernel)
  process.exit(0) // an open engine keeps its thread alive
}

if (end === 'terminated') await beEnded()
else if (end === 'natural') await leaveByItself()
else if (end === 'survivor') await survive()
else if (end === 'collected') await beCollected()
else if (end === 'exit') {
  await begin()
  process.exit(7)
} else throw new Error(`no such end: ${end}`)
