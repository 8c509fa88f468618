/** What the engine makes of the fields that an added route lacks (native/rtnl/route_encode): known here to foresee the result. */

import type { RouteCommand } from './commands.js'
import { MAIN_TABLE } from './messages.js'
import type { RouteType } from './nouns.js'

/** RTPROT_STATIC. */
const DEFAULT_PROTOCOL = 4
const SCOPE_UNIVERSE = 0
const SCOPE_LINK = 253
const SCOPE_HOST = 254

type Defaults = Required<Pick<RouteCommand, 'routeType' | 'table' | 'protocol' | 'scope'>>

/** A route to be added or replaced, with nothing left open. */
export type CompleteRoute = RouteCommand & { readonly [Key in keyof Defaults]: NonNullable<Defaults[Key]> }

export function withRouteDefaults(command: RouteCommand): CompleteRoute {
  const routeType = command.routeType ?? 'unicast'
  return {
    ...command,
    routeType,
    table: command.table ?? MAIN_TABLE,
    protocol: command.protocol ?? DEFAULT_PROTOCOL,
    scope: command.scope ?? defaultScope(command, routeType),
  }
}

/** As ip-route(8) chooses; IPv6 has no scopes. */
function defaultScope(command: RouteCommand, routeType: RouteType): number {
  if (command.family === 6) return SCOPE_UNIVERSE
  switch (routeType) {
    case 'local':
    case 'nat':
      return SCOPE_HOST
    case 'broadcast':
    case 'multicast':
    case 'anycast':
      return SCOPE_LINK
    case 'unicast':
    case 'unspec':
      return hasGateway(command) ? SCOPE_UNIVERSE : SCOPE_LINK
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
    case 'throw':
    case 'xresolve':
      return SCOPE_UNIVERSE
  }
}

function hasGateway({ gateway, nexthopId, nexthops }: RouteCommand): boolean {
  if (gateway !== undefined || nexthopId !== undefined) return true
  return nexthops?.some((hop) => hop.gateway !== undefined) === true
}
