/** What selects TCP sockets. */

import type { TcpState } from '../sockets.js'
import { type Check, integer, MAX_IFINDEX, MAX_U16, word, wrong } from './fault.js'
import { isPrefix } from './ip-text.js'

/** All that can be asked for. */
const STATES: Readonly<Record<Exclude<TcpState, 'unknown'>, true>> = {
  established: true,
  synSent: true,
  synReceived: true,
  finWait1: true,
  finWait2: true,
  timeWait: true,
  closed: true,
  closeWait: true,
  lastAck: true,
  listen: true,
  closing: true,
  newSynReceived: true,
  bound: true,
}
const WORDS: ReadonlySet<unknown> = new Set(Object.keys(STATES))

export function socketsFault(filter: unknown): Check {
  if (typeof filter !== 'object' || filter === null) return wrong('filter', 'an object', filter)
  const { states, ifindex, localPort, remotePort, local } = filter as Readonly<Record<string, unknown>>
  return (
    statesFault(states) ??
    integer('ifindex', ifindex, 1, MAX_IFINDEX) ??
    integer('localPort', localPort, 0, MAX_U16) ??
    integer('remotePort', remotePort, 0, MAX_U16) ??
    (local === undefined || isPrefix(local, 4) || isPrefix(local, 6)
      ? undefined
      : wrong('local', 'a prefix such as 192.0.2.0/24 or 2001:db8::/64', local))
  )
}

function statesFault(states: unknown): Check {
  if (states === undefined) return undefined
  if (!Array.isArray(states)) return wrong('states', 'a list', states)
  for (const [at, state] of states.entries()) {
    const fault = state === undefined ? wrong(`states.${at}`, 'a state', state) : word(`states.${at}`, state, WORDS)
    if (fault !== undefined) return fault
  }
  return undefined
}
