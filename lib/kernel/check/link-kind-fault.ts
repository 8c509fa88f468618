/** The attributes of links of a kind, and of ports, in commands. */

import type { BondSettings } from '../commands.js'
import type { Bridge, BridgePort, Macvlan, Vlan, Vrf } from '../link-kinds.js'
import { boolean, type CheckField, integer, linkName, MAX_U16, MAX_U32, word } from './fault.js'

type Table<T> = { readonly [Key in keyof Required<T>]: CheckField }

/** 4095 is reserved (IEEE 802.1Q). */
const MAX_VLAN_ID = 4_094
/** BR_MAX_PRIO holds in six bits of a port's id. */
const MAX_PORT_PRIORITY = 63

const oneOf = (...words: readonly string[]): CheckField => {
  const known = new Set<unknown>(words)
  return (field, value) => word(field, value, known)
}
const upTo =
  (most: number): CheckField =>
  (field, value) =>
    integer(field, value, 0, most)
const u16 = upTo(MAX_U16)
const u32 = upTo(MAX_U32)
const port: CheckField = (field, value) => linkName(field, value, 0)
const vlanProtocol = oneOf('802.1Q', '802.1ad')

export const VLAN: Table<Vlan> = {
  id: upTo(MAX_VLAN_ID),
  protocol: vlanProtocol,
  reorderHeader: boolean,
  gvrp: boolean,
  mvrp: boolean,
  looseBinding: boolean,
  bridgeBinding: boolean,
}

export const BRIDGE: Table<Bridge> = {
  stp: boolean,
  forwardDelayMs: u32,
  helloTimeMs: u32,
  maxAgeMs: u32,
  ageingTimeMs: u32,
  priority: u16,
  vlanFiltering: boolean,
  vlanProtocol,
  vlanDefaultPvid: upTo(MAX_VLAN_ID),
  multicastSnooping: boolean,
  multicastQuerier: boolean,
  groupForwardMask: u16,
}

export const BOND: Table<BondSettings> = {
  mode: oneOf('balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'),
  miimonMs: u32,
  upDelayMs: u32,
  downDelayMs: u32,
  peerNotifyDelayMs: u32,
  arpIntervalMs: u32,
  activeSlave: port,
  primary: port,
  primaryReselect: oneOf('always', 'better', 'failure'),
  failOverMac: oneOf('none', 'active', 'follow'),
  xmitHashPolicy: oneOf('layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'),
  lacpRate: oneOf('slow', 'fast'),
  adSelect: oneOf('stable', 'bandwidth', 'count'),
  minLinks: u32,
  allSlavesActive: boolean,
  resendIgmp: u32,
  packetsPerSlave: u32,
  tlbDynamicBalancing: boolean,
}

export const MACVLAN: Table<Macvlan> = { mode: oneOf('private', 'vepa', 'bridge', 'passthru', 'source') }

export const VRF: Table<Vrf> = { table: u32 }

export const BRIDGE_PORT: Table<BridgePort> = {
  state: oneOf('disabled', 'listening', 'learning', 'forwarding', 'blocking'),
  cost: u32,
  priority: upTo(MAX_PORT_PRIORITY),
  hairpin: boolean,
  bpduGuard: boolean,
  rootBlock: boolean,
  fastLeave: boolean,
  learning: boolean,
  unicastFlood: boolean,
  multicastFlood: boolean,
  broadcastFlood: boolean,
  isolated: boolean,
  neighbourSuppression: boolean,
}
