/** What a user may send. `undefined` means absent. Units are those of nouns.ts. */

import type { Bond, Bridge, BridgePort, Macvlan, Vlan, Vrf } from './link-kinds.js'
import type { Family, NeighbourState, PortRange, RoutePreference, RouteType, RuleAction, UidRange } from './nouns.js'
import type { SetWireguardDevice } from './wireguard.js'
import type { WirelessCommand } from './wireless-commands.js'

/** Names its link by index or by name; a name is resolved from the mirror when the command is sent. */
export interface LinkReference {
  readonly ifindex?: number | undefined
  readonly ifname?: string | undefined
}

/** A bond's attributes in a command: its ports by index or by name. */
export interface BondSettings extends Omit<Bond, 'activeSlave' | 'primary'> {
  /** 0 is none. */
  readonly activeSlave?: number | string | undefined
  readonly primary?: number | string | undefined
}

export interface SetLink extends LinkReference {
  readonly type: 'setLink'
  readonly up?: boolean | undefined
  readonly name?: string | undefined
  readonly macAddress?: string | undefined
  readonly mtu?: number | undefined
  /** Name or index of the new master; 0 releases the link. */
  readonly master?: number | string | undefined
  /** Attributes of the link's own kind: at most one of these. */
  readonly vlan?: Vlan | undefined
  readonly bridge?: Bridge | undefined
  readonly bond?: BondSettings | undefined
  readonly macvlan?: Macvlan | undefined
  /** Only for a link that is a bridge's port already. */
  readonly bridgePort?: BridgePort | undefined
}

export interface AddLink {
  readonly type: 'addLink'
  readonly ifname: string
  /** 'veth', 'bridge', 'vlan', 'bond', 'macvlan', 'vrf', 'dummy', 'ifb', …: any kind that the kernel makes of these fields. */
  readonly kind: string
  readonly ifindex?: number | undefined
  readonly macAddress?: string | undefined
  readonly mtu?: number | undefined
  /** Only for veth: the other end. */
  readonly peer?: { readonly ifname: string; readonly ifindex?: number | undefined } | undefined
  /** Name or index of the link below; a vlan and a macvlan need it. */
  readonly parent?: number | string | undefined
  /** Name or index of the bridge, bond or VRF that takes it in. */
  readonly master?: number | string | undefined
  readonly up?: boolean | undefined
  /** Attributes of the link's own kind: at most one of these. */
  readonly vlan?: Vlan | undefined
  readonly bridge?: Bridge | undefined
  readonly bond?: BondSettings | undefined
  readonly macvlan?: Macvlan | undefined
  readonly vrf?: Vrf | undefined
}

export interface DeleteLink extends LinkReference {
  readonly type: 'deleteLink'
}

export interface AddressCommand extends LinkReference {
  readonly type: 'addAddress' | 'replaceAddress' | 'deleteAddress'
  readonly address: string
  readonly prefixLength: number
  readonly peer?: string | undefined
  readonly broadcast?: string | undefined
  readonly scope?: number | undefined
  readonly label?: string | undefined
  readonly noPrefixRoute?: boolean | undefined
  readonly protocol?: number | undefined
}

/** One way of a multipath route to be made; its link by index or by name. */
export interface NexthopSettings extends LinkReference {
  /** May be of the other family: an IPv4 route over an IPv6 gateway. */
  readonly gateway?: string | undefined
  /** 1 to 256; default 1. */
  readonly weight?: number | undefined
}

/** Absent fields take their default when adding; when deleting they match anything, but for the table. */
export interface RouteCommand extends LinkReference {
  readonly type: 'addRoute' | 'replaceRoute' | 'deleteRoute'
  readonly family: Family
  /** Default: unicast. */
  readonly routeType?: RouteType | undefined
  readonly destination: string
  /** May be of the other family: an IPv4 route over an IPv6 gateway. */
  readonly gateway?: string | undefined
  readonly metric?: number | undefined
  /** Default: 254, main. */
  readonly table?: number | undefined
  /** Default: 4, static. */
  readonly protocol?: number | undefined
  /** Default as ip-route(8) chooses: link without a gateway, else universe. */
  readonly scope?: number | undefined
  readonly source?: string | undefined
  /** RTNH_F_ONLINK: the gateway is taken as directly reachable. */
  readonly onlink?: boolean | undefined
  /** 1 to 512. */
  readonly nexthops?: readonly NexthopSettings[] | undefined
  /** A nexthop object in the place of gateway, link and nexthops. */
  readonly nexthopId?: number | undefined
  /** Only IPv6: for packets from this prefix. */
  readonly from?: string | undefined
  readonly tos?: number | undefined
  /** Only IPv6. */
  readonly preference?: RoutePreference | undefined
  /** Bytes. */
  readonly mtu?: number | undefined
  /** Bytes. */
  readonly advmss?: number | undefined
  /** Segments. */
  readonly initcwnd?: number | undefined
}

/** Absent fields take their default when adding, and match anything when deleting. */
export interface RuleCommand {
  readonly type: 'addRule' | 'deleteRule'
  readonly family: Family
  /** Default: one before the second rule of the family. */
  readonly priority?: number | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly iif?: string | undefined
  readonly oif?: string | undefined
  readonly mark?: number | undefined
  readonly mask?: number | undefined
  /** Default: table. */
  readonly action?: RuleAction | undefined
  /** Default: 254, main, where the action is table and l3mdev does not find it. */
  readonly table?: number | undefined
  /** Default: 4, static. */
  readonly protocol?: number | undefined
  readonly invert?: boolean | undefined
  readonly tos?: number | undefined
  /** 0 to 63; not beside tos. */
  readonly dscp?: number | undefined
  readonly ipProtocol?: number | undefined
  readonly sourcePorts?: PortRange | undefined
  readonly destinationPorts?: PortRange | undefined
  readonly uidRange?: UidRange | undefined
  readonly l3mdev?: boolean | undefined
  readonly suppressPrefixLength?: number | undefined
  readonly suppressIfgroup?: number | undefined
  readonly target?: number | undefined
}

export interface NeighbourCommand extends LinkReference {
  readonly type: 'addNeighbour' | 'replaceNeighbour' | 'deleteNeighbour'
  readonly address: string
  readonly macAddress?: string | undefined
  /** Default: permanent. */
  readonly state?: NeighbourState | undefined
  readonly router?: boolean | undefined
  readonly proxy?: boolean | undefined
  readonly extLearned?: boolean | undefined
  readonly protocol?: number | undefined
}

/** To delete, the id is enough. */
export interface NexthopCommand extends LinkReference {
  readonly type: 'addNexthop' | 'replaceNexthop' | 'deleteNexthop'
  /** 1 to 4294967295. */
  readonly id: number
  /** Default: that of the gateway, else IPv4. */
  readonly family?: Family | undefined
  readonly gateway?: string | undefined
  readonly blackhole?: boolean | undefined
  readonly onlink?: boolean | undefined
  /** Ids of other objects, 1 to 512, in the place of gateway and link. */
  readonly group?: readonly { readonly id: number; readonly weight?: number | undefined }[] | undefined
  /** Default: 4, static. */
  readonly protocol?: number | undefined
}

/** Writes a file below /proc/sys/net, in the engine's network namespace. */
export interface SetSysctl {
  readonly type: 'setSysctl'
  /** Path elements below /proc/sys/net: ['ipv6', 'conf', 'eth0', 'disable_ipv6']. An array, because names may contain dots. */
  readonly path: readonly string[]
  readonly value: string
}

/** What a user may send; one result a command. */
export type KernelCommand =
  | SetLink
  | AddLink
  | DeleteLink
  | AddressCommand
  | RouteCommand
  | RuleCommand
  | NeighbourCommand
  | NexthopCommand
  | SetSysctl
  | WirelessCommand
  | SetWireguardDevice
