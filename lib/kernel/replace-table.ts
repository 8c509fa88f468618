/** A routing table as a whole: desired state in, as few commands as possible out. */

import ipaddr from 'ipaddr.js'
import { NetworkError } from '../errors.js'
import { checkCommand } from './check-command.js'
import type { CommandResult, Kernel } from './kernel.js'
import type { Family, KernelCommand, Nexthop, NexthopSettings, Route, RouteCommand } from './messages.js'
import { resolveCommand } from './resolve-command.js'
import { withRouteDefaults } from './route-defaults.js'
import { sameRoute } from './same-record.js'

/** RTPROT_STATIC, which sends without a protocol carry too. */
const DEFAULT_PROTOCOL = 4
/** What the kernel makes of metric 0 (IP6_RT_PRIO_USER). */
const IPV6_DEFAULT_METRIC = 1_024

/** One route of a desired table; the table's own fields are not repeated. */
export type DesiredRoute = Omit<RouteCommand, 'type' | 'family' | 'table' | 'protocol'>

export interface DesiredTable {
  readonly table: number
  readonly family: Family
  /** Marks the routes that are ours to add and to delete. Default 4, static. */
  readonly protocol?: number | undefined
  readonly routes: readonly DesiredRoute[]
}

/** How many of each; a refused command counts in none. */
export interface TableReplaced {
  readonly unchanged: number
  readonly added: number
  readonly replaced: number
  readonly deleted: number
  readonly refused: readonly NetworkError[]
}

type Step = RouteCommand

/** A desired route as the kernel will list it, and the command that makes it. */
export interface Wanted {
  readonly route: Route
  readonly command: RouteCommand
}

/** The commands from `actual` to `desired`, what has to go last; both hold routes of one table, family and protocol. */
export function diffTable(actual: readonly Route[], desired: readonly Wanted[]): Step[] {
  const held = new Map<string, Route[]>()
  for (const route of actual) held.set(keyOf(route), [...(held.get(keyOf(route)) ?? []), route])
  const changes: Step[] = []
  for (const { route, command } of desired) {
    const group = held.get(keyOf(route)) ?? []
    const same = group.findIndex((candidate) => sameRoute(withoutObjectsWay(candidate), route))
    if (same !== -1) group.splice(same, 1)
    else {
      // The kernel replaces the first of equal keys: whichever it takes is none of the desired ones, or comes again.
      changes.push({ ...command, type: group.length > 0 ? 'replaceRoute' : 'addRoute' })
      group.shift()
    }
  }
  const gone = [...held.values()].flat().map(deletionOf)
  return [...changes, ...gone]
}

/** See Kernel.replaceTable. @throws ERR_INVALID_CONFIG that names the route and the field, before anything is sent. */
export async function replaceTable(kernel: Kernel, desired: DesiredTable): Promise<TableReplaced> {
  const { table, family, protocol = DEFAULT_PROTOCOL } = desired
  const wanted = desired.routes.map((route, at) => {
    const command: KernelCommand = { ...route, type: 'addRoute', family, table, protocol }
    const ready = checkCommand(command) ?? resolveCommand(command, kernel.mirror)
    if (ready instanceof NetworkError) throw inRoute(ready, at)
    return { route: asRoute(ready as RouteCommand), command: ready as RouteCommand }
  })
  const repeated = firstRepeated(wanted.map(({ route }) => route))
  if (repeated !== undefined) throw twice(repeated)
  const actual = (await kernel.routes({ table })).filter((each) => each.family === family && each.protocol === protocol)
  const steps = diffTable(actual, wanted)
  return tally(steps, await kernel.send(steps), wanted.length)
}

function tally(steps: readonly Step[], results: readonly CommandResult[], wanted: number): TableReplaced {
  const done = (type: Step['type']): number =>
    steps.filter((step, at) => step.type === type && results[at] === 'done').length
  const changes = steps.filter((step) => step.type !== 'deleteRoute').length
  return {
    unchanged: wanted - changes,
    added: done('addRoute'),
    replaced: done('replaceRoute'),
    deleted: done('deleteRoute'),
    refused: results.filter((result) => result !== 'done'),
  }
}

/** What the kernel tells routes apart by, within a table and a family. */
const keyOf = ({ destination, metric, from, tos }: Route): string => `${destination} ${metric} ${from} ${tos}`

function firstRepeated(routes: readonly Route[]): Route | undefined {
  const keys = new Set<string>()
  return routes.find((route) => keys.size === keys.add(keyOf(route)).size)
}

function twice({ destination, metric }: Route): NetworkError {
  const message = `replaceTable: routes: ${destination} with metric ${metric} stands there twice`
  return new NetworkError('ERR_INVALID_CONFIG', message, { field: 'routes', operation: 'replaceTable' })
}

function inRoute(error: NetworkError, at: number): NetworkError {
  const field = error.field === undefined ? `routes.${at}` : `routes.${at}.${error.field}`
  return new NetworkError(error.code, `replaceTable: routes.${at}: ${error.message}`, {
    field,
    operation: 'replaceTable',
    cause: error,
  })
}

/** The kernel lists the way of a nexthop object beside its id, but takes no command with both. */
function withoutObjectsWay(route: Route): Route {
  if (route.nexthopId === undefined) return route
  const { gateway: _, ifindex: __, nexthops: ___, onlink: ____, ...rest } = route
  return rest
}

function deletionOf(route: Route): Step {
  return { ...withoutObjectsWay(route), type: 'deleteRoute' }
}

/** The route that the kernel will list once it has taken the command. */
function asRoute(command: RouteCommand): Route {
  const { family, metric = 0, gateway, ifindex, nexthops, onlink, tos, preference } = command
  const { routeType, table, protocol, scope } = withRouteDefaults(command)
  const { source, nexthopId, from, mtu, advmss, initcwnd } = command
  return {
    family,
    routeType,
    destination: canonicalPrefix(command.destination),
    metric: family === 6 && metric === 0 ? IPV6_DEFAULT_METRIC : metric,
    table,
    protocol,
    scope,
    ...(gateway === undefined ? {} : { gateway: canonical(gateway) }),
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(source === undefined ? {} : { source: canonical(source) }),
    ...(nexthops === undefined ? {} : hopsOf(nexthops, onlink === true)),
    ...(nexthopId === undefined ? {} : { nexthopId }),
    ...(from === undefined ? {} : { from: canonicalPrefix(from) }),
    ...(tos === undefined || tos === 0 ? {} : { tos }),
    ...(onlink === true && nexthops === undefined ? { onlink } : {}),
    ...(preference === undefined || preference === 'medium' ? {} : { preference }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(advmss === undefined ? {} : { advmss }),
    ...(initcwnd === undefined ? {} : { initcwnd }),
  }
}

/** The kernel lists a single hop as a plain route. */
function hopsOf(
  hops: readonly NexthopSettings[],
  onlink: boolean,
): Pick<Route, 'nexthops' | 'gateway' | 'ifindex' | 'onlink'> {
  const listed = hops.map(({ gateway, ifindex = 0, weight = 1 }): Nexthop => {
    const way = gateway === undefined ? {} : { gateway: canonical(gateway) }
    return { ...way, ifindex, weight, ...(onlink ? { onlink } : {}) }
  })
  const [only, ...others] = listed
  if (only === undefined || others.length > 0) return { nexthops: listed }
  const { weight: _, ...single } = only
  return single
}

function canonicalPrefix(text: string): string {
  const [address = '', length] = text.split('/')
  const whole = length === '0' || length === undefined ? 'default' : `${canonical(address)}/${Number(length)}`
  return whole
}

/** RFC 5952, as the kernel's addresses are shown. */
function canonical(address: string): string {
  return address.includes(':') ? ipaddr.IPv6.parse(address).toRFC5952String() : address
}
