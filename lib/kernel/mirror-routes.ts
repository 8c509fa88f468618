/**
 * The mirror's routes. The kernel holds several routes of one (family, table, destination, metric, TOS, source prefix):
 * IPv4's `append` makes twins, IPv6's `append` makes hops of one multipath route. Such routes form a group.
 */

import type { Nexthop, Route } from './messages.js'
import { copyRoute, sameRoute, sameRouteKey } from './same-record.js'

/** What one event did to the table; `exact` is false where only a dump can say which route the kernel meant. */
export interface RouteEffect {
  readonly gone: readonly Route[]
  readonly added: readonly Route[]
  readonly exact: boolean
}

const NOTHING: RouteEffect = { gone: [], added: [], exact: true }

/** The kernel makes routes of this protocol itself, with every address (RTPROT_KERNEL). */
const KERNEL_PROTOCOL = 2

const NO_ROUTES: readonly Route[] = []

/** In the place of a link's index: a nexthop object, whose links the route does not tell. */
const BY_NEXTHOP_OBJECT = 0

/** IPv4 routes that die without a word when a link goes: all that leave by it, but those to our own addresses. */
const diesWithLink = (route: Route): boolean => route.family === 4 && route.routeType !== 'local'

/** IPv6 routes that die when their link goes down or away, told of or not; a nexthop object dies itself (fib6_ifdown). */
const diesWithIpv6 = (route: Route): boolean => route.family === 6 && route.nexthopId === undefined

/**
 * True for what dies without a word with the address that it prefers: all but the kernel's own routes of that address. Its routes
 * to secondary addresses prefer the primary and die with it where the link goes (fib_sync_down_addr).
 */
const diesWithSource = ({ protocol, routeType, destination, source }: Route): boolean =>
  protocol !== KERNEL_PROTOCOL || (routeType === 'local' && destination !== `${source}/32`)

/** A key that gathers counts; entries at 0 go. */
class Tally<K> {
  readonly #counts = new Map<K, number>()

  add(key: K, step: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + step
    if (count === 0) this.#counts.delete(key)
    else this.#counts.set(key, count)
  }

  has(key: K): boolean {
    return this.#counts.has(key)
  }

  get empty(): boolean {
    return this.#counts.size === 0
  }
}

/** The tables of one family: in each the routes by destination, a group being those of one destination with equal keys. */
type Tables = Map<number, Map<string, Route[]>>

/** Routes by table and destination; each put and remove costs the same however many destinations there are. */
export class RouteTable {
  readonly #ipv4: Tables = new Map()
  readonly #ipv6: Tables = new Map()
  readonly #fragileLinks = new Tally<number>()
  /** Links by which IPv6 routes of one hop leave. */
  readonly #ipv6Links = new Tally<number>()
  readonly #multipathLinks = new Tally<number>()
  readonly #sources = new Tally<string>()
  readonly #nexthopIds = new Tally<number>()
  /** Links by which IPv6 routes with an MTU of their own leave. */
  readonly #mtuLinks = new Tally<number>()

  /** Takes a route that the kernel has announced; what is kept of it is a copy. */
  put(route: Route, replaces: boolean): RouteEffect {
    const group = this.#group(route)
    if (replaces) return this.#replace(group, route)
    if (group !== NO_ROUTES && group.some((held) => sameRoute(held, route))) return NOTHING
    const gone = route.family === 6 && route.nexthops !== undefined ? joinedBy(group, route) : NO_ROUTES
    for (const held of gone) this.#drop(held)
    // Announced with what the new hop's route has, dumped with what the first one's has: whichever that is.
    const exact = gone.every((held) => sameBesideHops(held, route))
    return { gone, added: [this.#insert(copyRoute(route))], exact }
  }

  /** Takes a route out that the kernel says has gone. */
  remove(route: Route): RouteEffect {
    const group = this.#group(route)
    const held = group.find((candidate) => sameRoute(candidate, route))
    if (held !== undefined) {
      this.#drop(held)
      return { gone: [held], added: [], exact: true }
    }
    const multipath = group.find((candidate) => route.gateway !== undefined && hopOf(candidate, route) !== undefined)
    if (multipath === undefined) return { gone: [], added: [], exact: group.length === 0 }
    const rest = withoutHop(multipath, route)
    this.#drop(multipath)
    this.#insert(rest)
    // Each hop came as a route with fields of its own, and the first one's are seen: another first one may have others.
    return { gone: [multipath], added: [rest], exact: !sameBesideHops(multipath, route) }
  }

  /** True where the kernel, having lost the link, has dropped a route that is still held. */
  losesWithLink(ifindex: number): boolean {
    return this.#fragileLinks.has(ifindex)
  }

  /** True where an IPv6 route is held that the kernel drops with the link's IPv6; whether it tells of that is a sysctl. */
  losesIpv6WithLink(ifindex: number): boolean {
    return this.#ipv6Links.has(ifindex)
  }

  /** True where a multipath route leaves by the link among others. */
  sharesLink(ifindex: number): boolean {
    return this.#multipathLinks.has(ifindex)
  }

  /** True where a route that dies without a word with this address prefers it. */
  prefersSource(address: string): boolean {
    return this.#sources.has(address)
  }

  /** True where a route is held that uses a nexthop object. */
  usesNexthopObjects(): boolean {
    return !this.#nexthopIds.empty
  }

  /** True where a route is held that uses this nexthop object. */
  usesNexthop(id: number): boolean {
    return this.#nexthopIds.has(id)
  }

  /** True where a route's own MTU may have changed with the link's: IPv6 takes it along without a word (rt6_mtu_change). */
  followsMtuOf(ifindex: number): boolean {
    return this.#mtuLinks.has(ifindex) || this.#mtuLinks.has(BY_NEXTHOP_OBJECT)
  }

  list(filter: { readonly table?: number; readonly protocol?: number } = {}): Route[] {
    const found: Route[] = []
    for (const tables of [this.#ipv4, this.#ipv6]) {
      for (const [table, destinations] of tables) {
        if (filter.table !== undefined && filter.table !== table) continue
        for (const routes of destinations.values()) {
          for (const route of routes) {
            if (filter.protocol === undefined || filter.protocol === route.protocol) found.push(route)
          }
        }
      }
    }
    return found
  }

  /** The routes that are here and not in `other`. */
  missingIn(other: RouteTable): Route[] {
    const missing: Route[] = []
    for (const [tables, otherTables] of [
      [this.#ipv4, other.#ipv4],
      [this.#ipv6, other.#ipv6],
    ] as const) {
      for (const [table, destinations] of tables) {
        const others = otherTables.get(table)
        for (const [destination, routes] of destinations) {
          const alike = others?.get(destination)
          for (const route of routes) {
            if (alike?.some((held) => sameRoute(held, route)) !== true) missing.push(route)
          }
        }
      }
    }
    return missing
  }

  /**
   * The kernel replaces the first route of the group (IPv4, fib_table_insert), or the first of the same kind (IPv6,
   * fib6_add_rt2node: with gateway or without). Our order within a group is not the kernel's, so with twins we may be wrong.
   */
  #replace(group: readonly Route[], route: Route): RouteEffect {
    const exact = group.length < 2
    if (group.some((held) => sameRoute(held, route))) return { ...NOTHING, exact }
    const hasGateway = (candidate: Route): boolean =>
      candidate.gateway !== undefined || candidate.nexthops !== undefined
    const likely = route.family === 6 ? group.find((held) => hasGateway(held) === hasGateway(route)) : undefined
    const victim = likely ?? group[0]
    if (victim !== undefined) this.#drop(victim)
    return { gone: victim === undefined ? NO_ROUTES : [victim], added: [this.#insert(copyRoute(route))], exact }
  }

  #tablesOf(route: Route): Tables {
    return route.family === 4 ? this.#ipv4 : this.#ipv6
  }

  #group(route: Route): readonly Route[] {
    const routes = this.#tablesOf(route).get(route.table)?.get(route.destination)
    if (routes === undefined) return NO_ROUTES
    return routes.every((held) => sameRouteKey(held, route))
      ? routes
      : routes.filter((held) => sameRouteKey(held, route))
  }

  #insert(route: Route): Route {
    const tables = this.#tablesOf(route)
    let destinations = tables.get(route.table)
    if (destinations === undefined) {
      destinations = new Map()
      tables.set(route.table, destinations)
    }
    const routes = destinations.get(route.destination)
    if (routes === undefined) destinations.set(route.destination, [route])
    else routes.push(route)
    this.#tally(route, 1)
    return route
  }

  #drop(route: Route): void {
    const tables = this.#tablesOf(route)
    const destinations = tables.get(route.table)
    const routes = destinations?.get(route.destination)
    const at = routes?.indexOf(route) ?? -1
    if (destinations === undefined || routes === undefined || at === -1) return
    if (routes.length > 1) routes.splice(at, 1)
    else if (destinations.size > 1) destinations.delete(route.destination)
    else tables.delete(route.table)
    this.#tally(route, -1)
  }

  #tally(route: Route, step: 1 | -1): void {
    if (diesWithLink(route) && route.ifindex !== undefined) this.#fragileLinks.add(route.ifindex, step)
    if (diesWithIpv6(route) && route.ifindex !== undefined) this.#ipv6Links.add(route.ifindex, step)
    if (route.nexthops !== undefined) {
      for (const hop of route.nexthops) this.#multipathLinks.add(hop.ifindex, step)
    }
    if (route.source !== undefined && diesWithSource(route)) this.#sources.add(route.source, step)
    if (route.nexthopId !== undefined) this.#nexthopIds.add(route.nexthopId, step)
    if (route.family === 6 && route.mtu !== undefined) {
      for (const { ifindex } of route.nexthops ?? [route]) this.#mtuLinks.add(ifindex ?? BY_NEXTHOP_OBJECT, step)
    }
  }
}

/** The hop of a multipath route that a single-hop route names. */
function hopOf(multipath: Route, single: Route): Nexthop | undefined {
  return multipath.nexthops?.find((hop) => hop.gateway === single.gateway && hop.ifindex === single.ifindex)
}

/** True where two routes that IPv6 makes one differ in their hops alone. */
function sameBesideHops(a: Route, b: Route): boolean {
  const rest = ({
    nexthops: _nexthops,
    gateway: _gateway,
    ifindex: _ifindex,
    onlink: _onlink,
    ...others
  }: Route): Route => others
  return sameRoute(rest(a), rest(b))
}

/** The routes that an IPv6 multipath route has taken in: the kernel announces the whole after each `append`. */
function joinedBy(group: readonly Route[], whole: Route): Route[] {
  return group.filter((held) => {
    const hops: readonly { readonly gateway?: string; readonly ifindex?: number }[] = held.nexthops ?? [held]
    return hops.every((hop) =>
      whole.nexthops?.some((other) => other.gateway === hop.gateway && other.ifindex === hop.ifindex),
    )
  })
}

/** What stays of an IPv6 multipath route after one hop was deleted; a single hop is a plain route. */
function withoutHop(multipath: Route, single: Route): Route {
  const lost = hopOf(multipath, single)
  const hops = (multipath.nexthops ?? []).filter((hop) => hop !== lost)
  const { nexthops: _, ...rest } = multipath
  const [only] = hops
  if (only === undefined || hops.length > 1) return { ...rest, nexthops: hops }
  const { gateway, ifindex, onlink } = only
  return {
    ...rest,
    ...(gateway === undefined ? {} : { gateway }),
    ...(onlink === undefined ? {} : { onlink }),
    ifindex,
  }
}
