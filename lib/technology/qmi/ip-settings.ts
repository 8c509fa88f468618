/** The addresses of sessions as routing wants them. Pure. */

import type { InterfaceNameServers, InterfaceRoutes, PartAddress } from '../plan.js'
import type { CurrentSettings } from './codec/wds.js'

export interface SessionAddresses {
  readonly addresses: readonly PartAddress[]
  readonly routes: InterfaceRoutes
  readonly nameServers: InterfaceNameServers
}

/** Of all sessions of one interface. `metric`: the configuration's own. */
export function addressesOf(settings: readonly CurrentSettings[], metric: number | undefined): SessionAddresses {
  const ipv4 = settings.map((one) => one.ipv4).find((one) => one !== undefined)
  const ipv6 = settings.map((one) => one.ipv6).find((one) => one !== undefined)
  const addresses = [ipv4, ipv6].flatMap((one) =>
    one === undefined ? [] : [{ address: one.address, prefixLength: one.prefixLength }],
  )
  // Without a gateway the link itself leads out: there are two ends only.
  const routes = [
    ...(ipv4 !== undefined && ipv4.gateway === undefined ? [{ to: '0.0.0.0/0' }] : []),
    ...(ipv6 === undefined ? [] : [{ to: '::/0', ...(ipv6.gateway === undefined ? {} : { via: ipv6.gateway }) }]),
  ]
  return {
    addresses,
    routes: {
      addresses,
      ...(ipv4?.gateway === undefined ? {} : { gateway: ipv4.gateway }),
      ...(routes.length === 0 ? {} : { routes }),
      ...(metric === undefined ? {} : { metric }),
    },
    nameServers: { nameServers: [...new Set(settings.flatMap((one) => one.nameServers))] },
  }
}

/** The first that is told, that of IPv6 before that of IPv4. */
export function mtuOf(settings: readonly CurrentSettings[]): number | undefined {
  const inOrder = settings.toSorted((a, b) => (b.family ?? 0) - (a.family ?? 0))
  return inOrder.map(({ mtu }) => mtu).find((mtu) => mtu !== undefined)
}
