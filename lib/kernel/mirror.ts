/**
 * What the kernel held when the last event was read: a pure reducer of events into differences.
 * Where the kernel removes routes without a word, `apply` asks for a dump of them; it never guesses that a route has gone.
 */

import { assertNever } from '../base/assert.js'
import { announced } from './announced.js'
import type { KernelChange, KernelSnapshot, MirrorReader } from './kernel.js'
import type { Address, KernelEvent, Link, Neighbour, NexthopObject, Route, Rule } from './messages.js'
import type { RouteEffect } from './mirror-routes.js'
import { differences, readSnapshotRecord } from './mirror-snapshot.js'
import { type Content, emptyContent, ruleKey } from './mirror-tables.js'
import { sameAddress, sameRecord } from './same-record.js'

/** What one event means: differences to tell, and whether the routes must be dumped anew. */
export interface Applied {
  readonly changes: readonly KernelChange[]
  readonly resync: 'none' | 'routes'
}

const NOTHING: Applied = { changes: [], resync: 'none' }
const DUMP_ROUTES: Applied = { changes: [], resync: 'routes' }

type AddressEvent = Extract<KernelEvent, { type: 'address' | 'addressGone' }>
type NeighbourEvent = Extract<KernelEvent, { type: 'neighbour' | 'neighbourGone' }>
type NexthopEvent = Extract<KernelEvent, { type: 'nexthop' | 'nexthopGone' }>
type RouteEvent = Extract<KernelEvent, { type: 'route' | 'routeGone' }>

/** The kernel's state in JavaScript; `apply` is its only way to change. */
export class Mirror implements MirrorReader {
  #content: Content = emptyContent()
  /** The dump being read, if one is. */
  #dump: { what: 'all' | 'routes'; content: Content } | undefined

  link(ifindex: number): Link | undefined {
    return this.#content.links.byIndex.get(ifindex)
  }

  linkByName(ifname: string): Link | undefined {
    return this.#content.links.byName.get(ifname)
  }

  links(): Link[] {
    return [...this.#content.links.byIndex.values()]
  }

  addresses(ifindex?: number): Address[] {
    return this.#content.addresses.list(ifindex)
  }

  routes(filter?: { readonly table?: number; readonly protocol?: number }): Route[] {
    return this.#content.routes.list(filter)
  }

  rules(filter?: { readonly protocol?: number }): Rule[] {
    const rules = [...this.#content.rules.values()]
    return filter?.protocol === undefined ? rules : rules.filter((rule) => rule.protocol === filter.protocol)
  }

  neighbours(ifindex?: number): Neighbour[] {
    return this.#content.neighbours.list(ifindex)
  }

  nexthops(): NexthopObject[] {
    return [...this.#content.nexthops.values()]
  }

  /** Everything at once, as the first item of a watch. */
  snapshot(atMs: number): KernelSnapshot {
    const [links, addresses, routes, rules] = [this.links(), this.addresses(), this.routes(), this.rules()]
    const [neighbours, nexthops] = [this.neighbours(), this.nexthops()]
    return { type: 'snapshot', atMs, links, addresses, routes, rules, neighbours, nexthops }
  }

  /** Takes one event of the engine, in order; never throws, whatever the order of events. */
  apply(event: KernelEvent): Applied {
    if (this.#dump !== undefined && readSnapshotRecord(this.#dump.what, this.#dump.content, event)) return NOTHING
    switch (event.type) {
      case 'link':
        return this.#link(event)
      case 'linkGone':
        return this.#linkGone(event)
      case 'address':
        return this.#address(event)
      case 'addressGone':
        return this.#addressGone(event)
      case 'route':
        return routeChanges(event, this.#content.routes.put(event, event.replaces === true))
      case 'routeGone':
        return routeChanges(event, this.#content.routes.remove(event))
      case 'rule':
      case 'ruleGone':
        return this.#rule(event)
      case 'neighbour':
      case 'neighbourGone':
        return this.#neighbour(event)
      case 'nexthop':
      case 'nexthopGone':
        return this.#nexthop(event)
      case 'ndOption':
      case 'uevent':
      case 'ueventsLost':
        return { changes: [event], resync: 'none' }
      case 'overrun':
        return { changes: [{ type: 'overrun', atMs: event.atMs }], resync: 'none' }
      case 'snapshotBegin':
        this.#dump = { what: event.what, content: emptyContent() }
        return NOTHING
      case 'snapshotEnd':
        return this.#snapshotEnd(event.atMs)
      case 'reply':
      case 'done':
      case 'probe':
      case 'order':
      case 'datagram':
      case 'datagramEnd':
      case 'scan':
      case 'connection':
      case 'interface':
      case 'interfaceGone':
      case 'station':
      case 'stationGone':
      case 'regulatory':
      case 'signal':
      case 'wirelessOverrun':
      case 'fatal':
        return NOTHING
      default:
        return assertNever(event)
    }
  }

  #link(event: { readonly type: 'link'; readonly atMs: number } & Link): Applied {
    const { atMs } = event
    const link = announced(event)
    const { links, routes } = this.#content
    const previous = links.byIndex.get(link.ifindex)
    // Asked of the state, not of the step: events read during a dump come again after it and must still find stale routes.
    const resync =
      (!link.up &&
        (routes.losesWithLink(link.ifindex) || (previous?.up === true && routes.sharesLink(link.ifindex)))) ||
      (!link.lowerUp && previous?.lowerUp === true && routes.usesNexthopObjects()) ||
      (!link.lowerUp && this.#hasNexthopsBy(link.ifindex))
    if (previous !== undefined && sameRecord(previous, link)) return { changes: [], resync: resync ? 'routes' : 'none' }
    links.put(link)
    const change: KernelChange = { ...link, type: 'link', atMs, ...(previous === undefined ? {} : { previous }) }
    return { changes: [change, ...this.#pair(link, atMs)], resync: resync ? 'routes' : 'none' }
  }

  /** The first end of a new veth pair is announced before it has a peer, and never again: the second end tells for both. */
  #pair(link: Link, atMs: number): KernelChange[] {
    const { links } = this.#content
    const previous = link.parent === undefined ? undefined : links.byIndex.get(link.parent)
    if (link.kind !== 'veth' || previous?.kind !== 'veth' || previous.parent !== undefined) return []
    const peer: Link = { ...previous, parent: link.ifindex }
    links.put(peer)
    return [{ ...peer, type: 'link', atMs, previous }]
  }

  #linkGone(event: { readonly atMs: number; readonly ifindex: number }): Applied {
    const { links, addresses, routes, neighbours } = this.#content
    const { atMs, ifindex } = event
    const stale = routes.losesWithLink(ifindex) || routes.sharesLink(ifindex)
    const resync = stale || routes.usesNexthopObjects() || this.#hasNexthopsBy(ifindex)
    const changes: KernelChange[] = []
    for (const neighbour of neighbours.list(ifindex)) {
      neighbours.remove(neighbour)
      changes.push({ ...neighbour, type: 'neighbourGone', atMs })
    }
    for (const address of addresses.list(ifindex)) {
      addresses.remove(address)
      changes.push({ ...address, type: 'addressGone', atMs })
    }
    const held = links.byIndex.get(ifindex)
    if (held !== undefined) {
      links.remove(ifindex)
      changes.push({ ...held, type: 'linkGone', atMs })
    }
    return { changes, resync: resync ? 'routes' : 'none' }
  }

  /** The kernel keeps no nexthop object over a link without carrier, and drops them without a word (nexthop_flush_dev). */
  #hasNexthopsBy(ifindex: number): boolean {
    const { nexthops } = this.#content
    if (nexthops.size === 0) return false
    for (const nexthop of nexthops.values()) if (nexthop.ifindex === ifindex) return true
    return false
  }

  #address(event: AddressEvent): Applied {
    const { addresses } = this.#content
    const held = addresses.get(event)
    if (held !== undefined && sameAddress(held, event)) return NOTHING
    addresses.put(event)
    return { changes: [event], resync: 'none' }
  }

  #addressGone(event: AddressEvent): Applied {
    const { addresses, routes } = this.#content
    const held = addresses.get(event)
    if (held !== undefined) addresses.remove(held)
    // IPv4 routes that prefer the address go (not every kernel tells; 6.18 does), IPv6 routes lose their preference.
    const unsourced = routes.prefersSource(event.address)
    const last = event.family === 4 && !addresses.hasIpv4(event.ifindex)
    const lost = last && (routes.losesWithLink(event.ifindex) || routes.sharesLink(event.ifindex))
    if (held === undefined) return unsourced || lost ? DUMP_ROUTES : NOTHING
    return { changes: [event], resync: unsourced || lost ? 'routes' : 'none' }
  }

  /** Proxies are left out, as the kernel's dumps leave them out. */
  #neighbour(event: NeighbourEvent): Applied {
    if (event.proxy) return NOTHING
    const { type, atMs: _, ...neighbour } = event
    const { neighbours } = this.#content
    const held = neighbours.get(event)
    if (type === 'neighbour') {
      if (held !== undefined && sameRecord(held, neighbour)) return NOTHING
      neighbours.put(neighbour)
    } else {
      if (held === undefined) return NOTHING
      neighbours.remove(neighbour)
    }
    return { changes: [event], resync: 'none' }
  }

  /** IPv4 routes go with their nexthop object, or change with it, and nobody tells. */
  #nexthop(event: NexthopEvent): Applied {
    const { type, atMs: _, ...nexthop } = event
    const { nexthops, routes } = this.#content
    const resync = routes.usesNexthop(event.id) ? 'routes' : 'none'
    const held = nexthops.get(event.id)
    if (type === 'nexthop') {
      if (held !== undefined && sameRecord(held, nexthop)) return NOTHING
      nexthops.set(event.id, nexthop)
    } else {
      if (held === undefined) return resync === 'routes' ? DUMP_ROUTES : NOTHING
      nexthops.delete(event.id)
    }
    return { changes: [event], resync }
  }

  #rule(event: { readonly type: 'rule' | 'ruleGone'; readonly atMs: number } & Rule): Applied {
    const { type, atMs: _, ...rule } = event
    const { rules } = this.#content
    const key = ruleKey(rule)
    if (rules.has(key) === (type === 'rule')) return NOTHING
    if (type === 'rule') rules.set(key, rule)
    else rules.delete(key)
    return { changes: [event], resync: 'none' }
  }

  #snapshotEnd(atMs: number): Applied {
    const dump = this.#dump
    if (dump === undefined) return NOTHING
    const before = this.#content
    const { routes, nexthops } = dump.content
    const after = dump.what === 'all' ? dump.content : { ...before, routes, nexthops }
    this.#dump = undefined
    this.#content = after
    return { changes: differences(before, after, atMs), resync: 'none' }
  }
}

/** Where it says all, the event itself is told. */
function routeChanges(event: RouteEvent, { gone, added, exact }: RouteEffect): Applied {
  const resync = exact ? 'none' : 'routes'
  if (gone.length + added.length === 0) return exact ? NOTHING : DUMP_ROUTES
  const { type, atMs } = event
  if (type === 'routeGone' && added.length === 0) return { changes: [event], resync }
  if (type === 'route' && gone.length === 0 && event.replaces === undefined) return { changes: [event], resync }
  const changes: KernelChange[] = []
  for (const route of gone) changes.push({ ...route, type: 'routeGone', atMs })
  for (const route of added) changes.push({ ...route, type: 'route', atMs })
  return { changes, resync }
}
