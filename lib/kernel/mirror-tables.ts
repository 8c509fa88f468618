/** The mirror's tables of links, addresses and rules, and the keys by which the kernel tells them apart. */

import type { Address, Link, Rule } from './messages.js'
import { RouteTable } from './mirror-routes.js'

/** The kernel's key of an address; two addresses of a point-to-point link may differ in their peer only. */
export function addressKey(address: Address): string {
  return `${address.address}/${address.prefixLength} ${address.peer ?? ''}`
}

/** A rule has no key but all of itself: the kernel admits equal priorities. */
export function ruleKey(rule: Rule): string {
  const { family, priority, from, to, iif, oif, mark, mask, action, table, protocol } = rule
  return JSON.stringify([family, priority, from, to, iif, oif, mark, mask, action, table, protocol])
}

/** Compares flat records of primitive values, whatever the order of their keys. */
export function sameRecord(a: object, b: object): boolean {
  const left = Object.entries(a).filter(([, value]) => value !== undefined)
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined))
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value)
}

/** Links by index and by name. */
export class LinkTable {
  readonly byIndex = new Map<number, Link>()
  readonly byName = new Map<string, Link>()

  put(link: Link): void {
    this.remove(link.ifindex)
    this.byIndex.set(link.ifindex, link)
    this.byName.set(link.ifname, link)
  }

  remove(ifindex: number): void {
    const held = this.byIndex.get(ifindex)
    if (held === undefined) return
    this.byIndex.delete(ifindex)
    // The name may belong to another link already: names are given anew before the old link's last event is read.
    if (this.byName.get(held.ifname)?.ifindex === ifindex) this.byName.delete(held.ifname)
  }
}

/** Addresses by link, then by their own key. */
export class AddressTable {
  readonly byLink = new Map<number, Map<string, Address>>()

  get(address: Address): Address | undefined {
    return this.byLink.get(address.ifindex)?.get(addressKey(address))
  }

  put(address: Address): void {
    let ofLink = this.byLink.get(address.ifindex)
    if (ofLink === undefined) {
      ofLink = new Map()
      this.byLink.set(address.ifindex, ofLink)
    }
    ofLink.set(addressKey(address), address)
  }

  remove(address: Address): void {
    const ofLink = this.byLink.get(address.ifindex)
    ofLink?.delete(addressKey(address))
    if (ofLink?.size === 0) this.byLink.delete(address.ifindex)
  }

  list(ifindex?: number): Address[] {
    if (ifindex !== undefined) return [...(this.byLink.get(ifindex)?.values() ?? [])]
    return [...this.byLink.values()].flatMap((ofLink) => [...ofLink.values()])
  }
}

/** All that the mirror holds, or all that a dump has brought so far. */
export interface Content {
  readonly links: LinkTable
  readonly addresses: AddressTable
  readonly routes: RouteTable
  readonly rules: Map<string, Rule>
}

export function emptyContent(): Content {
  return { links: new LinkTable(), addresses: new AddressTable(), routes: new RouteTable(), rules: new Map() }
}
