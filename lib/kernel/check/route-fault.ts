/** Commands for routes. */

import type { NexthopSettings, RouteCommand } from '../commands.js'
import type { Family, RoutePreference, RouteType } from '../nouns.js'
import {
  boolean,
  type Check,
  familyFault,
  gateway,
  integer,
  ip,
  link,
  list,
  MAX_U8,
  MAX_U32,
  prefix,
  required,
  word,
  wrong,
} from './fault.js'

/** As the engine: beyond it the kernel may be unable to list the table, for its notification and dump parts are of fixed size. */
export const MAX_NEXTHOPS_COUNT = 512
/** One octet holds the weight less one. */
export const MAX_WEIGHT = 256
const ROUTE_TYPES: ReadonlySet<unknown> = new Set<RouteType>([
  ...(['unicast', 'local', 'broadcast', 'anycast', 'multicast', 'blackhole'] as const),
  ...(['unreachable', 'prohibit', 'throw', 'nat', 'xresolve', 'unspec'] as const),
])
const PREFERENCES: ReadonlySet<unknown> = new Set<RoutePreference>(['medium', 'high', 'low'])

export function routeFault(command: RouteCommand): Check {
  const { family, destination } = command
  return (
    familyFault(family) ??
    link(command, false) ??
    (destination === 'default'
      ? undefined
      : (required('destination', destination) ?? prefix('destination', destination, family))) ??
    gateway('gateway', command.gateway, family) ??
    integer('metric', command.metric, 0, MAX_U32) ??
    integer('table', command.table, 0, MAX_U32) ??
    integer('protocol', command.protocol, 0, MAX_U8) ??
    integer('scope', command.scope, 0, MAX_U8) ??
    ip('source', command.source, family) ??
    boolean('onlink', command.onlink) ??
    word('routeType', command.routeType, ROUTE_TYPES) ??
    integer('tos', command.tos, 0, MAX_U8) ??
    integer('mtu', command.mtu, 0, MAX_U32) ??
    integer('advmss', command.advmss, 0, MAX_U32) ??
    integer('initcwnd', command.initcwnd, 0, MAX_U32) ??
    ipv6Fault(command) ??
    hopsFault(command)
  )
}

function ipv6Fault({ family, from, preference }: RouteCommand): Check {
  if (from === undefined && preference === undefined) return undefined
  if (family === 4 && from !== undefined) return wrong('from', 'nothing: only IPv6 routes have a source prefix', from)
  if (family === 4) return wrong('preference', 'nothing: only IPv6 routes have one', preference)
  return prefix('from', from, family) ?? word('preference', preference, PREFERENCES)
}

function hopsFault(command: RouteCommand): Check {
  const { family, nexthops, nexthopId } = command
  if (nexthopId !== undefined) return integer('nexthopId', nexthopId, 1, MAX_U32) ?? aloneFault(command)
  return list('nexthops', nexthops, MAX_NEXTHOPS_COUNT, (hop: NexthopSettings, path) => hopFault(hop, path, family))
}

/** The kernel refuses a way beside a nexthop object, which is one. */
function aloneFault(command: RouteCommand): Check {
  for (const field of ['gateway', 'ifindex', 'ifname', 'nexthops'] as const) {
    if (command[field] !== undefined) return wrong(field, 'nothing beside nexthopId', command[field])
  }
  return undefined
}

function hopFault(hop: NexthopSettings, path: string, family: Family): Check {
  const fault = link(hop, true)
  if (fault !== undefined) return { ...fault, field: `${path}.${hop.ifname === undefined ? 'ifindex' : fault.field}` }
  return gateway(`${path}.gateway`, hop.gateway, family) ?? integer(`${path}.weight`, hop.weight, 1, MAX_WEIGHT)
}
