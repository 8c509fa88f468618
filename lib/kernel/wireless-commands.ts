/**
 * Commands about radios and wireless interfaces (generic netlink family "nl80211").
 * Hand-kept on both sides: native/engine/fields/genl.hh has the same fields, and test/native compares them.
 */

import type { LinkReference } from './commands.js'
import type { InterfaceMode } from './wireless.js'

/** Asks for a scan; EBUSY while another runs, whose results serve as well. */
export interface TriggerScan {
  readonly type: 'triggerScan'
  readonly ifindex: number
  /** Hidden networks to call by name (1 to 32 octets each), beside the call to all. */
  readonly ssids?: readonly { readonly ssid: Uint8Array }[] | undefined
  /** Listen only; `ssids` must be absent. */
  readonly passive?: boolean | undefined
  /** All that the radio knows where absent. */
  readonly frequenciesMhz?: readonly number[] | undefined
  /** Forget what earlier scans heard. */
  readonly flush?: boolean | undefined
  readonly lowPriority?: boolean | undefined
  /** Scan although the interface is an access point. */
  readonly ap?: boolean | undefined
  readonly randomAddress?: boolean | undefined
}

/** A hint of the user; whether it counts, the event 'regulatory' and the domain say afterwards. */
export interface RequestRegulatory {
  readonly type: 'requestRegulatory'
  /** Two capital letters, or '00'. */
  readonly alpha2: string
}

/** Ends a scan that runs; ENOENT where none does. */
export interface AbortScan {
  readonly type: 'abortScan'
  readonly ifindex: number
}

/** Adds an interface to the radio of another one, down as the kernel makes them. */
export interface AddWirelessInterface {
  readonly type: 'addWirelessInterface'
  readonly ifname: string
  /** Name or index of an interface of the same radio. */
  readonly parent: number | string
  /** EOPNOTSUPP: the radio has no such mode. */
  readonly mode: InterfaceMode
}

/** Deletes an interface of a radio. */
export interface DeleteWirelessInterface extends LinkReference {
  readonly type: 'deleteWirelessInterface'
}

/** Sets what is given and lets the rest be. The interface must be up and have joined its mesh (ENOLINK). */
export interface SetMeshParameters extends LinkReference {
  readonly type: 'setMeshParameters'
  /** dot11MeshHWMProotMode: 0 no root, 1 root, 2 proactive PREQ, 3 proactive PREQ with PREP, 4 root announcements. */
  readonly hwmpRootMode?: number | undefined
  /** Tells the mesh that this station is a gate to other networks. */
  readonly gateAnnouncements?: boolean | undefined
  /** Passes on what is for others. */
  readonly forwarding?: boolean | undefined
  /** Weaker stations are not peered with: -255 to 0 dBm, 0 takes every station. */
  readonly rssiThresholdDbm?: number | undefined
}

/** Lets the radio sleep between beacons, or not. */
export interface SetPowerSave extends LinkReference {
  readonly type: 'setPowerSave'
  readonly enabled: boolean
}

/** What a user may send about radios; TriggerScan and AbortScan are the kernel seam's own. */
export type WirelessCommand =
  | RequestRegulatory
  | AddWirelessInterface
  | DeleteWirelessInterface
  | SetMeshParameters
  | SetPowerSave
