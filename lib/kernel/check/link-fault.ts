/** Commands for links. */

import type { AddLink, SetLink } from '../commands.js'
import {
  boolean,
  type Check,
  integer,
  link,
  linkName,
  MAX_IFINDEX,
  MAX_U32,
  mac,
  name,
  object,
  required,
  text,
  wrong,
} from './fault.js'
import { BOND, BRIDGE, BRIDGE_PORT, MACVLAN, VLAN, VRF } from './link-kind-fault.js'

/** MODULE_NAME_LEN, which is all that rtnetlink reads of a kind, less the end mark. */
const MAX_KIND_BYTES = 55
const KINDS = ['vlan', 'bridge', 'bond', 'macvlan', 'vrf'] as const

export function setLinkFault(command: SetLink): Check {
  return (
    link(command, true) ??
    boolean('up', command.up) ??
    name('name', command.name) ??
    mac('macAddress', command.macAddress) ??
    integer('mtu', command.mtu, 0, MAX_U32) ??
    linkName('master', command.master, 0) ??
    attributesFault(command) ??
    object('bridgePort', command.bridgePort, BRIDGE_PORT)
  )
}

export function addLinkFault(command: AddLink): Check {
  return (
    required('ifname', command.ifname) ??
    name('ifname', command.ifname) ??
    required('kind', command.kind) ??
    text('kind', command.kind, MAX_KIND_BYTES) ??
    integer('ifindex', command.ifindex, 1, MAX_IFINDEX) ??
    mac('macAddress', command.macAddress) ??
    integer('mtu', command.mtu, 0, MAX_U32) ??
    boolean('up', command.up) ??
    linkName('parent', command.parent, 1) ??
    linkName('master', command.master, 1) ??
    peerFault(command) ??
    attributesFault(command) ??
    object('vrf', command.vrf, VRF)
  )
}

function peerFault({ kind, peer }: AddLink): Check {
  if (peer === undefined) return undefined
  if (kind !== 'veth') return wrong('peer', 'nothing: only a veth has a peer', peer)
  if (typeof peer !== 'object' || peer === null) return wrong('peer', 'an object', peer)
  return (
    required('peer.ifname', peer.ifname) ??
    name('peer.ifname', peer.ifname) ??
    integer('peer.ifindex', peer.ifindex, 1, MAX_IFINDEX)
  )
}

/** At most one kind's attributes, and of the kind that is made. */
function attributesFault(command: SetLink | AddLink): Check {
  let only: string | undefined = command.type === 'addLink' ? command.kind : undefined
  for (const kind of KINDS) {
    const value = kind === 'vrf' ? (command.type === 'addLink' ? command.vrf : undefined) : command[kind]
    if (value === undefined) continue
    only ??= kind
    if (kind !== only) return wrong(kind, `nothing: the link is a ${only}`, value)
  }
  return (
    object('vlan', command.vlan, VLAN) ??
    object('bridge', command.bridge, BRIDGE) ??
    object('bond', command.bond, BOND) ??
    object('macvlan', command.macvlan, MACVLAN)
  )
}
