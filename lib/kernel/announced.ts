/** Of a link, what the kernel's notifications keep true. The rest is exact in a fresh dump alone, so the mirror leaves it out. */

import type { KernelChange } from './kernel.js'
import type { Link } from './messages.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type LinkChange = Extract<KernelChange, { type: 'link' }>

// A failover waits for both of these: named fields cost a tenth of what copying by spread syntax does.

/**
 * The link alone, out of an event. Attributes of a bridge's port are left out: they are told in messages of the bridge's own
 * family, if at all. A tun's owner and persistence change without a word (drivers/net/tun.c).
 */
export function announced(from: Link): Link {
  const { ifindex, ifname, mtu, up, lowerUp, operstate } = from
  return withOthers({ ifindex, ifname, mtu, up, lowerUp, operstate }, from)
}

/** What is told of a link that is new, or differs from `previous`. */
export function linkChange(link: Link, atMs: number, previous: Link | undefined): LinkChange {
  const { ifindex, ifname, mtu, up, lowerUp, operstate } = link
  const change: Mutable<LinkChange> = { type: 'link', atMs, ifindex, ifname, mtu, up, lowerUp, operstate }
  withOthers(change, link)
  if (previous !== undefined) change.previous = previous
  return change
}

function withOthers(into: Mutable<Link>, from: Link): Link {
  if (from.kind !== undefined) into.kind = from.kind
  if (from.macAddress !== undefined) into.macAddress = from.macAddress
  if (from.master !== undefined) into.master = from.master
  if (from.parent !== undefined) into.parent = from.parent
  if (from.vlan !== undefined) into.vlan = from.vlan
  if (from.bridge !== undefined) into.bridge = from.bridge
  if (from.bond !== undefined) into.bond = from.bond
  if (from.macvlan !== undefined) into.macvlan = from.macvlan
  if (from.vrf !== undefined) into.vrf = from.vrf
  if (from.tun?.mode !== undefined) into.tun = { mode: from.tun.mode }
  if (from.bondPort !== undefined) into.bondPort = from.bondPort
  return into
}
