/** A fake kernel's rules for routes. */

import type { Address, Nexthop, Route, RouteCommand } from '../kernel/messages.js'
import { canonical, contains, networkOf, parsePrefix } from './fake-prefix.js'
import { equalRoutes, FakeRoutes } from './fake-route-store.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

const MAIN_TABLE = 254
const LOOPBACK_IFINDEX = 1
const SCOPE_LINK = 253
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

function deleteRoute(state: FakeState, command: RouteCommand): Refusal {
  const { family, table = MAIN_TABLE } = command
  const destination = destinationOf(command)
  const given = (field: 'gateway' | 'ifindex' | 'protocol' | 'routeType' | 'source', route: Route): boolean =>
    command[field] === undefined ||
    route[field] === (field === 'gateway' ? canonicalOf(command[field]) : command[field])
  const { metric } = command
  const exact = metric !== undefined && metric !== 0
  // Without a metric the kernel takes the first of any.
  const candidates = exact
    ? state.routes.group(FakeRoutes.key({ family, table, destination, metric }))
    : state.routes.all()
  for (const route of candidates) {
    if (route.family !== family || route.table !== table || route.destination !== destination) continue
    if (command.scope !== undefined && command.scope !== route.scope) continue
    const fits = (['gateway', 'ifindex', 'protocol', 'routeType', 'source'] as const).every((field) =>
      given(field, route),
    )
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
  const { address, prefixLength } = parsePrefix(command.destination, command.family)
  return prefixLength === 0 ? 'default' : `${networkOf(address, prefixLength)}/${prefixLength}`
}

/** The record that the command asks for, or why the kernel would refuse it. */
function buildRoute(state: FakeState, command: RouteCommand): Route | NonNullable<Refusal> {
  const { family, type } = command
  const { address, prefixLength } = parsePrefix(command.destination, family)
  if (family === 4 && networkOf(address, prefixLength) !== address) {
    return refuse('EINVAL', type, 'Invalid prefix for given prefix length')
  }
  const routeType = command.routeType ?? 'unicast'
  const base = {
    family,
    routeType,
    destination: destinationOf(command),
    metric: family === 6 && (command.metric ?? 0) === 0 ? IPV6_DEFAULT_METRIC : (command.metric ?? 0),
    table: command.table === undefined || command.table === 0 ? MAIN_TABLE : command.table,
    protocol: command.protocol ?? 0,
    scope: family === 6 ? 0 : (command.scope ?? 0),
    ...(command.source === undefined ? {} : { source: canonical(command.source) }),
  }
  const { source } = base
  if (source !== undefined && !state.addresses.some((held) => held.address === source)) {
    return refuse('EINVAL', type, family === 4 ? 'Invalid prefsrc address' : 'Invalid source address')
  }
  if (REJECTING.has(routeType)) return family === 6 ? { ...base, ifindex: LOOPBACK_IFINDEX } : base
  if (command.nexthops === undefined) {
    const hop = resolveHop(state, command, command)
    return 'errno' in hop ? hop : { ...base, ...hop }
  }
  const nexthops: Nexthop[] = []
  for (const hop of command.nexthops) {
    const resolved = resolveHop(state, command, hop)
    if ('errno' in resolved) return resolved
    nexthops.push({ ...resolved, weight: hop.weight ?? 1 })
  }
  const [only, ...more] = nexthops
  if (only === undefined) return refuse('EINVAL', type)
  if (more.length > 0) return { ...base, nexthops }
  const { weight: _, ...hop } = only
  return { ...base, ...hop }
}

type Hop = { readonly gateway?: string; readonly ifindex: number }

function resolveHop(
  state: FakeState,
  command: RouteCommand,
  asked: { readonly gateway?: string | undefined; readonly ifindex?: number | undefined },
): Hop | NonNullable<Refusal> {
  const { type, family } = command
  const entry = asked.ifindex === undefined ? undefined : state.links.get(asked.ifindex)
  if (asked.ifindex !== undefined && entry === undefined) return refuse('ENODEV', type)
  const notUp = family === 4 ? 'Device for nexthop is not up' : 'Nexthop device is not up'
  if (asked.gateway === undefined) {
    if (entry === undefined) return refuse('ENODEV', type)
    return entry.link.up ? { ifindex: entry.link.ifindex } : refuse('ENETDOWN', type, notUp)
  }
  const gateway = canonical(asked.gateway)
  const direct = command.onlink === true || (family === 6 && gateway.startsWith('fe80:'))
  if (direct) {
    if (entry === undefined) return refuse('ENODEV', type, 'Nexthop device required for onlink')
    return entry.link.up
      ? { gateway, ifindex: entry.link.ifindex }
      : refuse('ENETDOWN', type, 'Nexthop device is not up')
  }
  if (family === 6 && entry !== undefined && !entry.link.up) return refuse('ENETDOWN', type, notUp)
  const way = wayTo(state, { gateway, table: command.table ?? MAIN_TABLE, ifindex: asked.ifindex, family })
  if (way?.ifindex !== undefined) return { gateway, ifindex: way.ifindex }
  return family === 4 ? refuse('ENETUNREACH', type, 'Nexthop has invalid gateway') : refuse('EHOSTUNREACH', type)
}

interface Search {
  readonly gateway: string
  readonly table: number
  readonly ifindex: number | undefined
  readonly family: 4 | 6
}

/** The longest connected prefix that holds the gateway, in the route's own table or in main. */
function wayTo(state: FakeState, { gateway, table, ifindex, family }: Search): Route | undefined {
  let best: Route | undefined
  let bestLength = -1
  for (const route of state.routes.connected(family)) {
    if (route.table !== table && route.table !== MAIN_TABLE) continue
    if (ifindex !== undefined && route.ifindex !== ifindex) continue
    if (family === 4 && route.scope < SCOPE_LINK) continue
    const prefix = parsePrefix(route.destination, family)
    if (prefix.prefixLength <= bestLength || !contains(prefix, gateway)) continue
    best = route
    bestLength = prefix.prefixLength
  }
  return best
}
