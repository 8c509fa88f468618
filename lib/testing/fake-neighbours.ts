/** A fake kernel's rules for neighbours: those that are put in by command. Nobody is asked, and nothing grows stale. */

import type { Neighbour, NeighbourCommand } from '../kernel/messages.js'
import { canonical } from './fake-prefix.js'
import { type FakeLink, type FakeState, type Refusal, refuse } from './fake-state.js'

/** Executes a neighbour command on a link that exists. */
export function changeNeighbour(state: FakeState, entry: FakeLink, command: NeighbourCommand): Refusal {
  const neighbour = neighbourOf(entry, command)
  // Proxies are listed apart, and nobody tells of them.
  if (neighbour.proxy) return undefined
  const held = state.neighbours.find(
    (other) => other.ifindex === neighbour.ifindex && other.address === neighbour.address,
  )
  if (command.type === 'deleteNeighbour') {
    if (held === undefined) return refuse('ENOENT', command.type)
    forget(state, held)
    return undefined
  }
  if (held !== undefined && command.type === 'addNeighbour') return refuse('EEXIST', command.type)
  const macAddress = neighbour.macAddress ?? held?.macAddress
  if (macAddress === undefined && neighbour.state !== 'none') {
    return refuse('EINVAL', command.type, 'No link layer address given')
  }
  const now: Neighbour = { ...neighbour, ...(macAddress === undefined ? {} : { macAddress }) }
  state.neighbours = state.neighbours.filter((other) => other !== held)
  state.neighbours.push(now)
  state.emit({ type: 'neighbour', ...now })
  return undefined
}

/** A link that goes down forgets its neighbours (neigh_ifdown), and tells of each. */
export function flushNeighbours(state: FakeState, ifindex: number): void {
  for (const neighbour of state.neighbours.filter((each) => each.ifindex === ifindex)) forget(state, neighbour)
}

function forget(state: FakeState, neighbour: Neighbour): void {
  state.neighbours = state.neighbours.filter((other) => other !== neighbour)
  state.emit({ type: 'neighbourGone', ...neighbour })
}

function neighbourOf(entry: FakeLink, command: NeighbourCommand): Neighbour {
  const address = canonical(command.address)
  return {
    ifindex: entry.link.ifindex,
    family: address.includes(':') ? 6 : 4,
    address,
    ...(command.macAddress === undefined ? {} : { macAddress: command.macAddress.toLowerCase() }),
    state: command.state ?? 'permanent',
    router: command.router ?? false,
    proxy: command.proxy ?? false,
    extLearned: command.extLearned ?? false,
    protocol: command.protocol ?? 0,
  }
}
