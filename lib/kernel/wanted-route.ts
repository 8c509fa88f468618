/** A route that is wanted: as the kernel will list it, and whether one that it lists is it. */

import { ipOctets, ipText, maskOctets } from './ip-octets.js'
import type { Nexthop, NexthopSettings, Route, RouteCommand } from './messages.js'
import { withRouteDefaults } from './route-defaults.js'
import { sameRoute } from './same-record.js'

/** What the kernel makes of metric 0 (IP6_RT_PRIO_USER). */
const IPV6_DEFAULT_METRIC = 1_024
/** Whatever way such a route is given, IPv6 lists it by `lo` and without a gateway (fib6_nh_init). */
const REJECTING: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit', 'throw'])

/** A route as the kernel will list it, what it is told apart by, and the command that makes it. */
export interface Wanted {
  readonly key: string
  readonly route: Route
  readonly command: RouteCommand
}

/** The command of a wanted route, with all that the kernel will make of it. */
export function wantedRoute(command: RouteCommand): Wanted {
  const network = networkOf(command.destination)
  const route = asRoute(command, network)
  return { key: routeKey(route, network.text), route, command }
}

/** What the kernel tells routes apart by, within a table; IPv6 knows no type of service. */
export function routeKey({ family, destination, metric, from, tos }: Route, network = destination): string {
  return `${network} ${metric} ${from} ${family === 6 ? undefined : tos}`
}

/** True where the route that the kernel lists is the one that is wanted. */
export function isWanted(listed: Route, wanted: Route): boolean {
  const plain = withoutObjectsWay(listed)
  if (sameRoute(plain, wanted)) return true
  if (!leavesLinkOpen(wanted) && (listed.family === 4 || listed.tos === undefined)) return false
  const { ifindex, tos, ...rest } = plain
  return sameRoute(
    {
      ...rest,
      ...(ifindex === undefined || leavesLinkOpen(wanted) ? {} : { ifindex }),
      ...(tos === undefined || listed.family === 6 ? {} : { tos }),
    },
    wanted,
  )
}

/** The kernel lists the way of a nexthop object beside its id, but takes no command with both. */
export function withoutObjectsWay(route: Route): Route {
  if (route.nexthopId === undefined) return route
  const { gateway: _, ifindex: __, nexthops: ___, onlink: ____, ...rest } = route
  return rest
}

/** The kernel lists the link that it has found itself. Without a gateway there is none to find: it refuses the route. */
function leavesLinkOpen(wanted: Route): boolean {
  return isRejectingIpv6(wanted) || (wanted.ifindex === undefined && wanted.gateway !== undefined)
}

function isRejectingIpv6({ family, routeType = 'unicast' }: Pick<RouteCommand, 'family' | 'routeType'>): boolean {
  return family === 6 && REJECTING.has(routeType)
}

/** The route that the kernel will list once it has taken the command. */
function asRoute(command: RouteCommand, network: Network): Route {
  const { family, metric = 0, tos, preference } = command
  const { routeType, table, protocol, scope } = withRouteDefaults(command)
  const { source, from, mtu, advmss, initcwnd } = command
  const sourcePrefix = from === undefined ? 'default' : networkOf(from).text
  return {
    family,
    routeType,
    // IPv4 refuses host bits (fib_valid_key_len): as they were written they are never listed. IPv6 clears them.
    destination: family === 4 && network.hadHostBits ? command.destination : network.text,
    metric: family === 6 && metric === 0 ? IPV6_DEFAULT_METRIC : metric,
    table,
    protocol,
    scope: family === 6 ? 0 : scope,
    ...(isRejectingIpv6(command) ? {} : wayOf(command)),
    ...(source === undefined ? {} : { source: canonical(source) }),
    ...(sourcePrefix === 'default' ? {} : { from: sourcePrefix }),
    ...(tos === undefined || tos === 0 || family === 6 ? {} : { tos }),
    ...(preference === undefined || preference === 'medium' ? {} : { preference }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(advmss === undefined ? {} : { advmss }),
    ...(initcwnd === undefined ? {} : { initcwnd }),
  }
}

type Way = Pick<Route, 'nexthops' | 'nexthopId' | 'gateway' | 'ifindex' | 'onlink'>

function wayOf({ gateway, ifindex, nexthops, nexthopId, onlink }: RouteCommand): Way {
  return {
    ...(gateway === undefined ? {} : { gateway: canonical(gateway) }),
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(nexthops === undefined ? {} : hopsOf(nexthops, onlink === true)),
    ...(nexthopId === undefined ? {} : { nexthopId }),
    ...(onlink === true && nexthops === undefined ? { onlink } : {}),
  }
}

/** The kernel lists a single hop as a plain route. */
function hopsOf(hops: readonly NexthopSettings[], onlink: boolean): Way {
  const listed = hops.map(({ gateway, ifindex = 0, weight = 1 }): Nexthop => {
    const way = gateway === undefined ? {} : { gateway: canonical(gateway) }
    return { ...way, ifindex, weight, ...(onlink ? { onlink } : {}) }
  })
  const [only, ...others] = listed
  if (only === undefined || others.length > 0) return { nexthops: listed }
  const { weight: _, ...single } = only
  return single
}

interface Network {
  /** 'default' or 'address/prefixLength', with the bits behind the prefix cleared. */
  readonly text: string
  readonly hadHostBits: boolean
}

function networkOf(prefix: string): Network {
  if (prefix === 'default') return { text: prefix, hadHostBits: false }
  const [address = '', digits] = prefix.split('/')
  const length = Number(digits)
  const octets = ipOctets(address)
  const masked = maskOctets(octets, length)
  const hadHostBits = masked.some((octet, at) => octet !== octets[at])
  return { text: length === 0 ? 'default' : `${ipText(masked)}/${length}`, hadHostBits }
}

/** As the engine writes the kernel's addresses; what passes for an IPv4 address has no other text. */
const canonical = (address: string): string => (address.includes(':') ? ipText(ipOctets(address)) : address)
