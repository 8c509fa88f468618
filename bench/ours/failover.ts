/**
 * failover order|javascript NETNS: a prepared command of `vintage-net/kernel`, executed by the engine as a standing order,
 * or sent by a listener. Prints when the kernel had acknowledged it (stamped by the engine's thread when it read that), in
 * ns of CLOCK_MONOTONIC; when the carrier is back, puts the first route in its place again and prints `restored`.
 */

import { FIRST, METRIC, SECOND } from '../uplinks.js'
import { type Kernel, NetworkError } from './library.js'
import { answer, say } from './lines.js'
import { openWatched } from './watched-kernel.js'

const [way, netns = ''] = process.argv.slice(2)

const { kernel, onAcknowledged } = await openWatched(netns, ['links']) // the groups that C joins

function routeOver({ ifname, gateway }: typeof FIRST | typeof SECOND) {
  const ifindex = kernel.mirror.linkByName(ifname)?.ifindex
  const type = 'replaceRoute' as const
  return { type, family: 4 as const, destination: 'default', ifindex, gateway, metric: METRIC }
}

const prepared = routeOver(SECOND)
const original = routeOver(FIRST)

/** What the kernel offers for orders; absent from older engines. */
interface Ordering {
  setStandingOrders(orders: readonly object[]): unknown
}

function orders(kernel: Kernel): Ordering | undefined {
  return 'setStandingOrders' in kernel ? (kernel as Kernel & Ordering) : undefined
}

async function giveOrder(): Promise<void> {
  const when = { ifindex: original.ifindex, lowerUp: false }
  const { ifindex, ...rest } = prepared
  await orders(kernel)?.setStandingOrders([{ name: 'failover', when, commands: [{ ...rest, ifindex }] }])
}

async function restore(): Promise<void> {
  const [result] = await kernel.send([original])
  if (result instanceof NetworkError) throw result
  // Each order is carried out once.
  if (way === 'order') await giveOrder()
  say('restored')
}

kernel.prepare([prepared, original])
kernel.subscribe((changes) => {
  for (const change of changes) {
    if ((change.type as string) === 'order' && way === 'order') say(String(Math.round(change.atMs * 1e6)))
    if (change.type !== 'link' || change.ifname !== FIRST.ifname || change.previous === undefined) continue
    if (!change.previous.lowerUp && change.lowerUp) void restore()
    if (way === 'order' || !change.previous.lowerUp || change.lowerUp) continue
    onAcknowledged((atMs) => say(String(Math.round(atMs * 1e6))))
    void kernel.send([prepared])
  }
})
if (way === 'order' && orders(kernel) === undefined) throw new Error('this engine knows no standing orders')
if (way === 'order') await giveOrder()
say('ready')
await answer(async (line) => line)
await kernel.close()
