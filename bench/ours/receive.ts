/**
 * receive changes|objects BUFFER_BYTES (0: the library's default): hears address changes. `changes`: as `subscribe` tells
 * them, differences of the mirror; at the end the mirror is compared with a fresh dump. `objects`: the engine's events as
 * they come out of the addon, without a mirror.
 */

import { cpuUs, nowNs, quiet } from './clock.js'
import { loadAddon, open } from './library.js'
import { answer, say } from './lines.js'

/** Of more events the times are not of interest. */
const MAX_STAMPS = 10_000
const ADDRESSES = ['addresses'] as const

const [mode, bufferBytes] = process.argv.slice(2)
const buffer = Number(bufferBytes) > 0 ? { receiveBufferBytes: Number(bufferBytes) } : {}

const count = { events: 0, overruns: 0, lastAtNs: 0 }
let stampsNs: number[] = []

/** Takes a batch of changes or of events: their types have the same names. */
function take(batch: readonly { readonly type: string }[]): void {
  const atNs = nowNs()
  for (const { type } of batch) {
    if (type === 'overrun') count.overruns += 1
    if (type !== 'address' && type !== 'addressGone') continue
    count.events += 1
    count.lastAtNs = atNs
    if (stampsNs.length < MAX_STAMPS) stampsNs.push(atNs)
  }
}

const sorted = (addresses: readonly object[]): string =>
  JSON.stringify(addresses.map((one) => JSON.stringify(one)).sort())

/** Opens and resolves with the comparison at the end: whether what is held equals what the kernel holds. */
async function start(): Promise<() => Promise<boolean | undefined>> {
  if (mode === 'objects') {
    const handle = loadAddon().open({ ...buffer, follow: ADDRESSES }, take)
    return async () => {
      handle.close()
      return undefined
    }
  }
  const kernel = await open(ADDRESSES, buffer)
  kernel.subscribe(take)
  return async () => {
    await kernel.settled()
    const exact = sorted(kernel.mirror.addresses()) === sorted(await kernel.addresses())
    await kernel.close()
    return exact
  }
}

const compare = await start()
await quiet(() => count.events)
say('ready')

let since = { events: 0, cpuUs: 0 }
await answer(async (line) => {
  await quiet(() => count.events)
  if (line === 'mark') {
    since = { events: count.events, cpuUs: cpuUs() }
    stampsNs = []
    return 'marked'
  }
  const events = count.events - since.events
  const result = { events, cpuUs: cpuUs() - since.cpuUs, lastAtNs: count.lastAtNs, overruns: count.overruns, stampsNs }
  return JSON.stringify({ ...result, stampsNs: events <= MAX_STAMPS ? stampsNs : [], exact: await compare() })
})
