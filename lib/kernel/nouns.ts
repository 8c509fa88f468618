/**
 * What the kernel holds, as the engine tells it: links, addresses, routes, rules, neighbours, nexthop objects.
 * Units: indices, tables, metrics, protocols and scopes are the kernel's numbers; addresses are text in canonical form
 * (RFC 5952 for IPv6); MAC addresses lower-case colon text.
 */

import type { Bond, BondPort, Bridge, BridgePort, Macvlan, Tun, Vlan, Vrf } from './link-kinds.js'

export type Family = 4 | 6

/** RFC 2863 words, as linux/if.h numbers them 0 to 6. */
export type Operstate = 'unknown' | 'notpresent' | 'down' | 'lowerlayerdown' | 'testing' | 'dormant' | 'up'

/** A kernel network device. */
export interface Link {
  readonly ifindex: number
  readonly ifname: string
  /** IFLA_INFO_KIND: 'veth', 'bridge', …; absent for plain hardware. */
  readonly kind?: string
  /** Absent where the link has no 6-byte hardware address. */
  readonly macAddress?: string
  readonly mtu: number
  /** Administratively up (IFF_UP). */
  readonly up: boolean
  /** Carrier present (IFF_LOWER_UP). */
  readonly lowerUp: boolean
  readonly operstate: Operstate
  /** ifindex of the bridge, bond or VRF this link belongs to. */
  readonly master?: number
  /** ifindex of the link below (IFLA_LINK), absent where it is the link itself or in another namespace (then only the index is known). */
  readonly parent?: number
  /** The attributes of the link's own kind: at most one of these six. */
  readonly vlan?: Vlan
  readonly bridge?: Bridge
  readonly bond?: Bond
  readonly macvlan?: Macvlan
  readonly vrf?: Vrf
  /** The mirror has its `mode` alone: the kernel does not tell when the rest changes. */
  readonly tun?: Tun
  /** What the master says of its port: at most one of these two. That of a bridge stands in fresh dumps only. */
  readonly bridgePort?: BridgePort
  readonly bondPort?: BondPort
}

/** An address of a link; the key is (ifindex, address, prefixLength). */
export interface Address {
  readonly ifindex: number
  readonly family: Family
  /** The local address (IFA_LOCAL where given, else IFA_ADDRESS). */
  readonly address: string
  readonly prefixLength: number
  /** The remote end of a point-to-point link, where it differs from `address`. */
  readonly peer?: string
  readonly broadcast?: string
  /** RT_SCOPE_*: 0 universe, 200 site, 253 link, 254 host, 255 nowhere. */
  readonly scope: number
  readonly label?: string
  /** IFA_F_PERMANENT: no lifetime runs. */
  readonly permanent: boolean
  /** IFA_F_NOPREFIXROUTE: the kernel made no route for the prefix. */
  readonly noPrefixRoute: boolean
  /** IFA_PROTO (kernel 5.18 and later): who added it; 0 where unknown. */
  readonly protocol: number
}

/** One way of a multipath route. */
export interface Nexthop {
  /** May be of the other family: an IPv4 route over an IPv6 gateway (RTA_VIA). */
  readonly gateway?: string
  readonly ifindex: number
  /** 1 to 256. */
  readonly weight: number
  /** True or absent (RTNH_F_ONLINK): the gateway is taken as directly reachable. */
  readonly onlink?: boolean
}

/** RTN_* in words. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'xresolve'
  | 'unspec'

/** RTA_PREF in words (RFC 4191). */
export type RoutePreference = 'medium' | 'high' | 'low'

/** A route; the key is what the kernel uses: (family, table, destination, metric, from, tos, and the hops). */
export interface Route {
  readonly family: Family
  readonly routeType: RouteType
  /** 'default' or canonical 'address/prefixLength'. */
  readonly destination: string
  readonly gateway?: string
  readonly ifindex?: number
  /** RTA_PRIORITY; lower wins; 0 where absent (IPv4), 1024 is the kernel's default for IPv6. */
  readonly metric: number
  readonly table: number
  /** RTPROT_*; 183 is ours. */
  readonly protocol: number
  readonly scope: number
  /** Preferred source address (RTA_PREFSRC). */
  readonly source?: string
  /** Only for multipath routes. */
  readonly nexthops?: readonly Nexthop[]
  /** Id of a nexthop object (RTA_NH_ID); the kernel lists that object's gateway and link as well. */
  readonly nexthopId?: number
  /** Only IPv6: the route is for packets from this prefix (RTA_SRC). */
  readonly from?: string
  /** rtm_tos; absent where it is 0. */
  readonly tos?: number
  /** True or absent (RTNH_F_ONLINK); a multipath route has it at each hop. */
  readonly onlink?: boolean
  /** Only IPv6; absent where it is medium. */
  readonly preference?: RoutePreference
  /** RTAX_MTU, bytes. */
  readonly mtu?: number
  /** RTAX_ADVMSS, bytes. */
  readonly advmss?: number
  /** RTAX_INITCWND, segments. */
  readonly initcwnd?: number
}

/** FR_ACT_* in words. */
export type RuleAction = 'unspec' | 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit'

/** Both ends belong to it; ports 1 to 65534 as the kernel takes them. */
export interface PortRange {
  readonly start: number
  readonly end: number
}

/** Both ends belong to it. */
export interface UidRange {
  readonly start: number
  readonly end: number
}

/** A policy routing rule (linux/fib_rules.h). Its key is all of itself. */
export interface Rule {
  readonly family: Family
  readonly priority: number
  /** 'address/prefixLength'. */
  readonly from?: string
  readonly to?: string
  readonly iif?: string
  readonly oif?: string
  readonly mark?: number
  readonly mask?: number
  readonly action: RuleAction
  readonly table?: number
  /** FRA_PROTOCOL; 183 is ours. */
  readonly protocol: number
  /** True or absent: the rule is for what its selectors do not match (FIB_RULE_INVERT). */
  readonly invert?: boolean
  /** Of the packet's type-of-service octet; absent where it is 0. */
  readonly tos?: number
  /** FRA_DSCP, 0 to 63 (kernel 6.13). */
  readonly dscp?: number
  /** FRA_IP_PROTO: 6 is TCP, 17 is UDP. */
  readonly ipProtocol?: number
  readonly sourcePorts?: PortRange
  readonly destinationPorts?: PortRange
  /** Of the socket's owner. */
  readonly uidRange?: UidRange
  /** True or absent: the table is that of the VRF of the input or output link. */
  readonly l3mdev?: boolean
  /** Routes of this prefix length or shorter are passed over (FRA_SUPPRESS_PREFIXLEN). */
  readonly suppressPrefixLength?: number
  /** Routes by a link of this group are passed over (FRA_SUPPRESS_IFGROUP). */
  readonly suppressIfgroup?: number
  /** Priority of the rule that action goto goes on with. */
  readonly target?: number
}

/** NUD_* in words. */
export type NeighbourState =
  | 'none'
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent'

/** An entry of the ARP or neighbour discovery table (linux/neighbour.h); the key is (ifindex, address). */
export interface Neighbour {
  readonly ifindex: number
  readonly family: Family
  readonly address: string
  /** Absent while it is unknown. */
  readonly macAddress?: string
  readonly state: NeighbourState
  /** IPv6: it calls itself a router (NTF_ROUTER). */
  readonly router: boolean
  /** We answer for it (NTF_PROXY); dumps leave these out. */
  readonly proxy: boolean
  /** A control plane put it there (NTF_EXT_LEARNED). */
  readonly extLearned: boolean
  /** NDA_PROTOCOL; 0 where unknown. */
  readonly protocol: number
}

/** One nexthop object of a group. */
export interface NexthopMember {
  readonly id: number
  /** 1 to 256; to 65536 since kernel 6.12. */
  readonly weight: number
}

/** A nexthop object (linux/nexthop.h, kernel 5.3), which routes name by its id; the key is `id`. */
export interface NexthopObject {
  readonly id: number
  /** Absent for a group. */
  readonly family?: Family
  readonly gateway?: string
  readonly ifindex?: number
  readonly blackhole: boolean
  readonly onlink: boolean
  /** For VXLAN's forwarding database, not for routes. */
  readonly fdb: boolean
  readonly group?: readonly NexthopMember[]
  /** Only of a group: flows keep their member while others come and go. */
  readonly resilient?: boolean
  /** RTPROT_*; 183 is ours. */
  readonly protocol: number
  readonly scope: number
}

/** What a router advertisement said of name servers (RFC 8106). */
export interface NdOption {
  readonly ifindex: number
  /** Who sent the advertisement, where the kernel says so. */
  readonly router?: string
  /** Seconds; 0 withdraws, 4294967295 has no end. */
  readonly lifetimeS: number
  /** RDNSS: IPv6 addresses. */
  readonly servers?: readonly string[]
  /** DNSSL: search domains without the closing dot. */
  readonly domains?: readonly string[]
}
