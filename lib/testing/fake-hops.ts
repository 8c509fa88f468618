/** How a fake kernel finds the way to a gateway. */

import type { Family, Route } from '../kernel/messages.js'
import { canonical, contains, parsePrefix } from './fake-prefix.js'
import { type FakeState, type Refusal, refuse } from './fake-state.js'

const MAIN_TABLE = 254
const SCOPE_LINK = 253

type Hop = { readonly gateway?: string; readonly ifindex: number }

/** What resolving a way depends on beside the way itself. */
interface AskedBy {
  readonly type: string
  readonly family: Family
  readonly onlink?: boolean | undefined
  readonly table?: number | undefined
}

/** The gateway and link of one way, or why the kernel would refuse it. */
export function resolveHop(
  state: FakeState,
  command: AskedBy,
  asked: { readonly gateway?: string | undefined; readonly ifindex?: number | undefined },
): Hop | NonNullable<Refusal> {
  const { type } = command
  // An IPv4 route may go over an IPv6 gateway.
  const family = asked.gateway?.includes(':') === true ? 6 : command.family
  const entry = asked.ifindex === undefined ? undefined : state.links.get(asked.ifindex)
  if (asked.ifindex !== undefined && entry === undefined) return refuse('ENODEV', type)
  const notUp = family === 4 ? 'Device for nexthop is not up' : 'Nexthop device is not up'
  if (asked.gateway === undefined) {
    if (entry === undefined) return refuse('ENODEV', type)
    return entry.link.up ? { ifindex: entry.link.ifindex } : refuse('ENETDOWN', type, notUp)
  }
  const gateway = canonical(asked.gateway)
  const direct = command.onlink === true || (family === 6 && gateway.startsWith('fe80:'))
  if (direct) {
    if (entry === undefined) return refuse('ENODEV', type, 'Nexthop device required for onlink')
    return entry.link.up
      ? { gateway, ifindex: entry.link.ifindex }
      : refuse('ENETDOWN', type, 'Nexthop device is not up')
  }
  if (family === 6 && entry !== undefined && !entry.link.up) return refuse('ENETDOWN', type, notUp)
  const way = wayTo(state, { gateway, table: command.table ?? MAIN_TABLE, ifindex: asked.ifindex, family })
  if (way?.ifindex !== undefined) return { gateway, ifindex: way.ifindex }
  return family === 4 ? refuse('ENETUNREACH', type, 'Nexthop has invalid gateway') : refuse('EHOSTUNREACH', type)
}

interface Search {
  readonly gateway: string
  readonly table: number
  readonly ifindex: number | undefined
  readonly family: 4 | 6
}

/** The longest connected prefix that holds the gateway, in the route's own table or in main. */
function wayTo(state: FakeState, { gateway, table, ifindex, family }: Search): Route | undefined {
  let best: Route | undefined
  let bestLength = -1
  for (const route of state.routes.connected(family)) {
    if (route.table !== table && route.table !== MAIN_TABLE) continue
    if (ifindex !== undefined && route.ifindex !== ifindex) continue
    if (family === 4 && route.scope < SCOPE_LINK) continue
    const prefix = parsePrefix(route.destination, family)
    if (prefix.prefixLength <= bestLength || !contains(prefix, gateway)) continue
    best = route
    bestLength = prefix.prefixLength
  }
  return best
}
