/**
 * What the kernel held when the last event was read: a pure reducer of events into differences.
 * Where the kernel removes routes without a word, `apply` asks for a dump of them; it never guesses that a route has gone.
 */

import { assertNever } from '../base/assert.js'
import { announced, linkChange } from './announced.js'
import type { KernelChange, KernelSnapshot, MirrorReader } from './kernel.js'
import type { Address, KernelEvent, Link, Neighbour, NexthopObject, Route, Rule } from './messages.js'
import type { RouteEffect } from './mirror-routes.js'
import { differences, readSnapshotRecord } from './mirror-snapshot.js'
import { type Content, emptyContent, ruleKey } from './mirror-tables.js'
import { sameLink, sameRecord } from './same-record.js'

/** What must be dumped anew; 'ipv6Routes': routes, if this kernel drops those of IPv6 without a word. */
export type Resync = 'none' | 'routes' | 'ipv6Routes'

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

  /**
   * Takes one event of the engine, in order; never throws, whatever the order of events. Differences to tell are added to
   * `changes`: events come in storms, and a list for each would be most of what they cost.
   */
  apply(event: KernelEvent, changes: KernelChange[]): Resync {
    if (this.#dump !== undefined && readSnapshotRecord(this.#dump.what, this.#dump.content, event)) return 'none'
    switch (event.type) {
      case 'link':
        return this.#link(event, changes)
      case 'linkGone':
        return this.#linkGone(event, changes)
      case 'address':
        return this.#address(event, changes)
      case 'addressGone':
        return this.#addressGone(event, changes)
      case 'route':
        return tellRoutes(event, this.#content.routes.put(event, event.replaces === true), changes)
      case 'routeGone':
        return tellRoutes(event, this.#content.routes.remove(event), changes)
      case 'rule':
      case 'ruleGone':
        return this.#rule(event, changes)
      case 'neighbour':
      case 'neighbourGone':
        return this.#neighbour(event, changes)
      case 'nexthop':
      case 'nexthopGone':
        return this.#nexthop(event, changes)
      case 'ndOption':
      case 'uevent':
      case 'ueventsLost':
        changes.push(event)
        return 'none'
      case 'overrun':
        changes.push({ type: 'overrun', atMs: event.atMs })
        return 'none'
      case 'snapshotBegin':
        this.#dump = { what: event.what, content: emptyContent() }
        return 'none'
      case 'snapshotEnd':
        return this.#snapshotEnd(event.atMs, changes)
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
        return 'none'
      default:
        return assertNever(event)
    }
  }

  #link(event: { readonly type: 'link'; readonly atMs: number } & Link, changes: KernelChange[]): Resync {
    const { atMs } = event
    const link = announced(event)
    const { links, routes } = this.#content
    const previous = links.byIndex.get(link.ifindex)
    // Asked of the state, not of the step: events read during a dump come again after it and must still find stale routes.
    const stale =
      (!link.up &&
        (routes.losesWithLink(link.ifindex) || (previous?.up === true && routes.sharesLink(link.ifindex)))) ||
      (!link.lowerUp && previous?.lowerUp === true && routes.usesNexthopObjects()) ||
      (!link.lowerUp && this.#hasNexthopsBy(link.ifindex)) ||
      (previous !== undefined && previous.mtu !== link.mtu && routes.followsMtuOf(link.ifindex))
    const ipv6 = !link.up && routes.losesIpv6WithLink(link.ifindex)
    const resync = stale ? 'routes' : ipv6 ? 'ipv6Routes' : 'none'
    if (previous !== undefined && sameLink(previous, link)) return resync
    links.put(link)
    changes.push(linkChange(link, atMs, previous))
    this.#pair(link, atMs, changes)
    return resync
  }

  /** The first end of a new veth pair is announced before it has a peer, and never again: the second end tells for both. */
  #pair(link: Link, atMs: number, changes: KernelChange[]): void {
    const { links } = this.#content
    const previous = link.parent === undefined ? undefined : links.byIndex.get(link.parent)
    if (link.kind !== 'veth' || previous?.kind !== 'veth' || previous.parent !== undefined) return
    const peer: Link = { ...previous, parent: link.ifindex }
    links.put(peer)
    changes.push(linkChange(peer, atMs, previous))
  }

  #linkGone(event: { readonly atMs: number; readonly ifindex: number }, changes: KernelChange[]): Resync {
    const { links, addresses, routes, neighbours } = this.#content
    const { atMs, ifindex } = event
    // Routes of IPv6 are told of before their link, if they are.
    const stale = routes.losesWithLink(ifindex) || routes.losesIpv6WithLink(ifindex) || routes.sharesLink(ifindex)
    const resync = stale || routes.usesNexthopObjects() || this.#hasNexthopsBy(ifindex)
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
    return resync ? 'routes' : 'none'
  }

  /** The kernel keeps no nexthop object over a link without carrier, and drops them without a word (nexthop_flush_dev). */
  #hasNexthopsBy(ifindex: number): boolean {
    const { nexthops } = this.#content
    if (nexthops.size === 0) return false
    for (const nexthop of nexthops.values()) if (nexthop.ifindex === ifindex) return true
    return false
  }

  #address(event: AddressEvent, changes: KernelChange[]): Resync {
    if (this.#content.addresses.put(event)) changes.push(event)
    return 'none'
  }

  #addressGone(event: AddressEvent, changes: KernelChange[]): Resync {
    const { addresses, routes } = this.#content
    if (addresses.remove(event)) changes.push(event)
    // IPv4 routes that prefer the address go (not every kernel tells; 6.18 does), IPv6 routes lose their preference.
    if (routes.prefersSource(event.address)) return 'routes'
    if (event.family === 6) {
      // All of the link's IPv6 may have ended: by disable_ipv6, or by an MTU below 1280 (addrconf_ifdown).
      return !addresses.hasIpv6(event.ifindex) && routes.losesIpv6WithLink(event.ifindex) ? 'ipv6Routes' : 'none'
    }
    if (addresses.hasIpv4(event.ifindex)) return 'none'
    return routes.losesWithLink(event.ifindex) || routes.sharesLink(event.ifindex) ? 'routes' : 'none'
  }

  /** Proxies are left out, as the kernel's dumps leave them out. */
  #neighbour(event: NeighbourEvent, changes: KernelChange[]): Resync {
    if (event.proxy) return 'none'
    const { type, atMs: _, ...neighbour } = event
    const { neighbours } = this.#content
    const held = neighbours.get(event)
    if (type === 'neighbour') {
      if (held !== undefined && sameRecord(held, neighbour)) return 'none'
      neighbours.put(neighbour)
    } else {
      if (held === undefined) return 'none'
      neighbours.remove(neighbour)
    }
    changes.push(event)
    return 'none'
  }

  /** IPv4 routes go with their nexthop object, or change with it, and nobody tells. */
  #nexthop(event: NexthopEvent, changes: KernelChange[]): Resync {
    const { type, atMs: _, ...nexthop } = event
    const { nexthops, routes } = this.#content
    const resync = routes.usesNexthop(event.id) ? 'routes' : 'none'
    const held = nexthops.get(event.id)
    if (type === 'nexthop') {
      if (held !== undefined && sameRecord(held, nexthop)) return 'none'
      nexthops.set(event.id, nexthop)
    } else {
      if (held === undefined) return resync
      nexthops.delete(event.id)
    }
    changes.push(event)
    return resync
  }

  #rule(event: { readonly type: 'rule' | 'ruleGone'; readonly atMs: number } & Rule, changes: KernelChange[]): Resync {
    const { type, atMs: _, ...rule } = event
    const { rules } = this.#content
    const key = ruleKey(rule)
    if (rules.has(key) === (type === 'rule')) return 'none'
    if (type === 'rule') rules.set(key, rule)
    else rules.delete(key)
    changes.push(event)
    return 'none'
  }

  #snapshotEnd(atMs: number, changes: KernelChange[]): Resync {
    const dump = this.#dump
    if (dump === undefined) return 'none'
    const before = this.#content
    const { routes, nexthops } = dump.content
    const after = dump.what === 'all' ? dump.content : { ...before, routes, nexthops }
    this.#dump = undefined
    this.#content = after
    for (const change of differences(before, after, atMs)) changes.push(change)
    return 'none'
  }
}

/** Where it says all, the event itself is told. */
function tellRoutes(event: RouteEvent, { gone, added, exact }: RouteEffect, changes: KernelChange[]): Resync {
  const { type, atMs } = event
  const itself =
    type === 'routeGone'
      ? gone.length > 0 && added.length === 0
      : added.length > 0 && gone.length === 0 && event.replaces === undefined
  if (itself) changes.push(event)
  else {
    for (const route of gone) changes.push({ ...route, type: 'routeGone', atMs })
    for (const route of added) changes.push({ ...route, type: 'route', atMs })
  }
  return exact ? 'none' : 'routes'
}
