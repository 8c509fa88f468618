/** Routes and nexthop objects as `ip -N -d -j` shows them, in our own nouns. */

import type { NexthopObject, Route, RoutePreference, RouteType } from '../../lib/kernel/messages.js'

/** Of a gateway of the other family. */
interface IpVia {
  readonly host: string
}

interface IpWay {
  readonly gateway?: string
  readonly via?: IpVia
  readonly flags?: readonly string[]
}

interface IpHop extends IpWay {
  readonly dev: string
  readonly weight: number
}

export interface IpRoute extends IpWay {
  readonly type: string
  readonly dst: string
  readonly from?: string
  readonly tos?: string
  readonly dev?: string
  readonly table: string
  readonly protocol: string
  readonly scope: string
  readonly metric?: number
  readonly prefsrc?: string
  readonly pref?: RoutePreference
  readonly metrics?: readonly { readonly mtu?: number; readonly advmss?: number; readonly initcwnd?: number }[]
  readonly nhid?: number
  readonly nexthops?: readonly IpHop[]
}

export interface IpNexthop extends IpWay {
  readonly id: number
  readonly dev?: string
  readonly group?: readonly { readonly id: number; readonly weight?: number }[]
  /** Words without a value: there or not. */
  readonly blackhole?: null
  readonly fdb?: null
  readonly protocol: string
  readonly scope: string
}

export type IndexOf = (ifname: string) => number

/** linux/rtnetlink.h, RTN_*, by number. */
const ROUTE_TYPES: readonly RouteType[] = [
  'unspec',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
]

export function prefix(address: string, length: number | undefined, family: 4 | 6): string {
  return address.includes('/') ? address : `${address}/${length ?? (family === 4 ? 32 : 128)}`
}

function gatewayOf({ gateway, via }: IpWay): { gateway?: string } {
  const given = gateway ?? via?.host
  return given === undefined ? {} : { gateway: given }
}

function onlinkOf({ flags }: IpWay): { onlink?: true } {
  return flags?.includes('onlink') === true ? { onlink: true } : {}
}

export function routeOf(route: IpRoute, family: 4 | 6, indexOf: IndexOf): Route {
  return {
    family,
    routeType: ROUTE_TYPES[Number(route.type)] ?? 'unspec',
    destination: route.dst === 'default' ? 'default' : prefix(route.dst, undefined, family),
    ...gatewayOf(route),
    ...(route.dev === undefined ? {} : { ifindex: indexOf(route.dev) }),
    metric: route.metric ?? 0,
    table: Number(route.table),
    protocol: Number(route.protocol),
    scope: Number(route.scope),
    ...(route.prefsrc === undefined ? {} : { source: route.prefsrc }),
    ...(route.nhid === undefined ? {} : { nexthopId: route.nhid }),
    ...(route.from === undefined ? {} : { from: prefix(route.from, undefined, family) }),
    ...(route.tos === undefined ? {} : { tos: Number(route.tos) }),
    ...onlinkOf(route),
    ...(route.pref === undefined || route.pref === 'medium' ? {} : { preference: route.pref }),
    ...Object.assign({}, ...(route.metrics ?? [])),
    ...(route.nexthops === undefined ? {} : { nexthops: route.nexthops.map((hop) => hopOf(hop, indexOf)) }),
  }
}

function hopOf(hop: IpHop, indexOf: IndexOf): { ifindex: number; weight: number } {
  return { ...gatewayOf(hop), ifindex: indexOf(hop.dev), weight: hop.weight, ...onlinkOf(hop) }
}

/** The family is that of the dump; absent for a group. */
export function nexthopOf(nexthop: IpNexthop, family: 4 | 6 | undefined, indexOf: IndexOf): NexthopObject {
  return {
    id: nexthop.id,
    ...(family === undefined ? {} : { family }),
    ...gatewayOf(nexthop),
    ...(nexthop.dev === undefined ? {} : { ifindex: indexOf(nexthop.dev) }),
    blackhole: nexthop.blackhole !== undefined,
    onlink: nexthop.flags?.includes('onlink') === true,
    fdb: nexthop.fdb !== undefined,
    ...(nexthop.group === undefined
      ? {}
      : { group: nexthop.group.map(({ id, weight }) => ({ id, weight: weight ?? 1 })) }),
    protocol: Number(nexthop.protocol),
    scope: Number(nexthop.scope),
  }
}
