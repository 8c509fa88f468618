/** Equality of records and copies of them, without an allocation where records come in storms. */

import type { Address, Link, Nexthop, Route } from './nouns.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Compares values of any depth, whatever the order of their keys; `undefined` is absent. */
export function sameRecord(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, at) => sameRecord(item, b[at]))
  }
  const [left, right] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>]
  for (const key in left) if (!sameRecord(left[key], right[key])) return false
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false
  return true
}

/** A failover waits for it: what differs most is asked first, and what most links lack costs nothing. */
export function sameLink(a: Link, b: Link): boolean {
  return (
    a.lowerUp === b.lowerUp &&
    a.up === b.up &&
    a.operstate === b.operstate &&
    a.ifindex === b.ifindex &&
    a.ifname === b.ifname &&
    a.kind === b.kind &&
    a.macAddress === b.macAddress &&
    a.mtu === b.mtu &&
    a.master === b.master &&
    a.parent === b.parent &&
    sameRecord(a.vlan, b.vlan) &&
    sameRecord(a.bridge, b.bridge) &&
    sameRecord(a.bond, b.bond) &&
    sameRecord(a.macvlan, b.macvlan) &&
    sameRecord(a.vrf, b.vrf) &&
    sameRecord(a.tun, b.tun) &&
    sameRecord(a.bridgePort, b.bridgePort) &&
    sameRecord(a.bondPort, b.bondPort)
  )
}

/**
 * The kernel's key of an address within its link. IPv4 addresses may differ in prefix length or peer only; an IPv6 address is
 * one, and a replacement changes its peer in place (ipv6_get_ifaddr, inet6_addr_modify).
 */
export function sameAddressKey(a: Address, b: Address): boolean {
  return a.address === b.address && (a.family === 6 || (a.prefixLength === b.prefixLength && a.peer === b.peer))
}

export function sameAddress(a: Address, b: Address): boolean {
  return (
    a.address === b.address &&
    a.prefixLength === b.prefixLength &&
    a.peer === b.peer &&
    a.ifindex === b.ifindex &&
    a.family === b.family &&
    a.broadcast === b.broadcast &&
    a.scope === b.scope &&
    a.label === b.label &&
    a.permanent === b.permanent &&
    a.noPrefixRoute === b.noPrefixRoute &&
    a.protocol === b.protocol
  )
}

/** The address alone, out of an event. */
export function copyAddress(from: Address): Address {
  const { ifindex, family, address, prefixLength, scope, label, permanent, noPrefixRoute, protocol } = from
  const copy: Mutable<Address> =
    label === undefined
      ? { ifindex, family, address, prefixLength, scope, permanent, noPrefixRoute, protocol }
      : { ifindex, family, address, prefixLength, scope, label, permanent, noPrefixRoute, protocol }
  if (from.broadcast !== undefined) copy.broadcast = from.broadcast
  if (from.peer !== undefined) copy.peer = from.peer
  return copy
}

/** Whatever their order: IPv6 tells of an appended hop in another order than a dump does. */
function sameHops(a: readonly Nexthop[] | undefined, b: readonly Nexthop[] | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.length !== b.length) return false
  const text = ({ gateway, ifindex, weight, onlink }: Nexthop): string => `${gateway} ${ifindex} ${weight} ${onlink}`
  const others = b.map(text).sort()
  return a
    .map(text)
    .sort()
    .every((hop, at) => hop === others[at])
}

/** True where the kernel tells the two apart by nothing but their hops, within a table and a destination. */
export function sameRouteKey(a: Route, b: Route): boolean {
  return a.metric === b.metric && a.tos === b.tos && a.from === b.from && a.family === b.family
}

/** True where nothing that our vocabulary knows differs. */
export function sameRoute(a: Route, b: Route): boolean {
  return (
    a.destination === b.destination &&
    sameRouteKey(a, b) &&
    a.table === b.table &&
    a.gateway === b.gateway &&
    a.ifindex === b.ifindex &&
    a.routeType === b.routeType &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.source === b.source &&
    a.nexthopId === b.nexthopId &&
    a.onlink === b.onlink &&
    a.preference === b.preference &&
    a.mtu === b.mtu &&
    a.advmss === b.advmss &&
    a.initcwnd === b.initcwnd &&
    sameHops(a.nexthops, b.nexthops)
  )
}

/** The route alone, out of an event. */
export function copyRoute(from: Route): Route {
  const { family, routeType, destination, metric, table, protocol, scope } = from
  const copy: Mutable<Route> = { family, routeType, destination, metric, table, protocol, scope }
  if (from.gateway !== undefined) copy.gateway = from.gateway
  if (from.ifindex !== undefined) copy.ifindex = from.ifindex
  if (from.source !== undefined) copy.source = from.source
  if (from.nexthops !== undefined) copy.nexthops = from.nexthops
  if (from.nexthopId !== undefined) copy.nexthopId = from.nexthopId
  if (from.from !== undefined) copy.from = from.from
  if (from.tos !== undefined) copy.tos = from.tos
  if (from.onlink !== undefined) copy.onlink = from.onlink
  if (from.preference !== undefined) copy.preference = from.preference
  if (from.mtu !== undefined) copy.mtu = from.mtu
  if (from.advmss !== undefined) copy.advmss = from.advmss
  if (from.initcwnd !== undefined) copy.initcwnd = from.initcwnd
  return copy
}
