// Rounds that leave this process alive, with the engine in its main thread.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { changes, enter, prove } from './steps.mjs'

const TABLE = 501

/** Nothing is lost by what happened in the step: the engine still tells and still obeys, unless the step was to close it. */
async function goOn(session, step) {
  const kernel = await session.opening
  await session.sends
  if (step === 'close') return
  await changes(kernel)
  await prove(kernel, TABLE)
}

async function closed(spec) {
  const session = await enter(spec.step, { ...spec, table: TABLE })
  await session.close()
  await session.close()
  await session.sends
}

/** An error thrown inside the delivery is uncaught, as loud as any other, and heard exactly once. */
async function throwInDelivery(spec) {
  const heard = once(process, 'uncaughtException')
  const hook = () => {
    throw new Error('thrown on purpose')
  }
  const session = await enter(spec.step, { ...spec, table: TABLE, hook })
  const [error] = await heard
  if (error.message !== 'thrown on purpose') throw error
  await goOn(session, spec.step)
  await session.close()
}

/** An error thrown by a listener is logged and harms nobody. */
async function throwInListener(spec) {
  let logged = () => undefined
  const heard = new Promise((resolve) => {
    logged = resolve
  })
  const silent = () => undefined
  const logger = { debug: silent, info: silent, warn: silent, error: logged }
  const listener = () => {
    throw new Error('thrown on purpose')
  }
  const session = await enter(spec.step, { ...spec, table: TABLE, listener, logger })
  await heard
  await goOn(session, spec.step)
  await session.close()
}

/** What a program that is started now inherits, by number and target; ls itself opens its directory. */
async function inherited() {
  const child = spawn('ls', ['-l', '/proc/self/fd'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let listing = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    listing += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`ls ended with ${code}`)
  const open = [...listing.matchAll(/ (\d+) -> (\S+)$/gm)]
  return open
    .filter(([, number, target]) => Number(number) > 2 && !/^\/proc\/\d+\/fd$/.test(target))
    .map(([all]) => all)
}

/** What this process was itself given by whoever started it. */
let fromOutside

/** A program that is started meanwhile inherits nothing of the engine: no socket, no eventfd, no namespace. */
async function forkAndExec(spec) {
  fromOutside ??= await inherited()
  const session = await enter(spec.step, { ...spec, table: TABLE })
  const more = (await inherited()).filter((line) => !fromOutside.includes(line))
  if (more.length > 0) throw new Error(`inherited:\n${more.join('\n')}`)
  await goOn(session, spec.step)
  await session.close()
}

/** By the name of the row. */
export const IN_PROCESS = { closed, throwInDelivery, throwInListener, forkAndExec }
