/** Says of every route why it stands. Pure. */

import type { Snapshot } from '../index.js'
import { type Link, MAIN_TABLE, OUR_PROTOCOL, type Route, type Rule } from '../kernel/index.js'

export interface ExplainedRoute {
  readonly family: 4 | 6
  readonly routeType: string
  readonly destination: string
  readonly gateway?: string
  readonly ifname?: string
  readonly source?: string
  readonly metric: number
  readonly table: number
  readonly protocol: number
  /** One sentence. */
  readonly reason: string
}

/** What the kernel holds. */
export interface RoutingState {
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
  readonly links: readonly Link[]
}

/** The kernel's own: addresses of this machine and broadcasts, which nobody asks about. */
const LOCAL_TABLE = 255

/** RTPROT_* of linux/rtnetlink.h. */
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'an ICMP redirect'],
  [2, 'the kernel'],
  [3, 'a program at boot'],
  [4, 'an administrator'],
  [9, 'a router advertisement'],
  [11, 'zebra'],
  [12, 'bird'],
  [16, 'a DHCP client'],
  [186, 'BGP'],
  [187, 'IS-IS'],
  [188, 'OSPF'],
  [189, 'RIP'],
])

/** Routes of all tables but the kernel's own, in the order in which the kernel prefers them within a destination. */
export function explainRoutes(state: RoutingState, snapshot: Snapshot): ExplainedRoute[] {
  const names = new Map(state.links.map(({ ifindex, ifname }) => [ifindex, ifname]))
  return state.routes
    .filter(({ table, routeType }) => table !== LOCAL_TABLE && routeType !== 'multicast')
    .map((route) => explained(route, names.get(route.ifindex ?? -1), state, snapshot))
    .sort(compareRoutes)
}

function explained(route: Route, ifname: string | undefined, state: RoutingState, snapshot: Snapshot): ExplainedRoute {
  const { family, routeType, destination, gateway, source, metric, table, protocol } = route
  return {
    family,
    routeType,
    destination,
    ...(gateway === undefined ? {} : { gateway }),
    ...(ifname === undefined ? {} : { ifname }),
    ...(source === undefined ? {} : { source }),
    metric,
    table,
    protocol,
    reason: protocol === OUR_PROTOCOL ? ourReason(route, ifname, state, snapshot) : foreignReason(protocol),
  }
}

function foreignReason(protocol: number): string {
  const author = PROTOCOLS.get(protocol)
  return author === undefined ? `made by another program (protocol ${protocol})` : `made by ${author}`
}

function ourReason(route: Route, ifname: string | undefined, state: RoutingState, snapshot: Snapshot): string {
  if (ifname === undefined) return 'of an interface that is gone'
  const what = subject(route, ifname, snapshot)
  if (route.table === MAIN_TABLE) return `${what}; ${rank(route, ifname, snapshot)}`
  const sources = state.rules
    .filter(({ table, from }) => table === route.table && from !== undefined)
    .map(({ from }) => (from ?? '').replace(/\/(?:32|128)$/, ''))
  return sources.length === 0 ? what : `${what}; for packets from ${[...new Set(sources)].join(', ')}`
}

/** Where the route comes from. */
function subject({ destination, gateway }: Route, ifname: string, snapshot: Snapshot): string {
  const entry = snapshot.interfaces[ifname]
  if (gateway === undefined) return `network of ${ifname}`
  const routers = (entry?.dhcpOptions as { readonly router?: unknown } | undefined)?.router
  const leased = Array.isArray(routers) ? routers.includes(gateway) : routers === gateway
  const from = leased ? 'gateway of the DHCP lease of' : 'configured for'
  return destination === 'default'
    ? `${from} ${ifname}`
    : `route ${leased ? 'by the' : ''} ${from} ${ifname}`.replace(/ +/g, ' ')
}

function rank({ metric }: Route, ifname: string, snapshot: Snapshot): string {
  const order = snapshot.availableInterfaces.indexOf(ifname)
  const connection = snapshot.interfaces[ifname]?.connection ?? 'disconnected'
  if (order < 0) return `metric ${metric}, ${connection}`
  return `metric ${metric} as number ${order + 1} of ${snapshot.availableInterfaces.length}, ${connection}`
}

function compareRoutes(a: ExplainedRoute, b: ExplainedRoute): number {
  if (a.family !== b.family) return a.family - b.family
  if (a.table !== b.table) return a.table === MAIN_TABLE ? -1 : b.table === MAIN_TABLE ? 1 : a.table - b.table
  const isDefault = Number(b.destination === 'default') - Number(a.destination === 'default')
  if (isDefault !== 0) return isDefault
  if (a.destination !== b.destination) return a.destination < b.destination ? -1 : 1
  return a.metric - b.metric
}
