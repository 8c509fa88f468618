/** The mirror's tables, and the keys by which the kernel tells their records apart. */

import type { Address, Link, Neighbour, NexthopObject, Rule } from './messages.js'
import { RouteTable } from './mirror-routes.js'
import { copyAddress, sameAddress, sameAddressKey } from './same-record.js'

/** A rule has no key but all of itself: the kernel admits equal priorities. */
export function ruleKey(rule: Rule): string {
  const { family, priority, from, to, iif, oif, mark, mask, action, table, protocol } = rule
  const { invert, tos, dscp, ipProtocol, l3mdev, suppressPrefixLength, suppressIfgroup, target } = rule
  const ranges = [rule.sourcePorts, rule.destinationPorts, rule.uidRange].map((range) => [range?.start, range?.end])
  const base = [family, priority, from, to, iif, oif, mark, mask, action, table, protocol]
  const more = [invert, tos, dscp, ipProtocol, l3mdev, suppressPrefixLength, suppressIfgroup, target]
  return JSON.stringify([base, more, ranges])
}

/** Links by index and by name. */
export class LinkTable {
  readonly byIndex = new Map<number, Link>()
  readonly byName = new Map<string, Link>()

  put(link: Link): void {
    if (this.byIndex.get(link.ifindex)?.ifname !== link.ifname) this.remove(link.ifindex)
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

/** Of one text there is mostly one; several are of IPv4 and differ in prefix length or peer. */
type Alike = Address | Address[]

interface AddressesOfLink {
  readonly byText: Map<string, Alike>
  ipv4Count: number
  ipv6Count: number
}

/** Addresses by link, then by their text. They come in storms: each is looked up once, and nothing is made but the copy. */
export class AddressTable {
  readonly #byLink = new Map<number, AddressesOfLink>()

  get(address: Address): Address | undefined {
    return ofKey(this.#byLink.get(address.ifindex)?.byText.get(address.address), address)
  }

  /** Keeps a copy of what is an address in it; false where the same was held. */
  put(address: Address): boolean {
    let ofLink = this.#byLink.get(address.ifindex)
    if (ofLink === undefined) {
      ofLink = { byText: new Map(), ipv4Count: 0, ipv6Count: 0 }
      this.#byLink.set(address.ifindex, ofLink)
    }
    const alike = ofLink.byText.get(address.address)
    const held = ofKey(alike, address)
    if (held !== undefined && sameAddress(held, address)) return false
    const copy = copyAddress(address)
    if (alike === undefined || alike === held) ofLink.byText.set(address.address, copy)
    else if (!Array.isArray(alike)) ofLink.byText.set(address.address, [alike, copy])
    else if (held === undefined) alike.push(copy)
    else alike[alike.indexOf(held)] = copy
    if (held === undefined) count(ofLink, address, 1)
    return true
  }

  /** False where none of its key was held. */
  remove(address: Address): boolean {
    const ofLink = this.#byLink.get(address.ifindex)
    const alike = ofLink?.byText.get(address.address)
    if (ofLink === undefined || alike === undefined) return false
    if (!Array.isArray(alike)) {
      if (!sameAddressKey(alike, address)) return false
      ofLink.byText.delete(address.address)
    } else {
      const rest = alike.filter((held) => !sameAddressKey(held, address))
      if (rest.length === alike.length) return false
      ofLink.byText.set(address.address, rest.length === 1 && rest[0] !== undefined ? rest[0] : rest)
    }
    count(ofLink, address, -1)
    if (ofLink.byText.size === 0) this.#byLink.delete(address.ifindex)
    return true
  }

  hasIpv4(ifindex: number): boolean {
    return (this.#byLink.get(ifindex)?.ipv4Count ?? 0) > 0
  }

  hasIpv6(ifindex: number): boolean {
    return (this.#byLink.get(ifindex)?.ipv6Count ?? 0) > 0
  }

  list(ifindex?: number): Address[] {
    if (ifindex !== undefined) return [...(this.#byLink.get(ifindex)?.byText.values() ?? [])].flat()
    return [...this.#byLink.values()].flatMap((ofLink) => [...ofLink.byText.values()].flat())
  }
}

function count(ofLink: AddressesOfLink, { family }: Address, step: 1 | -1): void {
  if (family === 4) ofLink.ipv4Count += step
  else ofLink.ipv6Count += step
}

function ofKey(alike: Alike | undefined, address: Address): Address | undefined {
  if (Array.isArray(alike)) return alike.find((held) => sameAddressKey(held, address))
  return alike !== undefined && sameAddressKey(alike, address) ? alike : undefined
}

/** Neighbours by link, then by address: the text tells the family too. */
export class NeighbourTable {
  readonly #byLink = new Map<number, Map<string, Neighbour>>()

  get({ ifindex, address }: Neighbour): Neighbour | undefined {
    return this.#byLink.get(ifindex)?.get(address)
  }

  put(neighbour: Neighbour): void {
    let ofLink = this.#byLink.get(neighbour.ifindex)
    if (ofLink === undefined) {
      ofLink = new Map()
      this.#byLink.set(neighbour.ifindex, ofLink)
    }
    ofLink.set(neighbour.address, neighbour)
  }

  remove({ ifindex, address }: Neighbour): void {
    const ofLink = this.#byLink.get(ifindex)
    ofLink?.delete(address)
    if (ofLink?.size === 0) this.#byLink.delete(ifindex)
  }

  list(ifindex?: number): Neighbour[] {
    if (ifindex !== undefined) return [...(this.#byLink.get(ifindex)?.values() ?? [])]
    return [...this.#byLink.values()].flatMap((ofLink) => [...ofLink.values()])
  }
}

/** All that the mirror holds, or all that a dump has brought so far. */
export interface Content {
  readonly links: LinkTable
  readonly addresses: AddressTable
  readonly routes: RouteTable
  readonly rules: Map<string, Rule>
  readonly neighbours: NeighbourTable
  /** By id. */
  readonly nexthops: Map<number, NexthopObject>
}

export function emptyContent(): Content {
  return {
    links: new LinkTable(),
    addresses: new AddressTable(),
    routes: new RouteTable(),
    rules: new Map(),
    neighbours: new NeighbourTable(),
    nexthops: new Map(),
  }
}
