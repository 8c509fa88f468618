/** Recognises failovers in the changes of properties. Pure. */

/** The part of a change that counts here. */
export interface PropertyChange {
  readonly path: readonly string[]
  readonly oldValue: unknown
  readonly newValue: unknown
  readonly metadata: { readonly newTimestamp: number }
}

export interface Failover {
  readonly from: string
  readonly to: string
  /** From the moment when the first was known to be worse to the one when the second had taken its place. */
  readonly durationMs: number
}

export interface FailoverState {
  /** The interface that was preferred last. */
  readonly first: string | undefined
  /** Since when an interface is worse than it was. */
  readonly fellAtMs: ReadonlyMap<string, number>
}

export const INITIAL_FAILOVER_STATE: FailoverState = { first: undefined, fellAtMs: new Map() }

const RANKS: Readonly<Record<string, number>> = { disconnected: 0, lan: 1, internet: 2 }

/**
 * The traffic of an interface that became worse has gone over to another. One that is overtaken by a better one, or comes back
 * itself, is no failover.
 */
export function reduceFailover(
  state: FailoverState,
  change: PropertyChange,
): { readonly state: FailoverState; readonly failover?: Failover } {
  const [root, ifname, key, ...deeper] = change.path
  const atMs = change.metadata.newTimestamp
  if (root === 'available_interfaces') return preferred(state, change.newValue, atMs)
  if (root !== 'interface' || ifname === undefined || deeper.length > 0) return { state }
  if (key === 'lower_up' && change.newValue !== true) return { state: fell(state, ifname, atMs) }
  if (key !== 'connection') return { state }
  const isWorse = rankOf(change.newValue) < rankOf(change.oldValue)
  return { state: isWorse ? fell(state, ifname, atMs) : rose(state, ifname) }
}

function preferred(state: FailoverState, value: unknown, atMs: number): { state: FailoverState; failover?: Failover } {
  const [to] = Array.isArray(value) ? (value as string[]) : []
  const { first: from, fellAtMs } = state
  // While nothing is available the last one stays the one that was lost.
  if (to === undefined || to === from) return { state }
  const next = { ...state, first: to }
  const sinceMs = from === undefined ? undefined : fellAtMs.get(from)
  if (from === undefined || sinceMs === undefined) return { state: next }
  return { state: next, failover: { from, to, durationMs: Math.max(0, atMs - sinceMs) } }
}

/** The first sign counts: the carrier is told before the connection. */
function fell(state: FailoverState, ifname: string, atMs: number): FailoverState {
  if (state.fellAtMs.has(ifname)) return state
  return { ...state, fellAtMs: new Map([...state.fellAtMs, [ifname, atMs]]) }
}

function rose(state: FailoverState, ifname: string): FailoverState {
  const fellAtMs = new Map(state.fellAtMs)
  fellAtMs.delete(ifname)
  return { ...state, fellAtMs }
}

function rankOf(connection: unknown): number {
  return RANKS[String(connection)] ?? 0
}
