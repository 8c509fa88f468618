// Two uplinks, and a standing order: when the first one loses its carrier, the engine's thread itself makes the second one
// the way out, while JavaScript stands still.
// node --import tsx examples/failover-by-standing-order.ts [NETNS]
// NETNS is the path of a network namespace in which nothing is called uplink0, uplink1, cable0 or cable1. Without it the
// example makes a namespace that ends with it. Needs root.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Kernel, type KernelChange, type KernelCommand, openKernel } from 'vintage-net/kernel'

/** For so long JavaScript does nothing at all after the cable has been pulled. */
const STANDSTILL_MS = 500

/** The engine's clock (CLOCK_MONOTONIC). */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6

/** A process in a network namespace of its own. */
async function ownNamespace(): Promise<{ pid: number; end(): void }> {
  const child = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep infinity'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  if (child.pid === undefined || child.exitCode !== null) throw new Error('no namespace could be made')
  return { pid: child.pid, end: () => void child.kill('SIGKILL') }
}

async function mustSend(kernel: Kernel, commands: readonly KernelCommand[]): Promise<void> {
  for (const result of await kernel.send(commands)) if (result !== 'done') throw result
}

/** An uplink and the far end of its cable, which stays in this namespace: there is nobody to talk to. */
function uplink(number: number, address: string): KernelCommand[] {
  const [ifname, far] = [`uplink${number}`, `cable${number}`]
  return [
    { type: 'addLink', ifname, kind: 'veth', peer: { ifname: far } },
    { type: 'setLink', ifname: far, up: true },
    { type: 'setLink', ifname, up: true },
    { type: 'addAddress', ifname, address, prefixLength: 24 },
  ]
}

/** The first change that fits; ask before you do what causes it. */
function changeOf<T extends KernelChange>(kernel: Kernel, fits: (change: KernelChange) => change is T): Promise<T> {
  return new Promise((resolve) => {
    const subscription = kernel.subscribe((changes) => {
      const found = changes.find(fits)
      if (found === undefined) return
      subscription.unsubscribe()
      resolve(found)
    })
  })
}

async function carrier(kernel: Kernel, ifname: string): Promise<void> {
  const has = (): boolean => kernel.mirror.linkByName(ifname)?.lowerUp === true
  if (!has()) await changeOf(kernel, (change): change is KernelChange => has() && change.type === 'link')
}

async function wayOut(kernel: Kernel): Promise<string> {
  const route = (await kernel.routes({ table: 254 })).find(({ destination }) => destination === 'default')
  if (route?.ifindex === undefined) return 'nowhere'
  return `${route.gateway} by ${kernel.mirror.link(route.ifindex)?.ifname}`
}

async function failover(kernel: Kernel): Promise<void> {
  await mustSend(kernel, [...uplink(0, '192.0.2.2'), ...uplink(1, '198.51.100.2')])
  await Promise.all([carrier(kernel, 'uplink0'), carrier(kernel, 'uplink1')])
  const defaultRoute = { type: 'replaceRoute', family: 4, destination: 'default' } as const
  await mustSend(kernel, [{ ...defaultRoute, gateway: '192.0.2.1', ifname: 'uplink0' }])
  console.log(`before: ${await wayOut(kernel)}`)

  const generation = await kernel.setStandingOrders([
    {
      name: 'uplink0 is lost',
      when: { ifname: 'uplink0', lowerUp: false },
      commands: [{ ...defaultRoute, gateway: '198.51.100.1', ifname: 'uplink1' }],
    },
  ])
  console.log(`generation ${generation} stands`)

  const outcome = changeOf(kernel, (change) => change.type === 'order')
  const pulledMs = nowMs()
  const pulled = mustSend(kernel, [{ type: 'setLink', ifname: 'cable0', up: false }])
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STANDSTILL_MS)
  const wokenMs = nowMs()
  await pulled
  const order = await outcome

  const results = order.results.map((result) => (result === 'done' ? result : result.message))
  console.log(`order "${order.name}" of generation ${order.generation}: ${results.join(', ')}`)
  console.log(`read ${(order.triggeredMs - pulledMs).toFixed(3)} ms after the cable was pulled`)
  console.log(`done ${(order.doneMs - order.triggeredMs).toFixed(3)} ms after that`)
  console.log(`JavaScript went on ${(wokenMs - order.doneMs).toFixed(3)} ms later`)
  console.log(`after: ${await wayOut(kernel)}`)
}

const given = process.argv[2]
const own = given === undefined ? await ownNamespace() : undefined
const kernel = await openKernel({ netns: given ?? own?.pid })
try {
  await failover(kernel)
} finally {
  await kernel.close()
  own?.end()
}
