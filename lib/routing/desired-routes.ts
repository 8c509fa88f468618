/**
 * What the kernel should hold for a set of interfaces: tables, rules and routes, as data.
 *
 * An interface with metric M and table T gets, for each family in which it has an address:
 * - a rule "from address lookup T" for each address, so that answers leave where the question came in;
 * - a route to each address's subnet, in T and in main with M;
 * - the default route and the configured routes, in T and in main with M (or with the metric configured for the route).
 * Rules come first, then the subnets' routes, then routes on the link, then those by a gateway, which must be reachable.
 *
 * Metrics inside T: 0 for IPv4. IPv6 has no 0 (the kernel turns it into 1024), so it is 1 there, the strongest.
 * IPv6 subnet routes name no source: the kernel refuses one that is still tentative (ipv6_chk_addr), and RFC 6724
 * chooses the link's own address anyway.
 * Overriding routes, such as the default route through a tunnel, stand in T alone. Two rules behind those of all addresses
 * lead there: "lookup main, but no default route of it", then "not marked: lookup T". So hosts on the networks of this
 * machine are reached as ever, whoever sends from the address of an interface leaves by it, and packets that carry the mark,
 * which are the tunnel's own, find the default routes of main.
 * A host address (/32, /128) gets its route too: it makes no difference to the kernel, and whoever looks for "has a
 * route of its own in main" needs no exception.
 */

import { addressBits } from '../config/ip.js'
import { type Family, MAIN_TABLE } from '../kernel/messages.js'
import { compareTexts, FAMILIES, type PreparedAddress, type PreparedRoute } from './interface-routes.js'
import { overridingPrioritiesOfSlot, rulePriorityOfSlot, tableOfSlot } from './tables.js'

/** One interface, as the calculation needs it. */
export interface RoutingRecord {
  readonly ifname: string
  /** Undefined while the link is absent, down or without carrier: its routes would be refused, or lead nowhere. */
  readonly ifindex: number | undefined
  /** Undefined where no table was free: routes in main only. */
  readonly slot: number | undefined
  /** By family, each different from those of all other interfaces. */
  readonly metrics: Readonly<Record<Family, number | 'disabled'>>
  /** Those of its addresses that the link really has. */
  readonly addresses: readonly PreparedAddress[]
  readonly routes: readonly PreparedRoute[]
  /** Mark of the packets that overriding routes are not for. */
  readonly exemptMark?: number | undefined
}

/** From an address to a table; or, for overriding routes, what `mark` and `suppressPrefixLength` say. */
export interface DesiredRule {
  readonly type: 'rule'
  readonly ifname: string
  readonly family: Family
  readonly priority: number
  /** 'address/32' or 'address/128'. */
  readonly from?: string
  /** For packets that do not carry it. */
  readonly exemptMark?: number
  /** Routes of this prefix length or shorter are passed over. */
  readonly suppressPrefixLength?: number
  readonly table: number
}

export interface DesiredRoute {
  readonly type: 'route'
  /** 'prefix': the subnet of an address; 'link': on the link; 'gateway': by a gateway. */
  readonly kind: 'prefix' | 'link' | 'gateway'
  readonly ifname: string
  readonly ifindex: number
  readonly family: Family
  readonly destination: string
  readonly gateway?: string | undefined
  readonly source?: string | undefined
  readonly metric: number
  readonly table: number
  readonly scope: number
  readonly onlink: boolean
}

export interface DesiredRoutes {
  /** The table of every interface that has one, also of those without entries. */
  readonly tables: ReadonlyMap<string, number>
  readonly rules: readonly DesiredRule[]
  readonly routes: readonly DesiredRoute[]
}

export const NOTHING_DESIRED: DesiredRoutes = { tables: new Map(), rules: [], routes: [] }

/** RT_SCOPE_UNIVERSE: reached by a gateway. IPv6 knows no other. */
const SCOPE_UNIVERSE = 0
/** RT_SCOPE_LINK: reached directly. */
const SCOPE_LINK = 253

/** Computes what the kernel should hold, in the order in which it must be added. */
export function desiredRoutes(records: readonly RoutingRecord[]): DesiredRoutes {
  const tables = new Map<string, number>()
  const rules: DesiredRule[] = []
  const prefixes: DesiredRoute[] = []
  const onLink: DesiredRoute[] = []
  const byGateway: DesiredRoute[] = []
  for (const record of [...records].sort((a, b) => compareTexts(a.ifname, b.ifname))) {
    if (record.slot !== undefined) tables.set(record.ifname, tableOfSlot(record.slot))
    for (const family of FAMILIES) {
      const addresses = record.addresses.filter((address) => address.family === family)
      const metric = record.metrics[family]
      if (record.ifindex === undefined || metric === 'disabled' || addresses.length === 0) continue
      const place = new Place(record, record.ifindex, family, metric)
      rules.push(...place.rules(addresses), ...place.overridingRules())
      prefixes.push(...place.prefixRoutes(addresses))
      for (const route of place.furtherRoutes(record.routes)) {
        if (route.kind === 'link') onLink.push(route)
        else byGateway.push(route)
      }
    }
  }
  rules.sort((a, b) => a.priority - b.priority || compareTexts(a.from ?? '', b.from ?? ''))
  return { tables, rules, routes: withoutDoubles([...prefixes, ...onLink, ...byGateway]) }
}

/** One interface in one family, with its metric. */
class Place {
  readonly #record: RoutingRecord
  readonly #ifindex: number
  readonly #family: Family
  /** The tables to fill, private before main. */
  readonly #tables: readonly { readonly table: number; readonly metric: number }[]

  constructor(record: RoutingRecord, ifindex: number, family: Family, metric: number) {
    this.#record = record
    this.#ifindex = ifindex
    this.#family = family
    const main = { table: MAIN_TABLE, metric }
    const strongest = family === 4 ? 0 : 1
    this.#tables = record.slot === undefined ? [main] : [{ table: tableOfSlot(record.slot), metric: strongest }, main]
  }

  rules(addresses: readonly PreparedAddress[]): DesiredRule[] {
    const { ifname, slot } = this.#record
    if (slot === undefined) return []
    const family = this.#family
    const place = { ifname, family, priority: rulePriorityOfSlot(slot), table: tableOfSlot(slot) }
    return addresses.map(({ address }) => ({ type: 'rule', ...place, from: `${address}/${addressBits(family)}` }))
  }

  /** None without a table of its own: the routes have no place then. */
  overridingRules(): DesiredRule[] {
    const { ifname, slot, exemptMark, routes } = this.#record
    const family = this.#family
    if (slot === undefined || exemptMark === undefined) return []
    if (!routes.some((route) => route.family === family && route.overriding === true)) return []
    const [first, second] = overridingPrioritiesOfSlot(slot)
    const place = { type: 'rule', ifname, family } as const
    return [
      { ...place, priority: first, suppressPrefixLength: 0, table: MAIN_TABLE },
      { ...place, priority: second, exemptMark, table: tableOfSlot(slot) },
    ]
  }

  prefixRoutes(addresses: readonly PreparedAddress[]): DesiredRoute[] {
    const sorted = addresses.length === 1 ? addresses : [...addresses].sort(compareAddresses)
    return sorted.flatMap(({ address, subnet }) => {
      const source = this.#family === 4 ? address : undefined
      return this.#inTables('prefix', { destination: subnet, source, onlink: false })
    })
  }

  furtherRoutes(routes: readonly PreparedRoute[]): DesiredRoute[] {
    return routes
      .filter((route) => route.family === this.#family)
      .flatMap((route) => this.#inTables(route.gateway === undefined ? 'link' : 'gateway', route))
  }

  #inTables(
    kind: DesiredRoute['kind'],
    route: Pick<DesiredRoute, 'destination' | 'gateway' | 'source' | 'onlink'> & {
      readonly metric?: number | undefined
      readonly overriding?: boolean | undefined
    },
  ): DesiredRoute[] {
    const { destination, gateway, source, onlink, overriding = false } = route
    // A configured metric of 0 would be 1024 to the kernel's IPv6.
    const own = this.#family === 6 && route.metric === 0 ? 1 : route.metric
    const tables = this.#tables.filter(({ table }) => !overriding || table !== MAIN_TABLE)
    return tables.map(({ table, metric }) => ({
      type: 'route',
      kind,
      ifname: this.#record.ifname,
      ifindex: this.#ifindex,
      family: this.#family,
      destination,
      gateway,
      source,
      metric: own ?? metric,
      table,
      scope: this.#family === 4 && gateway === undefined ? SCOPE_LINK : SCOPE_UNIVERSE,
      onlink,
    }))
  }
}

function compareAddresses(a: PreparedAddress, b: PreparedAddress): number {
  return compareTexts(a.address, b.address) || a.prefixLength - b.prefixLength
}

/**
 * Of an interface's own routes that are one to the kernel, the first stays: two addresses of a subnet need one route.
 * Two *interfaces* that ask for the same route (by configured metrics) are both kept: the kernel refuses the second, and
 * that refusal is reported.
 */
function withoutDoubles(routes: readonly DesiredRoute[]): DesiredRoute[] {
  const seen = new Map<number, DesiredRoute[]>()
  return routes.filter((route) => {
    const ofLink = seen.get(route.ifindex)
    if (ofLink === undefined) {
      seen.set(route.ifindex, [route])
      return true
    }
    if (ofLink.some((other) => sameRouteKey(other, route))) return false
    ofLink.push(route)
    return true
  })
}

/** What makes two routes one to the kernel. */
type RouteKey = Pick<DesiredRoute, 'family' | 'table' | 'metric' | 'destination'>

/** True when the kernel would take one route for the other. */
export function sameRouteKey(a: RouteKey, b: RouteKey): boolean {
  return a.table === b.table && a.metric === b.metric && a.destination === b.destination && a.family === b.family
}
