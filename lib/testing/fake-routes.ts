/** A fake kernel's rules for routes. */

import type { Address, Family, Nexthop, Route, RouteCommand } from '../kernel/messages.js'
import { withRouteDefaults } from '../kernel/route-defaults.js'
import { resolveHop } from './fake-hops.js'
import { wayOf } from './fake-nexthops.js'
import { canonical, networkOf, parsePrefix } from './fake-prefix.js'
import { equalRoutes, FakeRoutes } from './fake-route-store.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

const MAIN_TABLE = 254
const LOOPBACK_IFINDEX = 1
/** IP6_RT_PRIO_USER of net/ip6_route.h: what IPv6 takes for metric 0. */
const IPV6_DEFAULT_METRIC = 1024
const REJECTING = new Set<string>(['blackhole', 'unreachable', 'prohibit', 'throw'])

/** Executes a route command. */
export function changeRoute(state: FakeState, command: RouteCommand): Refusal {
  if (command.type === 'deleteRoute') return deleteRoute(state, command)
  const built = buildRoute(state, command)
  if (!('destination' in built)) return built
  const key = FakeRoutes.key(built)
  const [first, ...others] = state.routes.group(key)
  if (first === undefined) {
    state.routes.add(built)
    state.emit({ type: 'route', ...built })
    return undefined
  }
  if (command.type === 'addRoute') return refuse('EEXIST', command.type)
  if (equalRoutes(first, built)) return undefined
  if (others.some((other) => equalRoutes(other, built))) return refuse('EEXIST', command.type)
  for (const held of [first, ...others]) state.routes.delete(held)
  for (const held of [built, ...others]) state.routes.add(held)
  state.emit({ type: 'route', replaces: true, ...built })
  return undefined
}

/** What IPv4 does without a word when a link goes down or away, or loses its last address. */
export function dropRoutesOfLink(state: FakeState, ifindex: number): void {
  const isDown = (hop: Nexthop): boolean => hop.ifindex === ifindex || state.links.get(hop.ifindex)?.link.up !== true
  for (const route of [...state.routes.all()]) {
    if (route.family !== 4 || route.routeType === 'local') continue
    if (route.ifindex === ifindex || route.nexthops?.every(isDown) === true) state.routes.delete(route)
  }
}

/** What IPv6 does on the same occasion: it tells of each. */
export function flushIpv6RoutesOfLink(state: FakeState, ifindex: number): void {
  for (const route of [...state.routes.all()]) {
    if (route.family !== 6 || route.ifindex !== ifindex || REJECTING.has(route.routeType)) continue
    state.routes.delete(route)
    state.emit({ type: 'routeGone', ...route })
  }
}

/**
 * When an address goes, IPv4 drops the routes of table main that prefer it as source (fib_sync_down_addr; not every kernel
 * tells, so this one does not), IPv6 drops the preference in silence (rt6_remove_prefsrc).
 */
export function forgetSource(state: FakeState, { address, family, ifindex }: Address): void {
  if (state.addresses.some((other) => other.address === address && (family === 4 || other.ifindex === ifindex))) return
  for (const route of [...state.routes.all()]) {
    if (route.family !== family || route.source !== address) continue
    if (family === 4 && route.table !== MAIN_TABLE) continue
    if (family === 6 && route.ifindex !== ifindex) continue
    const { source: _, ...unsourced } = route
    state.routes.delete(route)
    if (family === 6) state.routes.add(unsourced)
  }
}

/** Where a command that deletes has them, the route must have them too. */
const MATCHED = ['gateway', 'ifindex', 'protocol', 'routeType', 'source', 'nexthopId'] as const

function deleteRoute(state: FakeState, command: RouteCommand): Refusal {
  const { family, table = MAIN_TABLE } = command
  const destination = destinationOf(command)
  const from = sourcePrefixOf(command)
  const tos = command.tos === 0 ? undefined : command.tos
  const given = (field: (typeof MATCHED)[number], route: Route): boolean =>
    command[field] === undefined ||
    route[field] === (field === 'gateway' ? canonicalOf(command[field]) : command[field])
  const { metric } = command
  const exact = metric !== undefined && metric !== 0
  // Without a metric the kernel takes the first of any.
  const candidates = exact
    ? state.routes.group(FakeRoutes.key({ family, table, destination, metric, from, tos }))
    : state.routes.all()
  for (const route of candidates) {
    if (route.family !== family || route.table !== table || route.destination !== destination) continue
    if (command.scope !== undefined && command.scope !== route.scope) continue
    if (route.from !== from || route.tos !== tos) continue
    const fits = MATCHED.every((field) => given(field, route))
    if (!fits) continue
    state.routes.delete(route)
    state.emit({ type: 'routeGone', ...route })
    return undefined
  }
  const known = [...state.routes.all()].some((route) => route.family === family && route.table === table)
  return refuse('ESRCH', command.type, known || family === 6 ? '' : `ipv${family}: FIB table does not exist`)
}

function canonicalOf(address: string | number | undefined): string | undefined {
  return typeof address === 'string' ? canonical(address) : undefined
}

function destinationOf(command: RouteCommand): string {
  return canonicalPrefix(command.destination, command.family)
}

/** The prefix of everything is none. */
function sourcePrefixOf({ from, family }: RouteCommand): string | undefined {
  const prefix = from === undefined ? 'default' : canonicalPrefix(from, family)
  return prefix === 'default' ? undefined : prefix
}

function canonicalPrefix(text: string, family: Family): string {
  const { address, prefixLength } = parsePrefix(text, family)
  return prefixLength === 0 ? 'default' : `${networkOf(address, prefixLength)}/${prefixLength}`
}

/** The record that the command asks for, or why the kernel would refuse it. */
function buildRoute(state: FakeState, asked: RouteCommand): Route | NonNullable<Refusal> {
  const command = withRouteDefaults(asked)
  const { family, type, routeType } = command
  const { address, prefixLength } = parsePrefix(command.destination, family)
  if (family === 4 && networkOf(address, prefixLength) !== address) {
    return refuse('EINVAL', type, 'Invalid prefix for given prefix length')
  }
  const base = {
    family,
    routeType,
    destination: destinationOf(command),
    metric: family === 6 && (command.metric ?? 0) === 0 ? IPV6_DEFAULT_METRIC : (command.metric ?? 0),
    table: command.table === 0 ? MAIN_TABLE : command.table,
    protocol: command.protocol,
    scope: family === 6 ? 0 : command.scope,
    ...(command.source === undefined ? {} : { source: canonical(command.source) }),
    ...attributesOf(command),
  }
  const { source } = base
  if (source !== undefined && !state.addresses.some((held) => held.address === source)) {
    return refuse('EINVAL', type, family === 4 ? 'Invalid prefsrc address' : 'Invalid source address')
  }
  if (REJECTING.has(routeType)) return family === 6 ? { ...base, ifindex: LOOPBACK_IFINDEX } : base
  const onlink = command.onlink === true ? { onlink: true } : {}
  if (command.nexthopId !== undefined) return routeByObject(state, { ...base, nexthopId: command.nexthopId }, type)
  if (command.nexthops === undefined) {
    const hop = resolveHop(state, command, command)
    return 'errno' in hop ? hop : { ...base, ...hop, ...onlink }
  }
  const nexthops: Nexthop[] = []
  for (const hop of command.nexthops) {
    const resolved = resolveHop(state, command, hop)
    if ('errno' in resolved) return resolved
    nexthops.push({ ...resolved, weight: hop.weight ?? 1, ...onlink })
  }
  const [only, ...more] = nexthops
  if (only === undefined) return refuse('EINVAL', type)
  if (more.length > 0) return { ...base, nexthops }
  const { weight: _, ...hop } = only
  return { ...base, ...hop }
}

function routeByObject(
  state: FakeState,
  base: Route & { readonly nexthopId: number },
  type: string,
): Route | NonNullable<Refusal> {
  const way = wayOf(state, base.nexthopId)
  if (way === undefined) return refuse('EINVAL', type, 'Nexthop id does not exist')
  const blackhole = state.nexthops.get(base.nexthopId)?.blackhole === true
  return { ...base, ...way, ...(blackhole ? { routeType: 'blackhole' as const } : {}) }
}

/** What the kernel lists only where it is not as usual. */
function attributesOf(command: RouteCommand): Partial<Route> {
  const { tos, preference, mtu, advmss, initcwnd } = command
  const from = sourcePrefixOf(command)
  return {
    ...(from === undefined ? {} : { from }),
    ...(tos === undefined || tos === 0 ? {} : { tos }),
    ...(preference === undefined || preference === 'medium' ? {} : { preference }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(advmss === undefined ? {} : { advmss }),
    ...(initcwnd === undefined ? {} : { initcwnd }),
  }
}
