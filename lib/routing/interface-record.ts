/** What the route manager knows about one interface. */

import type { MirrorReader } from '../kernel/kernel.js'
import type { Family } from '../kernel/messages.js'
import type { RoutingRecord } from './desired-routes.js'
import {
  type Connection,
  FAMILIES,
  type PreparedAddress,
  type PreparedRoute,
  type PreparedRoutes,
  samePreparedRoutes,
} from './interface-routes.js'
import { type InterfaceType, interfaceTypeOf, weightOf } from './interface-type.js'
import { askRouteMetric, type MetricWish, type RouteMetric, separateMetrics } from './metric.js'

type Metrics = Record<Family, number | 'disabled'>

/** Mutable, owned by one RouteManager; readable by the calculation as it is. */
export class InterfaceRecord implements RoutingRecord {
  readonly ifname: string
  readonly interfaceType: InterfaceType
  readonly weight: number
  slot: number | undefined
  /** The judgement of whoever checks the interface. */
  connection: Connection
  /** The property's value; undefined before the first. */
  published: Connection | undefined
  /** The problem last told, so that each is told once. */
  toldProblem: string | undefined
  /** The last complaint about a metric, so that each is logged once. */
  complaint: string | undefined
  ifindex: number | undefined
  addresses: readonly PreparedAddress[] = []
  metrics: Readonly<Metrics> = { 4: 'disabled', 6: 'disabled' }
  #asked: PreparedRoutes | undefined
  /** The metric that the interface would have alone; a disconnected one keeps its last, see assignMetrics. */
  readonly #wishes = new Map<Family, number>()
  #enabled: Readonly<Record<Family, boolean>> = { 4: false, 6: false }

  constructor(ifname: string, connection: Connection) {
    this.ifname = ifname
    this.interfaceType = interfaceTypeOf(ifname)
    this.weight = weightOf(ifname)
    this.connection = connection
  }

  get routes(): readonly PreparedRoute[] {
    return this.#asked?.routes ?? []
  }

  get hasDefaultRoute(): boolean {
    return this.routes.some(({ destination }) => destination === 'default')
  }

  get exemptMark(): number | undefined {
    return this.#asked?.exemptMark
  }

  /** The routes stand, for what the connection says; a link that is down has none all the same. */
  get keepsRoutes(): boolean {
    return this.#asked !== undefined && (this.#asked.standing === true || this.connection !== 'disconnected')
  }

  get hasRoutes(): boolean {
    return this.#asked !== undefined
  }

  /** Takes what is asked for; false when it is what was asked before. */
  ask(asked: PreparedRoutes | undefined): boolean {
    const known = this.#asked
    if (known === asked) return false
    if (known !== undefined && asked !== undefined && samePreparedRoutes(known, asked)) return false
    this.#asked = asked
    return true
  }

  /** Reads from the mirror what the kernel needs before it takes the routes; true when that has changed. */
  readLink(mirror: MirrorReader): boolean {
    const link = mirror.linkByName(this.ifname)
    const ifindex = link?.up === true && link.lowerUp ? link.ifindex : undefined
    const held = ifindex === undefined ? [] : mirror.addresses(ifindex)
    const wanted = this.#asked?.addresses ?? []
    const addresses = wanted.filter((entry) => held.some(({ address }) => address === entry.address))
    const same =
      ifindex === this.ifindex &&
      addresses.length === this.addresses.length &&
      addresses.every((entry, index) => entry === this.addresses[index])
    this.ifindex = ifindex
    this.addresses = addresses
    return !same
  }

  /** Asks for the metrics of both families; returns a complaint that has not been made before. */
  readMetrics(routeMetric: RouteMetric): string | undefined {
    let complaint: string | undefined
    const enabled = { 4: false, 6: false }
    for (const family of FAMILIES) {
      if (this.#asked === undefined || !this.#asked.addresses.some((entry) => entry.family === family)) {
        this.#wishes.delete(family)
        continue
      }
      if (!this.keepsRoutes) continue
      const answer = this.#askMetric(this.#asked, family, routeMetric)
      complaint ??= answer.complaint
      if (answer.metric === 'disabled') {
        this.#wishes.delete(family)
      } else {
        enabled[family] = true
        this.#wishes.set(family, answer.metric)
      }
    }
    this.#enabled = enabled
    const isNews = complaint !== this.complaint
    this.complaint = complaint
    return isNews ? complaint : undefined
  }

  wish(family: Family): MetricWish | undefined {
    const metric = this.#wishes.get(family)
    return metric === undefined ? undefined : { ifname: this.ifname, metric }
  }

  isEnabled(family: Family): boolean {
    return this.#enabled[family]
  }

  #askMetric(asked: PreparedRoutes, family: Family, routeMetric: RouteMetric): ReturnType<typeof askRouteMetric> {
    if (asked.metric !== undefined) return { metric: asked.metric }
    const { ifname, interfaceType, weight } = this
    // Routes that stand all the same are those of a link.
    const connection = this.connection === 'disconnected' ? 'lan' : this.connection
    const addresses = asked.addresses
      .filter((entry) => entry.family === family)
      .map(({ address, prefixLength }) => ({ address, prefixLength }))
    const gateway = asked.gateways[family]
    return askRouteMetric(routeMetric, { ifname, interfaceType, weight, addresses, gateway, connection, family })
  }
}

/**
 * Gives every record its metrics. A disconnected interface keeps its number reserved: otherwise its fall would move all
 * interfaces that share its wish, just when nothing but its own routes should be touched.
 */
export function assignMetrics(records: Iterable<InterfaceRecord>): void {
  const all = [...records]
  const wishesOf = (family: Family): MetricWish[] => all.flatMap((record) => record.wish(family) ?? [])
  const assigned = { 4: separateMetrics(wishesOf(4), 0), 6: separateMetrics(wishesOf(6), 1) }
  for (const record of all) {
    const metricOf = (family: Family): number | 'disabled' =>
      record.isEnabled(family) ? (assigned[family].get(record.ifname) ?? 'disabled') : 'disabled'
    record.metrics = { 4: metricOf(4), 6: metricOf(6) }
  }
}
