/** The routes that a lease brings: the gateway, and classless static routes (RFC 3442). Pure. */

import type { ConfiguredRoute, InterfaceRoutes } from '../config/interface-routes.js'
import { contains, parsePrefix, toSubnet } from '../config/ip.js'
import { type DhcpOptions, leaseAddress } from './lease.js'

/** A packet has room for a few dozen; the rest is not believed. */
const MAX_ROUTE_COUNT = 64
/** A next hop that means: on the link itself. */
const ON_LINK = '0.0.0.0'

export interface LeaseRoutesSettings {
  readonly ignoreGateway?: boolean | undefined
  readonly metric?: number | undefined
}

/**
 * What routing should do for a lease. Where the server sent classless static routes, its router is ignored, as RFC 3442
 * wants it: a default route stands among them then. A route by a gateway that is in no reach of the lease's subnet, nor of
 * a route on the link before it, is left out.
 */
export function leaseRoutes(options: DhcpOptions, settings: LeaseRoutesSettings): InterfaceRoutes {
  const own = leaseAddress(options)
  if (own === undefined) return { addresses: [] }
  const { address, prefixLength } = own
  const classless = classlessRoutes(options)
  const defaultHop = classless?.find(({ to }) => to === '0.0.0.0/0')?.via
  const gateway = classless === undefined ? options.router?.[0] : defaultHop
  const others = (classless ?? []).filter(({ to }) => to !== '0.0.0.0/0')
  const routes = reachable(others, { address, prefixLength })
  return {
    addresses: [{ address, prefixLength }],
    gateway: settings.ignoreGateway === true || gateway === ON_LINK ? undefined : gateway,
    ...(routes.length === 0 ? {} : { routes }),
    metric: settings.metric,
  }
}

interface Hop {
  readonly to: string
  readonly via: string
}

/** Option 121, else 249, which means the same; undefined where there is neither. */
function classlessRoutes(options: DhcpOptions): readonly Hop[] | undefined {
  const words = options.staticroutes ?? options.msstaticroutes?.split(/\s+/)
  if (words === undefined) return undefined
  const hops: Hop[] = []
  for (let at = 0; at + 1 < words.length && hops.length < MAX_ROUTE_COUNT; at += 2) {
    const prefix = parsePrefix(words[at] ?? '')
    const via = words[at + 1] ?? ''
    // Without a length it is no pair, and neither are those behind it.
    if (prefix?.family !== 4 || !/^\d+(?:\.\d+){3}$/.test(via)) break
    hops.push({ to: `${toSubnet(prefix.address, prefix.prefixLength)}/${prefix.prefixLength}`, via })
  }
  return hops.length === 0 ? undefined : hops
}

function reachable(hops: readonly Hop[], own: { address: string; prefixLength: number }): ConfiguredRoute[] {
  const onLink = hops.filter(({ via }) => via === ON_LINK).flatMap(({ to }) => parsePrefix(to) ?? [])
  const near = [own, ...onLink]
  return hops.flatMap(({ to, via }): ConfiguredRoute[] => {
    if (via === ON_LINK) return [{ to }]
    return via !== own.address && near.some((subnet) => contains(subnet, via)) ? [{ to, via }] : []
  })
}
