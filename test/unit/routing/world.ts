/** A route manager over a fake kernel, and what the tests of it look at. */

import { silentLogger } from '../../../lib/base/logger.js'
import { type KernelCommand, OUR_PROTOCOL, type Route } from '../../../lib/kernel/messages.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { RouteManager, type RouteManagerDeps } from '../../../lib/routing/route-manager.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

export interface World {
  readonly clock: SimulatedClock
  readonly kernel: FakeKernel
  readonly properties: PropertyTable
  readonly manager: RouteManager
  /** What the manager sent, call by call, at the moment of the call. */
  readonly batches: KernelCommand[][]
  /** 'ifname: problem' in order of telling. */
  readonly problems: string[]
  readonly priorities: (readonly string[])[]
  readonly warnings: string[]
  readonly links: readonly string[]
}

export interface WorldOptions {
  readonly links?: readonly string[]
  readonly routeMetric?: RouteManagerDeps['routeMetric']
  readonly maxInterfaceCount?: number
  readonly started?: boolean
}

/** The links' networks, in order of the links. */
const NETWORKS = ['192.0.2', '198.51.100', '203.0.113']

/** Links that are up with carrier, and a manager that has started. */
export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const { links = [], maxInterfaceCount = 8, started = true } = options
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  const properties = new PropertyTable({ clock, logger: silentLogger })
  const batches: KernelCommand[][] = []
  const problems: string[] = []
  const priorities: (readonly string[])[] = []
  const warnings: string[] = []
  for (const ifname of links) kernel.lab.addLink({ ifname, lowerUp: true })
  await kernel.settled()
  await kernel.links()
  await kernel.send(links.map((ifname) => ({ type: 'setLink', ifname, up: true })))
  const manager = new RouteManager({
    kernel: {
      mirror: kernel.mirror,
      subscribe: (listener) => kernel.subscribe(listener),
      settled: () => kernel.settled(),
      prepare: (commands) => kernel.prepare(commands),
      send: (commands) => {
        batches.push([...commands])
        return kernel.send(commands)
      },
    },
    properties,
    clock,
    logger: { ...silentLogger, warn: (_, message) => warnings.push(message) },
    maxInterfaceCount,
    routeMetric: options.routeMetric,
    onProblem: (ifname, problem) => problems.push(`${ifname}: ${problem ?? 'none'}`),
    onPriority: (ifnames) => priorities.push(ifnames),
  })
  if (started) await manager.start()
  return { clock, kernel, properties, manager, batches, problems, priorities, warnings, links }
}

export async function endWorld(world: World): Promise<void> {
  await world.manager.stop()
  await world.kernel.close()
}

export interface LeaseOptions {
  readonly metric?: number
}

/** Gives the link its address, as a lease would, then its routes. */
export async function leased(world: World, ifname: string, options: LeaseOptions = {}): Promise<void> {
  const network = NETWORKS[world.links.indexOf(ifname)]
  const address = `${network}.50`
  const protocol = OUR_PROTOCOL
  await world.kernel.send([{ type: 'addAddress', ifname, address, prefixLength: 24, noPrefixRoute: true, protocol }])
  world.manager.setRoutes(ifname, {
    addresses: [{ address, prefixLength: 24 }],
    gateway: `${network}.1`,
    metric: options.metric,
  })
  await world.manager.settled()
}

/** What the kernel holds of ours, a line an object, sorted. */
export function ourLines({ kernel }: World): string[] {
  const ours = { protocol: OUR_PROTOCOL }
  const nameOf = ({ ifindex }: Route): string => kernel.mirror.link(ifindex ?? 0)?.ifname ?? '?'
  const routes = kernel.mirror.routes(ours).map((route) => {
    const via = route.gateway === undefined ? '' : ` via ${route.gateway}`
    return `${route.destination}${via} ${nameOf(route)} metric ${route.metric} table ${route.table}`
  })
  const rules = kernel.mirror
    .rules(ours)
    .map(({ priority, from, table }) => `rule ${priority} from ${from} table ${table}`)
  return [...routes, ...rules].sort()
}

/** 'ifname metric' of our default routes in main, best first. */
export function defaults({ kernel }: World): string[] {
  return kernel.mirror
    .routes({ table: 254, protocol: OUR_PROTOCOL })
    .filter(({ destination }) => destination === 'default')
    .sort((a, b) => a.metric - b.metric)
    .map(({ ifindex, metric }) => `${kernel.mirror.link(ifindex ?? 0)?.ifname} ${metric}`)
}

/** Worlds of the test that is running; each test file is a process of its own. */
const open: World[] = []

/** A world that `endWorlds` ends. */
export async function world(options: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const made = await makeWorld(options)
  open.push(made)
  return made
}

/** Ends what the test has made; safe to repeat. */
export async function endWorlds(): Promise<void> {
  for (const made of open.splice(0)) await endWorld(made)
}

/** eth0 and wlan0 with addresses, both judged internet. */
export async function twoUplinks(options: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const made = await world({ links: ['eth0', 'wlan0'], ...options })
  for (const ifname of ['eth0', 'wlan0']) {
    await leased(made, ifname)
    made.manager.setConnection(ifname, 'internet', 'test')
  }
  await made.manager.settled()
  return made
}
