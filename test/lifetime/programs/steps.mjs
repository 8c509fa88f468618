// The steps of the lifetime matrix. Each brings an engine into the middle of something and returns at once, the engine
// still busy; what ends it there is the caller's matter.

import { createRequire } from 'node:module'
import { openKernel } from '../../../dist/kernel/index.js'
import { checkBinding } from '../../../dist/kernel/load-addon.js'

/** Enough to be in the middle of a stream. */
const EVENTS_SEEN = 20
/** Enough that many are outstanding when the round ends. */
const BULK_COMMANDS = 500
const SINGLE_COMMANDS = 10

/** The addon, between the kernel and which stands somebody who can throw inside the delivery and drop the engine's handle. */
export class Binding {
  #addon
  #handle
  /** Called inside the addon's call of onBatch, after the kernel. */
  hook

  constructor(file) {
    this.#addon = checkBinding(createRequire(import.meta.url)(file), file)
    this.abi = this.#addon.abi
    this.schema = this.#addon.schema
  }

  open(options, onBatch) {
    this.#handle = this.#addon.open(options, (...batch) => {
      onBatch(...batch)
      this.hook?.()
    })
    const call =
      (_, name) =>
      (...args) =>
        this.#handle[name](...args)
    return new Proxy({}, { get: call })
  }

  closeHandle() {
    this.#handle.close()
  }

  /** Lets go of the engine's handle, which nobody else holds; the weak reference shows whether it was collected. */
  drop() {
    const handle = new WeakRef(this.#handle)
    this.#handle = undefined
    return handle
  }
}

/** Resolves when a kernel has told so many changes more. */
export function changes(kernel, count = EVENTS_SEEN) {
  return new Promise((resolve) => {
    let seen = 0
    const subscription = kernel.subscribe((batch) => {
      seen += batch.length
      if (seen < count) return
      subscription.unsubscribe()
      resolve()
    })
  })
}

/** A route that comes and goes in a table of one's own. */
function flips(table, count) {
  const route = { family: 4, destination: '203.0.113.0/24', routeType: 'blackhole', table }
  return Array.from({ length: count }, (_, at) => ({ type: at % 2 === 0 ? 'addRoute' : 'deleteRoute', ...route }))
}

function outstanding(kernel, table) {
  const sends = [kernel.send(flips(table, BULK_COMMANDS))]
  for (const command of flips(table, SINGLE_COMMANDS)) sends.push(kernel.send([command]))
  // Closed under them they reject with ERR_STOPPED, which is right.
  return Promise.allSettled(sends)
}

/** The kernel answers, and does as it is told; a round that was cut short may have left the route. */
export async function prove(kernel, table) {
  const [, remove] = flips(table, 2)
  const results = await kernel.send([{ ...remove, type: 'replaceRoute' }, remove])
  for (const result of results) if (result !== 'done') throw result
}

/**
 * Goes into a step. `hook` is called inside the delivery and `listener` inside a subscription, once, as soon as the step
 * has been reached.
 */
export async function enter(step, { netns, addon, table, hook, listener, logger }) {
  const binding = new Binding(addon)
  const once = (work) => () => {
    binding.hook = undefined
    work?.()
  }
  const session = { binding, table, kernel: undefined, sends: Promise.resolve(), close: () => session.kernel.close() }
  const opening = openKernel({ netns, binding, logger })
  session.opening = opening
  if (step === 'open') {
    if (hook !== undefined) binding.hook = once(hook)
    session.close = () => binding.closeHandle()
    return session
  }
  const kernel = await opening
  session.kernel = kernel
  const arm = (work) => {
    if (hook !== undefined) binding.hook = once(() => hook(work?.()))
    if (listener === undefined) return
    const subscription = kernel.subscribe(() => {
      subscription.unsubscribe()
      work?.()
      listener()
    })
  }
  if (step === 'event') {
    await changes(kernel)
    arm()
  } else if (step === 'command') {
    arm()
    session.sends = outstanding(kernel, table)
  } else if (step === 'close') {
    session.sends = outstanding(kernel, table)
    const close = () => void kernel.close()
    if (hook === undefined && listener === undefined) close()
    else arm(close)
  } else throw new Error(`no such step: ${step}`)
  return session
}
