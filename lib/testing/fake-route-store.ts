/** The routes of a fake kernel: by key, so that a hundred thousand cost what a hundred do. */

import type { Family, Route } from '../kernel/messages.js'
import { sameRecord } from '../kernel/same-record.js'

/** True for two records of the same content, nested hops included. */
export function equalRoutes(a: Route, b: Route): boolean {
  return sameRecord(a, b)
}

/** What the kernel tells routes apart by. */
interface RouteKey extends Pick<Route, 'family' | 'table' | 'destination' | 'metric'> {
  readonly from?: string | undefined
  readonly tos?: number | undefined
}

/** Routes by their keys; several of one key stand in order. */
export class FakeRoutes {
  readonly #groups = new Map<string, Route[]>()
  /** Those that make gateways reachable: unicast without a gateway. */
  readonly #connected = new Set<Route>()

  static key(route: RouteKey): string {
    const { family, table, destination, metric, from = '', tos = 0 } = route
    return `${family} ${table} ${destination} ${metric} ${from} ${tos}`
  }

  group(key: string): readonly Route[] {
    return this.#groups.get(key) ?? []
  }

  add(route: Route): void {
    const key = FakeRoutes.key(route)
    const group = this.#groups.get(key)
    if (group === undefined) this.#groups.set(key, [route])
    else group.push(route)
    if (route.routeType === 'unicast' && route.gateway === undefined && route.nexthops === undefined) {
      this.#connected.add(route)
    }
  }

  delete(route: Route): void {
    const key = FakeRoutes.key(route)
    const rest = this.group(key).filter((held) => held !== route)
    if (rest.length > 0) this.#groups.set(key, rest)
    else this.#groups.delete(key)
    this.#connected.delete(route)
  }

  find(route: Route): Route | undefined {
    return this.group(FakeRoutes.key(route)).find((held) => equalRoutes(held, route))
  }

  *all(): Generator<Route> {
    for (const group of this.#groups.values()) yield* group
  }

  connected(family: Family): Route[] {
    return [...this.#connected].filter((route) => route.family === family)
  }
}
