/** Commands for neighbours. */

import type { NeighbourCommand } from '../commands.js'
import type { NeighbourState } from '../nouns.js'
import { boolean, type Check, integer, link, MAX_U8, mac, word, wrong } from './fault.js'
import { familyOf } from './ip-text.js'

const STATES: ReadonlySet<unknown> = new Set<NeighbourState>([
  ...(['none', 'incomplete', 'reachable', 'stale', 'delay', 'probe', 'failed', 'noarp', 'permanent'] as const),
])

export function neighbourFault(command: NeighbourCommand): Check {
  return (
    link(command, true) ??
    (familyOf(command.address) === undefined ? wrong('address', 'an IP address', command.address) : undefined) ??
    mac('macAddress', command.macAddress) ??
    word('state', command.state, STATES) ??
    boolean('router', command.router) ??
    boolean('proxy', command.proxy) ??
    boolean('extLearned', command.extLearned) ??
    integer('protocol', command.protocol, 0, MAX_U8)
  )
}
