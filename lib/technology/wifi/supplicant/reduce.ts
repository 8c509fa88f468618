/** What the supplicant's events and answers make of the properties: a pure step, `(state, input) → state and effects`. */

import { assertNever } from '../../../base/assert.js'
import { type BssEntry, isMacAddress, type MeshPeer, placeholder } from './access-point.js'
import { nextEapStatus } from './eap-status.js'
import type { SupplicantEvent } from './events.js'
import { explain, joinEvent, provesWrongKey, WRONG_KEY } from './join-event.js'
import {
  accessPointsOf,
  type Known,
  MAX_ACCESS_POINTS_COUNT,
  MAX_CLIENTS_COUNT,
  MAX_PEERS_COUNT,
  put,
  type SupplicantEffect,
  type SupplicantInput,
  type SupplicantState,
  type SupplicantStep,
} from './state.js'
import { readWpsCredentials } from './wps.js'

type Named = Extract<SupplicantEvent, { type: 'event' }>

export function reduceSupplicant(state: SupplicantState, input: SupplicantInput): SupplicantStep {
  switch (input.type) {
    case 'event':
      return onEvent(state, input.event, input.wallMs)
    case 'table':
      return onTable(state, input.entries)
    case 'lookup':
      return input.entry === undefined ? onUnknown(state, input.bssid) : onEntry(state, input.entry)
    case 'forget':
      return onForget(state, input)
    case 'clients':
      return withClients(state, input.clients)
    case 'status':
      return input.bssid === undefined ? unchanged(withoutCurrent(state)) : onJoined(state, input.bssid)
    case 'heard': {
      const accessPoints = new Map(input.accessPoints.map((one) => [one.bssid, { id: undefined, accessPoint: one }]))
      return withAccessPoints(state, accessPoints)
    }
    default:
      return assertNever(input)
  }
}

function onEvent(state: SupplicantState, event: SupplicantEvent, wallMs: number): SupplicantStep {
  if (provesWrongKey(event)) {
    const told = event.type === 'event' ? [put('event', { ...joinEvent(event), reason: WRONG_KEY })] : []
    const reason = put('reason', 'the network refused the passphrase, as it seems')
    return { state: { ...state, wrongKey: true }, effects: [...told, reason] }
  }
  if (event.type !== 'event') return same(state)
  const eap = nextEapStatus(state.eap, event, wallMs)
  if (eap === state.eap) return onNamed(state, event)
  return { state: { ...state, eap }, effects: [{ type: 'put', path: ['eap_status'], value: eap }] }
}

function onNamed(state: SupplicantState, event: Named): SupplicantStep {
  const { name, mac, index, text } = event
  switch (name) {
    case 'CTRL-EVENT-SCAN-STARTED':
      return same(state, { type: 'scanStarted' })
    case 'CTRL-EVENT-SCAN-RESULTS':
      return same(state, { type: 'refresh', scan: true })
    case 'CTRL-EVENT-SCAN-FAILED':
      return event.fields?.['retry'] === '1'
        ? same(state)
        : same(state, { type: 'scanFailed', reason: `the scan failed (${event.fields?.['ret'] ?? 'no figure'})` })
    case 'CTRL-EVENT-BSS-ADDED':
      return mac === undefined ? same(state) : same(state, { type: 'lookup', bssid: mac, full: false })
    case 'CTRL-EVENT-BSS-REMOVED':
      return mac === undefined ? same(state) : same(state, { type: 'forget', bssid: mac, id: index })
    case 'CTRL-EVENT-CONNECTED':
      return mac !== undefined && event.status === 'completed' ? onJoined(state, mac) : unchanged(withoutCurrent(state))
    case 'CTRL-EVENT-DISCONNECTED':
      return unchanged(withoutCurrent(state))
    case 'CTRL-EVENT-SIGNAL-CHANGE':
      return same(state, { type: 'signalChanged' })
    case 'CTRL-EVENT-ASSOC-REJECT':
    case 'CTRL-EVENT-AUTH-REJECT':
    case 'CTRL-EVENT-SSID-TEMP-DISABLED':
    case 'CTRL-EVENT-SSID-REENABLED':
    case 'CTRL-EVENT-NETWORK-NOT-FOUND':
      return onJoinFailure(state, event)
    case 'CTRL-EVENT-TERMINATING':
      return same(state, { type: 'fail', reason: 'wpa_supplicant said that it is ending' })
    case 'WPS-CRED-RECEIVED':
      return text === undefined ? same(state) : same(state, wpsCredentials(text))
    case 'AP-STA-CONNECTED':
      return mac === undefined ? same(state) : withClients(state, [mac, ...state.clients.filter((one) => one !== mac)])
    case 'AP-STA-DISCONNECTED':
      return withClients(
        state,
        state.clients.filter((one) => one !== mac),
      )
    case 'AP-DISABLED':
      return withClients(state, [])
    case 'MESH-PEER-CONNECTED':
      return mac === undefined ? same(state) : onPeer(state, mac)
    case 'MESH-PEER-DISCONNECTED':
      return withPeers(
        state,
        state.peers.filter(({ bssid }) => bssid !== mac),
      )
    default:
      return same(state)
  }
}

/** The verdict stands in `wifi/event` and, as a sentence, in `wifi/reason`, until a connection takes the sentence away. */
function onJoinFailure(state: SupplicantState, event: Named): SupplicantStep {
  const told = joinEvent(event)
  const disabled = event.name === 'CTRL-EVENT-SSID-TEMP-DISABLED'
  const value = disabled && state.wrongKey ? { ...told, reason: WRONG_KEY } : told
  const reason = state.putOff && event.name === 'CTRL-EVENT-NETWORK-NOT-FOUND' ? undefined : explain(value)
  const effects = [put('event', value), ...(reason === undefined ? [] : [put('reason', reason)])]
  if (event.name === 'CTRL-EVENT-SSID-REENABLED') return { state: { ...state, putOff: false }, effects }
  return { state: disabled ? { ...state, wrongKey: false, putOff: true } : state, effects }
}

/** An access point is "connected" to itself, and a mesh to nobody. */
function onJoined(state: SupplicantState, bssid: string): SupplicantStep {
  const joined: SupplicantState = { ...state, wrongKey: false, putOff: false }
  const effects: SupplicantEffect[] = [{ type: 'delete', path: ['wifi', 'reason'] }]
  if (state.apMode || bssid === '00:00:00:00:00:00') return { state: joined, effects }
  const known = state.accessPoints.get(bssid)?.accessPoint
  if (known !== undefined) return same({ ...joined, current: known }, ...effects, put('current_ap', known))
  const current = placeholder(bssid)
  const added = withAccessPoints({ ...joined, current }, withKnown(joined, { id: undefined, accessPoint: current }))
  effects.push(...added.effects, put('current_ap', current), { type: 'lookup', bssid, full: false })
  return { state: added.state, effects }
}

function onTable(state: SupplicantState, entries: readonly BssEntry[]): SupplicantStep {
  const known = new Map<string, Known>()
  let peers = state.peers
  for (const { type, id, record } of entries) {
    if (type === 'accessPoint') known.set(record.bssid, { id, accessPoint: record })
    else peers = peers.map((peer) => (peer.bssid === record.bssid ? { ...peer, ...record } : peer))
  }
  // What we are connected to is there, whether or not this scan heard it.
  if (state.current !== null && !known.has(state.current.bssid)) {
    known.set(state.current.bssid, { id: undefined, accessPoint: state.current })
  }
  const next = withAccessPoints(state, known)
  const told = { state: next.state, effects: [...next.effects, ...warnings(entries)] }
  return peers === state.peers ? told : also(told, withPeers(told.state, peers))
}

function onEntry(state: SupplicantState, entry: BssEntry): SupplicantStep {
  const { record, id } = entry
  if (entry.type === 'accessPoint') {
    return also(
      { state, effects: warnings([entry]) },
      withAccessPoints(state, withKnown(state, { id, accessPoint: record })),
    )
  }
  if (!state.peers.some(({ bssid }) => bssid === record.bssid)) return same(state)
  return withPeers(
    state,
    state.peers.map((peer) => (peer.bssid === record.bssid ? record : peer)),
  )
}

function onUnknown(state: SupplicantState, bssid: string): SupplicantStep {
  return same(state, { type: 'warn', text: `wpa_supplicant knows nothing of ${bssid}` })
}

/** Two entries may have one address; the one that stays is known by its number. */
function onForget(state: SupplicantState, { bssid, id }: { bssid: string; id: number | undefined }): SupplicantStep {
  const known = state.accessPoints.get(bssid)
  if (known === undefined || (known.id !== undefined && id !== undefined && known.id !== id)) return same(state)
  if (state.current?.bssid === bssid) return same(state)
  return withAccessPoints(state, new Map([...state.accessPoints].filter(([one]) => one !== bssid)))
}

function onPeer(state: SupplicantState, bssid: string): SupplicantStep {
  const others = state.peers.filter((peer) => peer.bssid !== bssid)
  const known = state.peers.find((peer) => peer.bssid === bssid)
  const told = withPeers(state, [known ?? placeholder(bssid), ...others])
  return also(told, same(told.state, { type: 'lookup', bssid, full: true }))
}

function withKnown({ accessPoints }: SupplicantState, known: Known): ReadonlyMap<string, Known> {
  return new Map(accessPoints).set(known.accessPoint.bssid, known)
}

function withAccessPoints(state: SupplicantState, known: ReadonlyMap<string, Known>): SupplicantStep {
  const accessPoints = known.size > MAX_ACCESS_POINTS_COUNT ? strongest(known) : known
  const heard = state.current === null ? undefined : accessPoints.get(state.current.bssid)?.accessPoint
  const current = heard ?? state.current
  const next = { ...state, accessPoints, current }
  const told = current === state.current ? [] : [put('current_ap', current)]
  return { state: next, effects: [accessPointsOf(next), ...told] }
}

function strongest(known: ReadonlyMap<string, Known>): ReadonlyMap<string, Known> {
  const sorted = [...known].toSorted(([, a], [, b]) => b.accessPoint.signalDbm - a.accessPoint.signalDbm)
  return new Map(sorted.slice(0, MAX_ACCESS_POINTS_COUNT))
}

function withClients(state: SupplicantState, clients: readonly string[]): SupplicantStep {
  const bounded = clients.filter(isMacAddress).slice(0, MAX_CLIENTS_COUNT)
  return { state: { ...state, clients: bounded }, effects: [put('clients', bounded)] }
}

function withPeers(state: SupplicantState, peers: readonly MeshPeer[]): SupplicantStep {
  const bounded = peers.slice(0, MAX_PEERS_COUNT)
  return { state: { ...state, peers: bounded }, effects: [put('peers', bounded)] }
}

function withoutCurrent(state: SupplicantState): SupplicantState {
  return { ...state, current: null }
}

function unchanged(state: SupplicantState): SupplicantStep {
  return { state, effects: [put('current_ap', state.current), { type: 'delete', path: ['wifi', 'signal'] }] }
}

function wpsCredentials(hex: string): SupplicantEffect {
  try {
    return put('wps_credentials', readWpsCredentials(hex))
  } catch {
    return { type: 'warn', text: 'the credentials of WPS could not be read' }
  }
}

function warnings(entries: readonly BssEntry[]): SupplicantEffect[] {
  const unknown = new Set(entries.flatMap(({ unknownFlags }) => unknownFlags))
  return unknown.size === 0 ? [] : [{ type: 'warn', text: `flags that are not known: ${[...unknown].join(' ')}` }]
}

function same(state: SupplicantState, ...effects: SupplicantEffect[]): SupplicantStep {
  return { state, effects }
}

/** Both steps' effects, and the state of the second. */
function also(first: SupplicantStep, second: SupplicantStep): SupplicantStep {
  return { state: second.state, effects: [...first.effects, ...second.effects] }
}
