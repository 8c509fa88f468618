/**
 * What nl80211 tells by itself: its multicast groups scan, mlme, regulatory and config.
 * Hand-kept on both sides: native/engine/fields/genl.hh has the same fields, and test/native compares them.
 */

import type { Station, WirelessInterface } from './wireless.js'

/** The stage of a scan that anybody asked for. */
export interface ScanEvent {
  readonly type: 'scan'
  readonly stage: 'started' | 'done' | 'aborted'
  readonly ifindex: number
  /** The channels that were or will be visited. */
  readonly frequenciesMhz: readonly number[]
}

export interface ConnectionEvent {
  readonly type: 'connection'
  readonly stage: 'connected' | 'rejected' | 'roamed' | 'disconnected'
  readonly ifindex: number
  readonly bssid?: string
  /** Why the association was rejected; absent where the access point did not answer. */
  readonly statusCode?: number
  /** Why it ended, where anybody said so. */
  readonly reasonCode?: number
  readonly byAccessPoint: boolean
}

/** Who changed the rules; what they are now, `regulatoryDomains` says. */
export interface RegulatoryEvent {
  readonly type: 'regulatory'
  readonly initiator: 'core' | 'user' | 'driver' | 'country-element'
  /** Absent for a world domain or an intersection. */
  readonly alpha2?: string
  /** Where it concerns one radio only. */
  readonly wiphy?: number
}

/** The signal crossed a threshold that was set. */
export interface SignalEvent {
  readonly type: 'signal'
  readonly change: 'below' | 'above' | 'beacon-lost'
  readonly ifindex: number
  readonly signalDbm?: number
}

/** One notification of nl80211. */
export type WirelessNotification =
  | ScanEvent
  | ConnectionEvent
  /** New, or different: another mode, another name. */
  | { readonly type: 'interface'; readonly interface: WirelessInterface }
  | { readonly type: 'interfaceGone'; readonly ifindex?: number; readonly wdev: number }
  /** New, or different. */
  | { readonly type: 'station'; readonly station: Station }
  | { readonly type: 'stationGone'; readonly ifindex: number; readonly macAddress: string }
  | RegulatoryEvent
  | SignalEvent

type Timed<T> = T extends unknown ? { readonly atMs: number } & T : never

/** What `WirelessKernel.subscribe` tells; `atMs` by CLOCK_MONOTONIC. */
export type WirelessEvent =
  | Timed<WirelessNotification>
  /** Notifications were lost at this point, or may have been (nl80211 came back): who holds a state asks anew. */
  | { readonly type: 'overrun'; readonly atMs: number }

/** The same as the engine has it: its own 'overrun' is about the links. */
export type EngineWirelessEvent =
  | Timed<WirelessNotification>
  | { readonly type: 'wirelessOverrun'; readonly atMs: number }

const WORDS: ReadonlySet<string> = new Set<EngineWirelessEvent['type']>([
  'scan',
  'connection',
  'interface',
  'interfaceGone',
  'station',
  'stationGone',
  'regulatory',
  'signal',
  'wirelessOverrun',
])

/** True for what nl80211 told. */
export function isWirelessEvent(event: { readonly type: string }): event is EngineWirelessEvent {
  return WORDS.has(event.type)
}
