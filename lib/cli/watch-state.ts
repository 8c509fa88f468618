/** What `watch` knows, and what it shows. Pure: time is an argument, in milliseconds of CLOCK_MONOTONIC. */

import { formatDuration, type Snapshot } from '../index.js'
import { changeLine, type WatchedChange } from './change-line.js'
import { harmless, tableLines } from './table.js'

interface Watched {
  readonly values: Readonly<Record<string, unknown>>
  /** When each of them got its value; absent where that is not known. */
  readonly sinceMs: Readonly<Record<string, number>>
}

export interface WatchState {
  readonly connection: string
  readonly available: readonly string[]
  readonly interfaces: ReadonlyMap<string, Watched>
}

/** What the list of changes shows, which a path may narrow. */
export interface ChangeList {
  readonly pattern: string | undefined
  /** The latest last. */
  readonly changes: readonly WatchedChange[]
}

/** As many as a high terminal shows. */
const MAX_RECENT_COUNT = 200
const SHOWN = ['type', 'state', 'connection', 'addresses', 'reason'] as const

export function startWatch(snapshot: Snapshot, nowMs: number): WatchState {
  const interfaces = Object.entries(snapshot.interfaces).map(([ifname, entry]): [string, Watched] => {
    const { type, state, stateForMs, connection, connectionForMs, addresses, reason } = entry
    const sinceMs = {
      ...(stateForMs === undefined ? {} : { state: nowMs - stateForMs }),
      ...(connectionForMs === undefined ? {} : { connection: nowMs - connectionForMs }),
    }
    return [ifname, { values: { type, state, connection, addresses, reason }, sinceMs }]
  })
  const { connection, availableInterfaces: available } = snapshot
  return { connection, available, interfaces: new Map(interfaces) }
}

export function changeWatch(state: WatchState, change: WatchedChange): WatchState {
  const [root, ifname, key, ...deeper] = change.path
  if (root === 'connection') return { ...state, connection: String(change.newValue) }
  if (root === 'available_interfaces') return { ...state, available: change.newValue as string[] }
  const isShown = (SHOWN as readonly (string | undefined)[]).includes(key) && deeper.length === 0
  if (root !== 'interface' || ifname === undefined || key === undefined || !isShown) return state
  const interfaces = new Map(state.interfaces)
  const known = interfaces.get(ifname)
  if (key === 'type' && change.newValue === undefined) interfaces.delete(ifname)
  else
    interfaces.set(ifname, {
      values: { ...known?.values, [key]: key === 'addresses' ? addressTexts(change.newValue) : change.newValue },
      sinceMs: { ...known?.sinceMs, [key]: change.newTimestamp },
    })
  return { ...state, interfaces }
}

export function listChange(list: ChangeList, change: WatchedChange): ChangeList {
  return { ...list, changes: [...list.changes, change].slice(-MAX_RECENT_COUNT) }
}

function addressTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return (value as { address: string; prefixLength: number }[]).map(
    ({ address, prefixLength }) => `${address}/${prefixLength}`,
  )
}

export interface ScreenOptions {
  readonly list: ChangeList
  readonly columns: number
  readonly rows: number
}

/** The whole screen: interfaces with how long they are as they are, then the latest changes. */
export function watchScreen(state: WatchState, nowMs: number, { list, columns, rows }: ScreenOptions): string[] {
  const body = [...state.interfaces]
    .sort(([a], [b]) => rank(state, a) - rank(state, b) || (a < b ? -1 : 1))
    .map(([ifname, { values, sinceMs }]) => [
      ifname,
      String(values['type'] ?? '-'),
      lasting(values['connection'], sinceMs['connection'], nowMs),
      lasting(values['state'], sinceMs['state'], nowMs),
      Array.isArray(values['addresses']) ? bestFirst(values['addresses']).join(' ') : '',
    ])
  const where = list.pattern === undefined ? '' : ` at ${harmless(list.pattern)}`
  const head = [
    harmless(`Connection: ${state.connection}; available: ${state.available.join(', ') || '(none)'}`),
    '',
    ...tableLines(['INTERFACE', 'TYPE', 'CONNECTION', 'STATE', 'ADDRESSES'], body, { columns }),
    '',
    list.changes.length === 0 ? `No change${where} yet (end with Ctrl-C)` : `Changes${where} (end with Ctrl-C):`,
  ]
  const room = Math.max(0, rows - head.length - 1)
  const changes = room === 0 ? [] : list.changes.slice(-room).map((change) => changeLine(change, columns))
  return [...head, ...changes].map((line) => [...line].slice(0, columns).join('')).slice(0, rows)
}

/** Interfaces in use stand first, in their order. */
function rank({ available }: WatchState, ifname: string): number {
  const at = available.indexOf(ifname)
  return at < 0 ? available.length : at
}

/** IPv4 first, link-local IPv6 last. */
function bestFirst(addresses: readonly string[]): string[] {
  const rankOf = (address: string): number => (address.startsWith('fe80:') ? 2 : address.includes(':') ? 1 : 0)
  return [...addresses].sort((one, other) => rankOf(one) - rankOf(other))
}

const MS_PER_S = 1_000

function lasting(value: unknown, sinceMs: number | undefined, nowMs: number): string {
  if (value === undefined) return '-'
  if (sinceMs === undefined) return String(value)
  const durationMs = Math.floor(Math.max(0, nowMs - sinceMs) / 100) * 100
  const text = durationMs < MS_PER_S ? `${(durationMs / MS_PER_S).toFixed(1)} s` : formatDuration(durationMs)
  return `${String(value)} ${text}`
}
