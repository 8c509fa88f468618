/** What must hold of routes and rules whenever nothing moves. */

import type { Route } from '../../../lib/kernel/messages.js'
import type { World } from '../world.js'
import type { Invariant } from './invariant.js'

const MAIN_TABLE = 254

export const oneBestDefault: Invariant = {
  name: 'at most one best default route for each family and table',
  check({ device }) {
    const byPlace = new Map<string, Route[]>()
    for (const route of device.ourRoutes()) {
      if (route.destination !== 'default') continue
      const place = `IPv${route.family} table ${route.table}`
      byPlace.set(place, [...(byPlace.get(place) ?? []), route])
    }
    return [...byPlace].flatMap(([place, routes]) => {
      const best = Math.min(...routes.map(({ metric }) => metric))
      const first = routes.filter(({ metric }) => metric === best)
      return first.length > 1 ? [`${place}: ${first.map(describe).join(', ')}`] : []
    })
  },
}

export const noRouteWithoutCarrier: Invariant = {
  name: 'no route through a link without carrier',
  check({ device }) {
    const { links } = device.network.state
    return device
      .ourRoutes()
      .filter(({ ifindex }) => links.get(ifindex ?? 0)?.link.lowerUp !== true)
      .map(describe)
  },
}

export const rulesHaveAddresses: Invariant = {
  name: 'every rule is for an address that a link with carrier holds',
  check({ device }) {
    const { addresses, links } = device.network.state
    const held = new Set(
      addresses.filter(({ ifindex }) => links.get(ifindex)?.link.lowerUp === true).map(({ address }) => address),
    )
    return device
      .ourRules()
      .filter(({ from = '' }) => !held.has(from.slice(0, from.indexOf('/'))))
      .map(({ from, table }) => `from ${from} lookup ${table}`)
  },
}

export const othersUntouched: Invariant = {
  name: 'what others put into the kernel is left alone',
  check: ({ device }) => device.network.foulPlay,
}

/** Routes of ours to the subnet of an address, by interface: the best metric in the main table. */
export function bestPrefixMetrics({ device }: World): Map<string, number> {
  const { links } = device.network.state
  const best = new Map<string, number>()
  for (const route of device.ourRoutes()) {
    const ifname = links.get(route.ifindex ?? 0)?.link.ifname
    if (ifname === undefined || route.table !== MAIN_TABLE || route.gateway !== undefined) continue
    best.set(ifname, Math.min(best.get(ifname) ?? route.metric, route.metric))
  }
  return best
}

/** Interfaces by which a default route in the main table leads, whoever put it there. */
export function withDefaultRoute({ device }: World): Set<string> {
  const { links, routes } = device.network.state
  const inMain = [...routes.all()].filter(({ table, destination }) => table === MAIN_TABLE && destination === 'default')
  return new Set(inMain.flatMap(({ ifindex }) => links.get(ifindex ?? 0)?.link.ifname ?? []))
}

function describe({ destination, gateway, ifindex, table, metric }: Route): string {
  return `${destination} via ${gateway ?? '-'} dev ${ifindex} table ${table} metric ${metric}`
}
