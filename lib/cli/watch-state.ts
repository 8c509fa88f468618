/** What `watch` knows, and what it shows. Pure: time is an argument, in milliseconds of CLOCK_MONOTONIC. */

import { formatDuration, type Snapshot } from '../index.js'
import { shownValue } from './shown-value.js'
import { harmless, tableLines } from './table.js'

/** A change as the control API tells it. */
export interface WatchedChange {
  readonly path: readonly string[]
  readonly oldValue?: unknown
  readonly newValue?: unknown
  readonly oldTimestamp: number
  readonly newTimestamp: number
}

interface Watched {
  readonly values: Readonly<Record<string, unknown>>
  /** When each of them got its value; absent where that is not known. */
  readonly sinceMs: Readonly<Record<string, number>>
}

export interface WatchState {
  readonly connection: string
  readonly available: readonly string[]
  readonly interfaces: ReadonlyMap<string, Watched>
  /** The latest last. */
  readonly recent: readonly WatchedChange[]
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
  return { connection, available, interfaces: new Map(interfaces), recent: [] }
}

export function changeWatch(state: WatchState, change: WatchedChange): WatchState {
  const recent = [...state.recent, change].slice(-MAX_RECENT_COUNT)
  const [root, ifname, key, ...deeper] = change.path
  if (root === 'connection') return { ...state, recent, connection: String(change.newValue) }
  if (root === 'available_interfaces') return { ...state, recent, available: change.newValue as string[] }
  const isShown = (SHOWN as readonly (string | undefined)[]).includes(key) && deeper.length === 0
  if (root !== 'interface' || ifname === undefined || key === undefined || !isShown) return { ...state, recent }
  const interfaces = new Map(state.interfaces)
  const known = interfaces.get(ifname)
  if (key === 'type' && change.newValue === undefined) interfaces.delete(ifname)
  else
    interfaces.set(ifname, {
      values: { ...known?.values, [key]: key === 'addresses' ? addressTexts(change.newValue) : change.newValue },
      sinceMs: { ...known?.sinceMs, [key]: change.newTimestamp },
    })
  return { ...state, recent, interfaces }
}

function addressTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return (value as { address: string; prefixLength: number }[]).map(
    ({ address, prefixLength }) => `${address}/${prefixLength}`,
  )
}

/** One line: what changed, from what to what, and how long it had been so. */
export function changeLine({ path, oldValue, newValue, oldTimestamp, newTimestamp }: WatchedChange): string {
  const value = (given: unknown): string => (given === undefined ? '(none)' : shownValue(given))
  const lasted = oldValue === undefined ? '' : ` (after ${formatDuration(newTimestamp - oldTimestamp)})`
  return `${harmless(path.join('/'))}: ${value(oldValue)} → ${value(newValue)}${lasted}`
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** The whole screen: interfaces with how long they are as they are, then the latest changes. */
export function watchScreen(state: WatchState, nowMs: number, { columns, rows }: ScreenSize): string[] {
  const body = [...state.interfaces]
    .sort(([a], [b]) => rank(state, a) - rank(state, b) || (a < b ? -1 : 1))
    .map(([ifname, { values, sinceMs }]) => [
      ifname,
      String(values['type'] ?? '-'),
      lasting(values['connection'], sinceMs['connection'], nowMs),
      lasting(values['state'], sinceMs['state'], nowMs),
      Array.isArray(values['addresses']) ? values['addresses'].join(' ') : '',
    ])
  const head = [
    harmless(`Connection: ${state.connection}; available: ${state.available.join(', ') || '(none)'}`),
    '',
    ...tableLines(['INTERFACE', 'TYPE', 'CONNECTION', 'STATE', 'ADDRESSES'], body, { columns }),
    '',
    'Changes (end with Ctrl-C):',
  ]
  const room = Math.max(0, rows - head.length - 1)
  const changes = room === 0 ? [] : state.recent.slice(-room).map(changeLine)
  return [...head, ...changes].map((line) => [...line].slice(0, columns).join('')).slice(0, rows)
}

/** Interfaces in use stand first, in their order. */
function rank({ available }: WatchState, ifname: string): number {
  const at = available.indexOf(ifname)
  return at < 0 ? available.length : at
}

function lasting(value: unknown, sinceMs: number | undefined, nowMs: number): string {
  if (value === undefined) return '-'
  return sinceMs === undefined
    ? String(value)
    : `${String(value)} ${formatDuration(Math.floor((nowMs - sinceMs) / 100) * 100)}`
}
