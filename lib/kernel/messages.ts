/**
 * The vocabulary between the engine and TypeScript: nouns, commands, events.
 * Hand-kept on both sides: native/engine/messages has the same fields, and test/native compares them.
 * Units: indices, tables, metrics, protocols and scopes are the kernel's numbers; addresses are text in canonical form
 * (RFC 5952 for IPv6); MAC addresses lower-case colon text; times are milliseconds of CLOCK_MONOTONIC with a fraction.
 */

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
  readonly gateway?: string
  readonly ifindex: number
  /** 1 to 256. */
  readonly weight: number
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

/** A route; the key is what the kernel uses: (family, table, destination, metric, and the hops). */
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
  /** Id of a nexthop object (RTA_NH_ID). */
  readonly nexthopId?: number
}

/** FR_ACT_* in words. */
export type RuleAction = 'unspec' | 'table' | 'goto' | 'nop' | 'blackhole' | 'unreachable' | 'prohibit'

/** A policy routing rule. */
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
}

/** Names its link by index or by name; a name is resolved from the mirror when the command is sent. */
export interface LinkReference {
  readonly ifindex?: number | undefined
  readonly ifname?: string | undefined
}

export interface SetLink extends LinkReference {
  readonly type: 'setLink'
  readonly up?: boolean | undefined
  readonly name?: string | undefined
  readonly macAddress?: string | undefined
  readonly mtu?: number | undefined
  /** Name or index of the new master; 0 releases the link. */
  readonly master?: number | string | undefined
}

export interface AddLink {
  readonly type: 'addLink'
  readonly ifname: string
  /** 'veth', 'bridge', 'dummy', 'ifb', …: any kind that needs no attribute beyond these. */
  readonly kind: string
  readonly ifindex?: number | undefined
  readonly macAddress?: string | undefined
  readonly mtu?: number | undefined
  /** Only for veth: the other end. */
  readonly peer?: { readonly ifname: string; readonly ifindex?: number | undefined } | undefined
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

export interface RouteCommand extends LinkReference {
  readonly type: 'addRoute' | 'replaceRoute' | 'deleteRoute'
  readonly family: Family
  readonly routeType?: RouteType | undefined
  readonly destination: string
  readonly gateway?: string | undefined
  readonly metric?: number | undefined
  /** Default: 254, main. */
  readonly table?: number | undefined
  readonly protocol?: number | undefined
  readonly scope?: number | undefined
  readonly source?: string | undefined
  /** RTNH_F_ONLINK: the gateway is taken as directly reachable. */
  readonly onlink?: boolean | undefined
  readonly nexthops?:
    | readonly { readonly gateway?: string; readonly ifindex: number; readonly weight?: number }[]
    | undefined
}

export interface RuleCommand {
  readonly type: 'addRule' | 'deleteRule'
  readonly family: Family
  readonly priority?: number | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly iif?: string | undefined
  readonly oif?: string | undefined
  readonly mark?: number | undefined
  readonly mask?: number | undefined
  readonly action?: RuleAction | undefined
  readonly table?: number | undefined
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
export type KernelCommand = SetLink | AddLink | DeleteLink | AddressCommand | RouteCommand | RuleCommand | SetSysctl

export interface ProbeRequest {
  /** IP text; names are never resolved here. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
  /** Link that the connection must leave by (SO_BINDTODEVICE). */
  readonly ifname?: string | undefined
  readonly deadlineMs: number
}

export interface ProbeResult {
  /** connected: handshake done. refused: the host answered with a reset. timeout: no answer by the deadline. unreachable: the kernel said why, see errno. */
  readonly outcome: 'connected' | 'refused' | 'timeout' | 'unreachable'
  readonly errno?: number
  /** From the start of the attempt to its outcome. */
  readonly ms: number
}

/** What can be dumped and followed, in the engine's order. */
export const DUMP_SUBJECTS = ['links', 'addresses', 'routes', 'rules'] as const
export type DumpSubject = (typeof DUMP_SUBJECTS)[number]

/** See Kernel.setStandingOrders: what crosses to the engine. */
export interface EngineOrder {
  readonly name: string
  readonly ifindex: number
  readonly lowerUp: boolean
  readonly commands: readonly KernelCommand[]
}

/** Internal commands: the kernel seam sends them, users do not. */
export type EngineRequest =
  /** A fresh dump; its reply carries `records`. `table` filters routes; a table that does not exist is []. */
  | { readonly type: 'dump'; readonly what: DumpSubject; readonly table?: number }
  /** Dumps between snapshotBegin and snapshotEnd in the event stream. */
  | { readonly type: 'resync'; readonly what: 'all' | 'routes' }
  | ({ readonly type: 'probe' } & ProbeRequest)
  /** Ends a probe without an outcome; `target` is its id. */
  | { readonly type: 'cancel'; readonly target: number }
  | { readonly type: 'getSysctl'; readonly path: readonly string[] }
  /** Reads the target of /sys/class/net/IFNAME if that is this link; its reply carries `text`, '' where unknown. */
  | { readonly type: 'linkPath'; readonly ifindex: number; readonly ifname: string }
  /** Listens on the abstract unix socket NAME for the life of the engine; EADDRINUSE's reply carries the owner's pid as `text`. */
  | { readonly type: 'lockInstance'; readonly name: string }
  /** Gives the name back; one that is not held is no error. */
  | { readonly type: 'unlockInstance'; readonly name: string }
  /** Takes the place of all orders that stand. */
  | { readonly type: 'setOrders'; readonly generation: number; readonly orders: readonly EngineOrder[] }

/** What crosses to the engine: names are resolved to indices. Commands of one send have consecutive ids. */
export type EngineCommand = KernelCommand | EngineRequest

/** The kernel's refusal of one command. */
export interface EngineError {
  readonly errno: number
  /** 'EEXIST', … */
  readonly code: string
  readonly operation: string
  /** The kernel's extended-ack text, '' where it gave none. */
  readonly message: string
}

/** What became of a standing order. */
export interface OrderOutcome {
  /** Of the set it belonged to. */
  readonly generation: number
  readonly name: string
  readonly ifindex: number
  /** When the engine read what the order waited for, and when the kernel had acknowledged its last command. */
  readonly triggeredMs: number
  readonly doneMs: number
  readonly refusals: readonly { readonly index: number; readonly error: EngineError }[]
}

/** What crosses from the engine, in the order in which the loop saw it. */
export type KernelEvent =
  | ({ readonly type: 'link'; readonly atMs: number } & Link)
  | { readonly type: 'linkGone'; readonly atMs: number; readonly ifindex: number; readonly ifname: string }
  | ({ readonly type: 'address' | 'addressGone'; readonly atMs: number } & Address)
  /** `replaces`: the kernel put it in the place of another route of the same key (NLM_F_REPLACE); no routeGone tells of that one. Only on live events. */
  | ({ readonly type: 'route'; readonly atMs: number; readonly replaces?: boolean } & Route)
  | ({ readonly type: 'routeGone'; readonly atMs: number } & Route)
  | ({ readonly type: 'rule' | 'ruleGone'; readonly atMs: number } & Rule)
  | {
      readonly type: 'reply'
      readonly atMs: number
      readonly id: number
      readonly error?: EngineError
      readonly text?: string
      readonly records?: readonly (Link | Address | Route | Rule)[]
    }
  /** The kernel did what `count` commands with consecutive ids wanted. */
  | { readonly type: 'done'; readonly atMs: number; readonly firstId: number; readonly count: number }
  | ({ readonly type: 'probe'; readonly atMs: number; readonly id: number } & ProbeResult)
  /** A standing order has been carried out; refusals name the place of their command. */
  | ({ readonly type: 'order'; readonly atMs: number } & OrderOutcome)
  /** Notifications were lost; a resync follows by itself. */
  | { readonly type: 'overrun'; readonly atMs: number }
  | { readonly type: 'snapshotBegin'; readonly atMs: number; readonly what: 'all' | 'routes' }
  | { readonly type: 'snapshotEnd'; readonly atMs: number; readonly what: 'all' | 'routes' }
  /** The loop has ended by an error of its own; nothing follows. */
  | { readonly type: 'fatal'; readonly atMs: number; readonly error: EngineError }

/** The protocol number that marks our routes, rules and addresses (rtm_protocol, FRA_PROTOCOL, IFA_PROTO). */
export const OUR_PROTOCOL = 183
export const MAIN_TABLE = 254
