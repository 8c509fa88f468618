/**
 * The mirror's routes. The kernel holds several routes of one (family, table, destination, metric): IPv4's `append` and
 * routes with another TOS make twins, IPv6's `append` makes hops of one multipath route. Such routes form a group.
 * Routes that differ only in what our vocabulary lacks (TOS, source prefix, route metrics) are one to us.
 */

import type { Nexthop, Route } from './messages.js'

/** What one event did to the table; `exact` is false where only a dump can say which route the kernel meant. */
export interface RouteEffect {
  readonly gone: readonly Route[]
  readonly added: readonly Route[]
  readonly exact: boolean
}

const NOTHING: RouteEffect = { gone: [], added: [], exact: true }

/** The kernel makes routes of this protocol itself, with every address (RTPROT_KERNEL). */
const KERNEL_PROTOCOL = 2

const groupKey = (route: Route): string => `${route.family} ${route.destination} ${route.metric}`

/** Whatever their order: IPv6 tells of an appended hop in another order than a dump does. */
function sameHops(a: readonly Nexthop[] | undefined, b: readonly Nexthop[] | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.length !== b.length) return false
  const text = ({ gateway, ifindex, weight }: Nexthop): string => `${gateway} ${ifindex} ${weight}`
  const others = b.map(text).sort()
  return a
    .map(text)
    .sort()
    .every((hop, at) => hop === others[at])
}

/** True where nothing that our vocabulary knows differs. */
export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.family === b.family &&
    a.destination === b.destination &&
    a.metric === b.metric &&
    a.table === b.table &&
    a.gateway === b.gateway &&
    a.ifindex === b.ifindex &&
    a.routeType === b.routeType &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.source === b.source &&
    a.nexthopId === b.nexthopId &&
    sameHops(a.nexthops, b.nexthops)
  )
}

/** IPv4 routes that die without a word when a link goes: all that leave by it, but those to our own addresses. */
const diesWithLink = (route: Route): boolean => route.family === 4 && route.routeType !== 'local'

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
}

/** Routes by table and group; each put and remove costs the same however many routes there are. */
export class RouteTable {
  readonly #tables = new Map<number, Map<string, Route[]>>()
  readonly #fragileLinks = new Tally<number>()
  readonly #multipathLinks = new Tally<number>()
  readonly #sources = new Tally<string>()
  #nexthopObjects = 0

  /** Takes a route that the kernel has announced. */
  put(route: Route, replaces: boolean): RouteEffect {
    const group = this.#group(route)
    if (replaces) return this.#replace(group, route)
    if (group.some((held) => sameRoute(held, route))) return NOTHING
    const gone = route.family === 6 && route.nexthops !== undefined ? joinedBy(group, route) : []
    for (const held of gone) this.#drop(held)
    this.#insert(route)
    return { gone, added: [route], exact: true }
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
    return { gone: [multipath], added: [rest], exact: true }
  }

  /** True where the kernel, having lost the link, has dropped a route that is still held. */
  losesWithLink(ifindex: number): boolean {
    return this.#fragileLinks.has(ifindex)
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
    return this.#nexthopObjects > 0
  }

  list(filter: { readonly table?: number; readonly protocol?: number } = {}): Route[] {
    const found: Route[] = []
    for (const [table, groups] of this.#tables) {
      if (filter.table !== undefined && filter.table !== table) continue
      for (const group of groups.values()) {
        for (const route of group) {
          if (filter.protocol === undefined || filter.protocol === route.protocol) found.push(route)
        }
      }
    }
    return found
  }

  /** The routes that are here and not in `other`. */
  missingIn(other: RouteTable): Route[] {
    const missing: Route[] = []
    for (const [table, groups] of this.#tables) {
      const otherGroups = other.#tables.get(table)
      for (const [key, group] of groups) {
        const otherGroup = otherGroups?.get(key)
        for (const route of group) {
          if (otherGroup?.some((held) => sameRoute(held, route)) !== true) missing.push(route)
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
    this.#insert(route)
    return { gone: victim === undefined ? [] : [victim], added: [route], exact }
  }

  #group(route: Route): readonly Route[] {
    return this.#tables.get(route.table)?.get(groupKey(route)) ?? []
  }

  #insert(route: Route): void {
    let groups = this.#tables.get(route.table)
    if (groups === undefined) {
      groups = new Map()
      this.#tables.set(route.table, groups)
    }
    const key = groupKey(route)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [route])
    else group.push(route)
    this.#tally(route, 1)
  }

  #drop(route: Route): void {
    const groups = this.#tables.get(route.table)
    const key = groupKey(route)
    const rest = groups?.get(key)?.filter((held) => held !== route) ?? []
    if (rest.length > 0) groups?.set(key, rest)
    else groups?.delete(key)
    if (groups?.size === 0) this.#tables.delete(route.table)
    this.#tally(route, -1)
  }

  #tally(route: Route, step: 1 | -1): void {
    if (diesWithLink(route) && route.ifindex !== undefined) this.#fragileLinks.add(route.ifindex, step)
    for (const hop of route.nexthops ?? []) this.#multipathLinks.add(hop.ifindex, step)
    if (route.source !== undefined && diesWithSource(route)) this.#sources.add(route.source, step)
    if (route.nexthopId !== undefined) this.#nexthopObjects += step
  }
}

/** The hop of a multipath route that a single-hop route names. */
function hopOf(multipath: Route, single: Route): Nexthop | undefined {
  return multipath.nexthops?.find((hop) => hop.gateway === single.gateway && hop.ifindex === single.ifindex)
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
  return { ...rest, ...(only.gateway === undefined ? {} : { gateway: only.gateway }), ifindex: only.ifindex }
}
