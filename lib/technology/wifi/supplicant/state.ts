/** What is known of a supplicant, what may change it, and what follows: the vocabulary of the pure step beside this file. */

import type { AccessPoint, BssEntry, MeshPeer } from './access-point.js'
import { type EapStatus, NO_EAP } from './eap-status.js'
import type { SupplicantEvent } from './events.js'

/** Above what any place has shown; the weakest are left out then. */
export const MAX_ACCESS_POINTS_COUNT = 512
/** IEEE 802.11 numbers associations up to this. */
export const MAX_CLIENTS_COUNT = 2_007
/** Peerings that a mesh member can announce, with room to spare. */
export const MAX_PEERS_COUNT = 256

export interface Known {
  readonly id: number | undefined
  readonly accessPoint: AccessPoint
}

export interface SupplicantState {
  /** Serves a network itself: nothing that it is "connected" to is an access point. */
  readonly apMode: boolean
  readonly accessPoints: ReadonlyMap<string, Known>
  readonly current: AccessPoint | null
  /** The latest first. */
  readonly clients: readonly string[]
  /** The latest first. */
  readonly peers: readonly MeshPeer[]
  readonly eap: EapStatus
  /** A handshake has shown, since the last connection or verdict, that the keys differ. */
  readonly wrongKey: boolean
  /** A network has refused us and waits for its next attempt: that nothing else is in range is no news beside it. */
  readonly putOff: boolean
}

export type SupplicantInput =
  | { readonly type: 'event'; readonly event: SupplicantEvent; readonly wallMs: number }
  /** The supplicant's whole table. */
  | { readonly type: 'table'; readonly entries: readonly BssEntry[] }
  /** What it knows of one address; undefined: nothing. */
  | { readonly type: 'lookup'; readonly bssid: string; readonly entry: BssEntry | undefined }
  /** It has forgotten an entry. */
  | { readonly type: 'forget'; readonly bssid: string; readonly id: number | undefined }
  /** The stations that it serves, asked for after a start. */
  | { readonly type: 'clients'; readonly clients: readonly string[] }
  /** What it is connected to, asked for after a start. */
  | { readonly type: 'status'; readonly bssid: string | undefined }
  /** What the kernel heard, where the supplicant may not scan. */
  | { readonly type: 'heard'; readonly accessPoints: readonly AccessPoint[] }

export type SupplicantEffect =
  | { readonly type: 'put'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly type: 'delete'; readonly path: readonly string[] }
  /** Ask for the whole table; `scan`: because a scan has ended. */
  | { readonly type: 'refresh'; readonly scan: boolean }
  /** `full`: with everything, which the whole table does not have. */
  | { readonly type: 'lookup'; readonly bssid: string; readonly full: boolean }
  /** To be told as an input behind the lookups that wait. */
  | { readonly type: 'forget'; readonly bssid: string; readonly id: number | undefined }
  | { readonly type: 'scanStarted' }
  /** The scan failed, and is not tried again. */
  | { readonly type: 'scanFailed'; readonly reason: string }
  | { readonly type: 'signalChanged' }
  | { readonly type: 'warn'; readonly text: string }
  | { readonly type: 'fail'; readonly reason: string }

export interface SupplicantStep {
  readonly state: SupplicantState
  readonly effects: readonly SupplicantEffect[]
}

export function initialState(apMode: boolean): SupplicantState {
  return {
    apMode,
    accessPoints: new Map(),
    current: null,
    clients: [],
    peers: [],
    eap: NO_EAP,
    wrongKey: false,
    putOff: false,
  }
}

/** The properties of a state, for a start. */
export function allProperties(state: SupplicantState): readonly SupplicantEffect[] {
  return [
    accessPointsOf(state),
    put('current_ap', state.current),
    put('clients', state.clients),
    put('peers', state.peers),
    { type: 'put', path: ['eap_status'], value: state.eap },
    { type: 'delete', path: ['wifi', 'event'] },
    { type: 'delete', path: ['wifi', 'reason'] },
  ]
}

export function accessPointsOf({ accessPoints }: SupplicantState): SupplicantEffect {
  return put(
    'access_points',
    [...accessPoints.values()].map(({ accessPoint }) => accessPoint),
  )
}

/** A property below `wifi/`. */
export function put(name: string, value: unknown): SupplicantEffect {
  return { type: 'put', path: ['wifi', name], value }
}
