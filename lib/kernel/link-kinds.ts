/**
 * What links of a kind, and ports, have beyond other links (IFLA_INFO_DATA and IFLA_INFO_SLAVE_DATA of linux/if_link.h).
 * What changes by itself, timers and counters, is left out. Times are milliseconds; those of a bridge are kept by the
 * kernel in hundredths of a second.
 */

export interface Vlan {
  /** 0 to 4094. */
  readonly id?: number | undefined
  readonly protocol?: '802.1Q' | '802.1ad' | undefined
  readonly reorderHeader?: boolean | undefined
  readonly gvrp?: boolean | undefined
  readonly mvrp?: boolean | undefined
  readonly looseBinding?: boolean | undefined
  readonly bridgeBinding?: boolean | undefined
}

export interface Bridge {
  /** True also where a program in user space speaks the protocol. */
  readonly stp?: boolean | undefined
  readonly forwardDelayMs?: number | undefined
  readonly helloTimeMs?: number | undefined
  readonly maxAgeMs?: number | undefined
  readonly ageingTimeMs?: number | undefined
  /** 0 to 65535; the lowest becomes the root. */
  readonly priority?: number | undefined
  readonly vlanFiltering?: boolean | undefined
  readonly vlanProtocol?: '802.1Q' | '802.1ad' | undefined
  /** 0 to 4094; 0 is none. */
  readonly vlanDefaultPvid?: number | undefined
  readonly multicastSnooping?: boolean | undefined
  readonly multicastQuerier?: boolean | undefined
  /** Bit n lets 01:80:c2:00:00:0n pass. */
  readonly groupForwardMask?: number | undefined
}

export type BondMode =
  | 'balance-rr'
  | 'active-backup'
  | 'balance-xor'
  | 'broadcast'
  | '802.3ad'
  | 'balance-tlb'
  | 'balance-alb'

/** The words are those of the kernel's bonding documentation. */
export interface Bond {
  readonly mode?: BondMode | undefined
  readonly miimonMs?: number | undefined
  readonly upDelayMs?: number | undefined
  readonly downDelayMs?: number | undefined
  readonly peerNotifyDelayMs?: number | undefined
  readonly arpIntervalMs?: number | undefined
  /** An ifindex; 0 is none. */
  readonly activeSlave?: number | undefined
  /** An ifindex; 0 is none. */
  readonly primary?: number | undefined
  readonly primaryReselect?: 'always' | 'better' | 'failure' | undefined
  readonly failOverMac?: 'none' | 'active' | 'follow' | undefined
  readonly xmitHashPolicy?: 'layer2' | 'layer3+4' | 'layer2+3' | 'encap2+3' | 'encap3+4' | 'vlan+srcmac' | undefined
  readonly lacpRate?: 'slow' | 'fast' | undefined
  readonly adSelect?: 'stable' | 'bandwidth' | 'count' | undefined
  readonly minLinks?: number | undefined
  readonly allSlavesActive?: boolean | undefined
  readonly resendIgmp?: number | undefined
  readonly packetsPerSlave?: number | undefined
  readonly tlbDynamicBalancing?: boolean | undefined
}

export interface Macvlan {
  readonly mode?: 'private' | 'vepa' | 'bridge' | 'passthru' | 'source' | undefined
}

export interface Vrf {
  readonly table?: number | undefined
}

/** Read only: a program makes such links by opening /dev/net/tun. */
export interface Tun {
  readonly mode?: 'tun' | 'tap' | undefined
  readonly persist?: boolean | undefined
  /** User and group ids that may attach. */
  readonly owner?: number | undefined
  readonly group?: number | undefined
  readonly packetInfo?: boolean | undefined
  readonly multiQueue?: boolean | undefined
  readonly vnetHeader?: boolean | undefined
}

export interface BridgePort {
  /**
   * As of the last time that the kernel told of the link: it tells of a new state alone only to those who listen to
   * bridges (AF_BRIDGE), which the engine does not read. A fresh dump has the present one.
   */
  readonly state?: 'disabled' | 'listening' | 'learning' | 'forwarding' | 'blocking' | undefined
  readonly cost?: number | undefined
  /** 0 to 63. */
  readonly priority?: number | undefined
  readonly hairpin?: boolean | undefined
  readonly bpduGuard?: boolean | undefined
  readonly rootBlock?: boolean | undefined
  readonly fastLeave?: boolean | undefined
  readonly learning?: boolean | undefined
  readonly unicastFlood?: boolean | undefined
  readonly multicastFlood?: boolean | undefined
  readonly broadcastFlood?: boolean | undefined
  readonly isolated?: boolean | undefined
  readonly neighbourSuppression?: boolean | undefined
}

export interface BondPort {
  readonly state?: 'active' | 'backup' | undefined
  readonly permanentMacAddress?: string | undefined
  readonly queueId?: number | undefined
  readonly priority?: number | undefined
}
