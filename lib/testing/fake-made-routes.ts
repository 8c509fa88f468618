/**
 * The routes that the kernel makes for a link's addresses (fib_add_ifaddr, addrconf_prefix_route): to the address itself,
 * to its prefix, to its broadcast address. Not simulated: link-local addresses, ff00::/8 and the wait for duplicates.
 */

import type { Address, Route } from '../kernel/messages.js'
import { broadcastOf, contains, networkOf } from './fake-prefix.js'
import { equalRoutes } from './fake-route-store.js'
import { addressesOf, type FakeLink, type FakeState } from './fake-state.js'

const LOCAL_TABLE = 255
const MAIN_TABLE = 254
const KERNEL_PROTOCOL = 2
const LOOPBACK_IFINDEX = 1
const SCOPE_LINK = 253
const SCOPE_HOST = 254
/** IP6_RT_PRIO_ADDRCONF of net/ip6_route.h. */
const IPV6_PREFIX_METRIC = 256

/** The address whose subnet it is: the first that was added; undefined where that is the address itself. */
export function primaryOf(address: Address, ofLink: readonly Address[]): Address | undefined {
  const first = ofLink.find(
    (other) => other.family === 4 && other.prefixLength === address.prefixLength && contains(other, address.address),
  )
  return first === address ? undefined : first
}

/** Brings the kernel-made routes of a link up to date; `silent` is how IPv4 treats a link that goes down. */
export function remakeRoutes(state: FakeState, entry: FakeLink, silent = false): void {
  const wanted = wantedRoutes(state, entry)
  const before = entry.made
  entry.made = wanted
  for (const route of before) {
    if (wanted.some((other) => equalRoutes(other, route))) continue
    const held = state.routes.find(route)
    if (held === undefined) continue
    state.routes.delete(held)
    if (!silent || route.family === 6) state.emit({ type: 'routeGone', ...held })
  }
  for (const route of wanted) {
    if (before.some((other) => equalRoutes(other, route)) || state.routes.find(route) !== undefined) continue
    state.routes.add(route)
    state.emit({ type: 'route', ...route })
  }
}

function wantedRoutes(state: FakeState, entry: FakeLink): Route[] {
  const ofLink = addressesOf(state, entry.link.ifindex)
  const wanted: Route[] = []
  for (const address of ofLink) {
    const routes = address.family === 4 ? routesOfIpv4(entry, address, ofLink) : routesOfIpv6(entry, address)
    for (const route of routes) {
      if (!wanted.some((other) => equalRoutes(other, route))) wanted.push(route)
    }
  }
  return wanted
}

function routesOfIpv4(entry: FakeLink, address: Address, ofLink: readonly Address[]): Route[] {
  const primary = primaryOf(address, ofLink)
  const base = {
    family: 4,
    ifindex: entry.link.ifindex,
    metric: 0,
    protocol: KERNEL_PROTOCOL,
    source: (primary ?? address).address,
  } as const
  const broadcast = (to: string): Route => ({
    ...base,
    routeType: 'broadcast',
    destination: `${to}/32`,
    table: LOCAL_TABLE,
    scope: SCOPE_LINK,
  })
  const local = { routeType: 'local', table: LOCAL_TABLE, scope: SCOPE_HOST } as const
  const routes: Route[] = [{ ...base, ...local, destination: `${address.address}/32` }]
  if (!entry.link.up) return routes
  if (address.broadcast !== undefined && address.broadcast !== '255.255.255.255') {
    routes.push(broadcast(address.broadcast))
  }
  const network = networkOf(address.address, address.prefixLength)
  const hasSubnet = !network.startsWith('0.') && (network !== address.address || address.prefixLength < 32)
  if (primary !== undefined || !hasSubnet) return routes
  if (!address.noPrefixRoute) {
    const unicast = { routeType: 'unicast', table: MAIN_TABLE, scope: SCOPE_LINK } as const
    const kind = entry.link.ifindex === LOOPBACK_IFINDEX ? local : unicast
    routes.push({ ...base, ...kind, destination: `${network}/${address.prefixLength}` })
  }
  if (address.prefixLength < 31) routes.push(broadcast(broadcastOf(address.address, address.prefixLength)))
  return routes
}

function routesOfIpv6(entry: FakeLink, address: Address): Route[] {
  if (!entry.link.up) return []
  const base = { family: 6, ifindex: entry.link.ifindex, protocol: KERNEL_PROTOCOL, scope: 0 } as const
  const local: Route = {
    ...base,
    routeType: 'local',
    destination: `${address.address}/128`,
    metric: 0,
    table: LOCAL_TABLE,
  }
  if (address.noPrefixRoute || entry.link.ifindex === LOOPBACK_IFINDEX) return [local]
  const destination = `${networkOf(address.address, address.prefixLength)}/${address.prefixLength}`
  return [{ ...base, routeType: 'unicast', destination, metric: IPV6_PREFIX_METRIC, table: MAIN_TABLE }, local]
}
