/** A fake kernel's rules for links, and what follows when one goes up, down or away. */

import type { AddLink, KernelCommand, Link, SetLink } from '../kernel/messages.js'
import { flushIpv6, relabel } from './fake-addresses.js'
import { kindAttributes, kindRefusal } from './fake-link-kinds.js'
import { remakeRoutes } from './fake-made-routes.js'
import { flushNeighbours } from './fake-neighbours.js'
import { dropNexthopsOfLink } from './fake-nexthops.js'
import { dropRoutesOfLink, flushIpv6RoutesOfLink } from './fake-routes.js'
import { addressesOf, type FakeLink, type FakeState, linkNamed, type Refusal, refuse } from './fake-state.js'
import { addLinkSysctls, removeLinkSysctls, renameLinkSysctls } from './fake-sysctls.js'

/** ETH_MIN_MTU and ETH_MAX_MTU of linux/if_ether.h. */
const MIN_MTU = 68
const MAX_MTU = 65_535
const DEFAULT_MTU = 1500
/** Kinds that a command can make. */
const KINDS = new Set(['veth', 'bridge', 'dummy', 'ifb', 'bond', 'vrf', 'wireguard', 'vlan', 'macvlan', 'vcan'])
/** Kinds that stand on another link, and share its carrier. */
const UPPER = new Set(['vlan', 'macvlan'])
/** Kinds that take other links as members. */
const MASTERS = new Set(['bridge', 'bond', 'vrf'])
/** Kinds whose carrier nothing can take away; their operstate stays `unknown`. */
const ALWAYS_ON = new Set(['loopback', 'dummy', 'ifb', 'wireguard', 'vcan'])

/** A link to be put into a fake kernel, from whatever side. */
export interface NewLink {
  readonly ifname: string
  readonly ifindex?: number | undefined
  readonly kind?: string | undefined
  readonly macAddress?: string | undefined
  readonly mtu?: number | undefined
  readonly carrier: boolean
  readonly hardware: boolean
  /** The link below, and the attributes of the kind. */
  readonly more?: Partial<Link> | undefined
}

/** Puts a link in, down as the kernel makes them. */
export function insertLink(state: FakeState, wanted: NewLink): FakeLink {
  const ifindex = wanted.ifindex ?? state.highestIfindex + 1
  // As the kernel does: the index of a link that is gone is not given again soon.
  state.highestIfindex = Math.max(state.highestIfindex, ifindex)
  const kind = wanted.kind === 'loopback' ? undefined : wanted.kind
  const link: Link = {
    ifindex,
    ifname: wanted.ifname,
    ...(kind === undefined ? {} : { kind }),
    macAddress: wanted.macAddress?.toLowerCase() ?? inventedMac(ifindex),
    mtu: wanted.mtu ?? DEFAULT_MTU,
    up: false,
    lowerUp: false,
    operstate: 'down',
    ...wanted.more,
  }
  const { carrier, hardware } = wanted
  const entry: FakeLink = { link, carrier, hardware, hwPath: hardware ? '' : '/devices/virtual', made: [] }
  state.links.set(ifindex, entry)
  addLinkSysctls(state, wanted.ifname)
  return entry
}

/** Executes addLink. */
export function addLink(state: FakeState, command: AddLink): Refusal {
  const { ifname, kind, ifindex, macAddress, mtu, peer } = command
  if (linkNamed(state, ifname) !== undefined) return refuse('EEXIST', command.type)
  if (!KINDS.has(kind)) return refuse('EOPNOTSUPP', command.type, 'Unknown device type')
  if (ifindex !== undefined && state.links.has(ifindex)) return refuse('EBUSY', command.type)
  const badMtu = mtuRefusal(command.type, mtu)
  if (badMtu !== undefined) return badMtu
  const badKind = kindRefusal(state, command)
  if (badKind !== undefined) return badKind
  if (kind !== 'veth') {
    const more = kindAttributes(command)
    const entry = insertLink(state, { ifname, kind, ifindex, macAddress, mtu, carrier: true, hardware: false, more })
    return announce(state, entry, command)
  }
  const peerName = peer?.ifname ?? freeName(state, 'veth')
  if (linkNamed(state, peerName) !== undefined || peerName === ifname) return refuse('EEXIST', command.type)
  if (peer?.ifindex !== undefined && state.links.has(peer.ifindex)) return refuse('EBUSY', command.type)
  const made = { kind, carrier: true, hardware: false }
  const far = insertLink(state, { ...made, ifname: peerName, ifindex: peer?.ifindex })
  const near = insertLink(state, { ...made, ifname, ifindex, macAddress, mtu })
  for (const [one, other] of [
    [far, near],
    [near, far],
  ] as const) {
    one.peer = other.link.ifindex
    one.link = { ...one.link, parent: other.link.ifindex }
  }
  // The far end is announced before it has a peer.
  const { parent: _, ...alone } = far.link
  state.emit({ type: 'link', ...alone })
  return announce(state, near, command)
}

/** Tells of a new link; its master and its being up come behind. */
function announce(state: FakeState, entry: FakeLink, command: AddLink): Refusal {
  state.emit({ type: 'link', ...entry.link })
  const refused = command.master === undefined ? undefined : setMaster(state, entry, Number(command.master))
  if (refused !== undefined) return refused
  if (command.up === true) setUp(state, entry, true)
  return undefined
}

/** Executes deleteLink on a link that exists. */
export function deleteLink(state: FakeState, entry: FakeLink, command: KernelCommand): Refusal {
  if (entry.hardware) return refuse('EOPNOTSUPP', command.type)
  removeLink(state, entry)
  return undefined
}

/** Takes a link out, its veth peer with it. */
export function removeLink(state: FakeState, entry: FakeLink): void {
  const peer = entry.peer === undefined ? undefined : state.links.get(entry.peer)
  const above = [...state.links.values()].filter(
    ({ link }) => UPPER.has(link.kind ?? '') && link.parent === entry.link.ifindex,
  )
  for (const upper of above) removeLink(state, upper)
  const dying = peer === undefined ? [entry] : [entry, peer]
  for (const gone of dying) setUp(state, gone, false)
  for (const gone of dying) {
    const { ifindex, ifname } = gone.link
    const addresses = addressesOf(state, ifindex)
    state.addresses = state.addresses.filter((address) => address.ifindex !== ifindex)
    for (const address of addresses) state.emit({ type: 'addressGone', ...address })
    remakeRoutes(state, gone)
    dropRoutesOfLink(state, ifindex)
    state.links.delete(ifindex)
    removeLinkSysctls(state, ifname)
    state.emit({ type: 'linkGone', ifindex, ifname })
    for (const member of state.links.values()) {
      if (member.link.master !== ifindex) continue
      const { master: _, ...free } = member.link
      put(state, member, free)
    }
  }
}

/** Executes setLink on a link that exists; like the kernel it may have done a part when it refuses the rest. */
export function setLink(state: FakeState, entry: FakeLink, command: SetLink): Refusal {
  const { macAddress, mtu, name, master, up } = command
  if (macAddress !== undefined) {
    if ((Number.parseInt(macAddress.slice(0, 2), 16) & 1) === 1) return refuse('EADDRNOTAVAIL', command.type)
    put(state, entry, { ...entry.link, macAddress: macAddress.toLowerCase() })
  }
  if (mtu !== undefined) {
    const badMtu = mtuRefusal(command.type, mtu)
    if (badMtu !== undefined) return badMtu
    put(state, entry, { ...entry.link, mtu })
  }
  if (name !== undefined && name !== entry.link.ifname) {
    if (linkNamed(state, name) !== undefined) return refuse('EEXIST', command.type)
    renameLink(state, entry, name)
  }
  if (master !== undefined) {
    const refused = setMaster(state, entry, Number(master))
    if (refused !== undefined) return refused
  }
  const changed = kindAttributes(command, entry.link)
  if (Object.keys(changed).length > 0) put(state, entry, { ...entry.link, ...changed })
  if (up !== undefined) setUp(state, entry, up)
  return undefined
}

/** Kernels since 6.2 rename a link that is up; older ones refuse with EBUSY. */
export function renameLink(state: FakeState, entry: FakeLink, ifname: string): void {
  const before = entry.link.ifname
  renameLinkSysctls(state, before, ifname)
  put(state, entry, { ...entry.link, ifname })
  relabel(state, entry, before)
}

/** Raises or lowers a link with all that follows: IPv4 loses its routes in silence, IPv6 tells. */
export function setUp(state: FakeState, entry: FakeLink, up: boolean): void {
  if (entry.link.up === up) return
  const { ifindex } = entry.link
  put(state, entry, { ...entry.link, up, ...seen(state, entry, up) })
  if (up) remakeRoutes(state, entry)
  else {
    flushIpv6RoutesOfLink(state, ifindex)
    flushIpv6(state, entry)
    dropRoutesOfLink(state, ifindex)
    flushNeighbours(state, ifindex)
  }
  if (!entry.link.lowerUp) dropNexthopsOfLink(state, ifindex)
  refreshRelated(state, entry)
}

/** Works out anew what a link shows of its carrier, and tells if it differs. */
export function refreshLink(state: FakeState, entry: FakeLink): void {
  const { lowerUp, operstate } = seen(state, entry, entry.link.up)
  if (lowerUp === entry.link.lowerUp && operstate === entry.link.operstate) return
  put(state, entry, { ...entry.link, lowerUp, operstate })
  if (!lowerUp) dropNexthopsOfLink(state, entry.link.ifindex)
  refreshRelated(state, entry)
}

function setMaster(state: FakeState, entry: FakeLink, ifindex: number): Refusal {
  const { master: before, ...free } = entry.link
  const target = state.links.get(ifindex)
  if (ifindex !== 0) {
    if (target === undefined) return refuse('EINVAL', 'setLink')
    if (!MASTERS.has(target.link.kind ?? '')) return refuse('EOPNOTSUPP', 'setLink')
  }
  if (before === ifindex || (before === undefined && ifindex === 0)) return undefined
  put(state, entry, target === undefined ? free : { ...free, master: ifindex })
  for (const bridge of [before, ifindex]) {
    const member = bridge === undefined ? undefined : state.links.get(bridge)
    if (member !== undefined) refreshLink(state, member)
  }
  return undefined
}

function refreshRelated(state: FakeState, entry: FakeLink): void {
  for (const ifindex of [entry.peer, entry.link.master]) {
    const other = ifindex === undefined ? undefined : state.links.get(ifindex)
    if (other !== undefined) refreshLink(state, other)
  }
  for (const { link } of [...state.links.values()]) {
    const upper = UPPER.has(link.kind ?? '') && link.parent === entry.link.ifindex
    const above = upper ? state.links.get(link.ifindex) : undefined
    if (above !== undefined) refreshLink(state, above)
  }
}

function seen(state: FakeState, entry: FakeLink, up: boolean): Pick<Link, 'lowerUp' | 'operstate'> {
  if (!up) return { lowerUp: false, operstate: 'down' }
  const kind = entry.link.ifindex === 1 ? 'loopback' : (entry.link.kind ?? '')
  if (ALWAYS_ON.has(kind)) return { lowerUp: true, operstate: 'unknown' }
  if (kind === 'veth') {
    const awake = entry.peer !== undefined && state.links.get(entry.peer)?.link.up === true
    return awake ? { lowerUp: true, operstate: 'up' } : { lowerUp: false, operstate: 'lowerlayerdown' }
  }
  if (UPPER.has(kind)) {
    const awake = state.links.get(entry.link.parent ?? 0)?.link.lowerUp === true
    return awake ? { lowerUp: true, operstate: 'up' } : { lowerUp: false, operstate: 'lowerlayerdown' }
  }
  const members = [...state.links.values()].filter((member) => member.link.master === entry.link.ifindex)
  const lowerUp = MASTERS.has(kind) ? members.some((member) => member.link.lowerUp) : entry.carrier
  return { lowerUp, operstate: lowerUp ? 'up' : 'down' }
}

function put(state: FakeState, entry: FakeLink, link: Link): void {
  entry.link = link
  state.emit({ type: 'link', ...link })
}

function mtuRefusal(operation: string, mtu: number | undefined): Refusal {
  if (mtu !== undefined && mtu < MIN_MTU) return refuse('EINVAL', operation, 'mtu less than device minimum')
  if (mtu !== undefined && mtu > MAX_MTU) return refuse('EINVAL', operation, 'mtu greater than device maximum')
  return undefined
}

function freeName(state: FakeState, stem: string): string {
  for (let number = 0; ; number += 1) {
    if (linkNamed(state, `${stem}${number}`) === undefined) return `${stem}${number}`
  }
}

/** Locally administered, and different for each index. */
function inventedMac(ifindex: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => ((ifindex >>> shift) & 255).toString(16).padStart(2, '0'))
  return ['02', 'fa', ...bytes].join(':')
}
