/**
 * What the kernel held when the last event was read: a pure reducer of events into differences.
 * Where the kernel removes routes without a word, `apply` asks for a dump of them; it never guesses that a route has gone.
 */

import { assertNever } from '../base/assert.js'
import type { KernelChange, KernelSnapshot, MirrorReader } from './kernel.js'
import type { Address, KernelEvent, Link, Route, Rule } from './messages.js'
import type { RouteEffect } from './mirror-routes.js'
import { differences, readSnapshotRecord } from './mirror-snapshot.js'
import { type Content, emptyContent, ruleKey, sameRecord } from './mirror-tables.js'

/** What one event means: differences to tell, and whether the routes must be dumped anew. */
export interface Applied {
  readonly changes: readonly KernelChange[]
  readonly resync: 'none' | 'routes'
}

const NOTHING: Applied = { changes: [], resync: 'none' }

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

  /** Everything at once, as the first item of a watch. */
  snapshot(atMs: number): KernelSnapshot {
    const [links, addresses, routes, rules] = [this.links(), this.addresses(), this.routes(), this.rules()]
    return { type: 'snapshot', atMs, links, addresses, routes, rules }
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
      case 'route': {
        const { type: _, atMs, replaces, ...route } = event
        return routeChanges(atMs, this.#content.routes.put(route, replaces === true))
      }
      case 'routeGone': {
        const { type: _, atMs, ...route } = event
        return routeChanges(atMs, this.#content.routes.remove(route))
      }
      case 'rule':
      case 'ruleGone':
        return this.#rule(event)
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
      case 'fatal':
        return NOTHING
      default:
        return assertNever(event)
    }
  }

  #link(event: { readonly type: 'link'; readonly atMs: number } & Link): Applied {
    const { type: _, atMs, ...link } = event
    const { links, routes } = this.#content
    const previous = links.byIndex.get(link.ifindex)
    // Asked of the state, not of the step: events read during a dump come again after it and must still find stale routes.
    const resync =
      (!link.up &&
        (routes.losesWithLink(link.ifindex) || (previous?.up === true && routes.sharesLink(link.ifindex)))) ||
      (!link.lowerUp && previous?.lowerUp === true && routes.usesNexthopObjects())
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
    const { links, addresses, routes } = this.#content
    const { atMs, ifindex } = event
    const resync = routes.losesWithLink(ifindex) || routes.sharesLink(ifindex) || routes.usesNexthopObjects()
    const changes: KernelChange[] = []
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

  #address(event: { readonly type: 'address' | 'addressGone'; readonly atMs: number } & Address): Applied {
    const { type: _, atMs, ...address } = event
    const held = this.#content.addresses.get(address)
    if (held !== undefined && sameRecord(held, address)) return NOTHING
    this.#content.addresses.put(address)
    return { changes: [{ ...address, type: 'address', atMs }], resync: 'none' }
  }

  #addressGone(event: { readonly type: 'address' | 'addressGone'; readonly atMs: number } & Address): Applied {
    const { addresses, routes } = this.#content
    const held = addresses.get(event)
    if (held !== undefined) addresses.remove(held)
    const changes: KernelChange[] = held === undefined ? [] : [{ ...held, type: 'addressGone', atMs: event.atMs }]
    // IPv4 routes that prefer the address go (not every kernel tells; 6.18 does), IPv6 routes lose their preference.
    const unsourced = routes.prefersSource(event.address)
    const last = event.family === 4 && !addresses.list(event.ifindex).some((address) => address.family === 4)
    const lost = last && (routes.losesWithLink(event.ifindex) || routes.sharesLink(event.ifindex))
    return { changes, resync: unsourced || lost ? 'routes' : 'none' }
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
    const after = dump.what === 'all' ? dump.content : { ...before, routes: dump.content.routes }
    this.#dump = undefined
    this.#content = after
    return { changes: differences(before, after, atMs), resync: 'none' }
  }
}

function routeChanges(atMs: number, effect: RouteEffect): Applied {
  const changes: KernelChange[] = [
    ...effect.gone.map((route): KernelChange => ({ ...route, type: 'routeGone', atMs })),
    ...effect.added.map((route): KernelChange => ({ ...route, type: 'route', atMs })),
  ]
  return { changes, resync: effect.exact ? 'none' : 'routes' }
}
