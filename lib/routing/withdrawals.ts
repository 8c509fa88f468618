/**
 * The deletes of all that each interface has, made while nothing is at stake: when a cable is pulled, the first of them
 * leaves before anything is computed, and in a command of its own, for it alone moves the traffic.
 */

import type { MirrorReader } from '../kernel/kernel.js'
import type { Route, Rule } from '../kernel/messages.js'
import { type ActualRoutes, type RoutingStep, withdrawal } from './diff-routes.js'
import { tableOfSlot } from './tables.js'

/** Whose objects are looked for. */
export interface RouteOwner {
  readonly ifname: string
  readonly slot: number | undefined
}

/** The deletes by interface name; an interface without anything is not in it. Linear in the number of objects. */
export function prepareWithdrawals(
  owners: Iterable<RouteOwner>,
  actual: ActualRoutes,
  mirror: Pick<MirrorReader, 'linkByName'>,
): Map<string, RoutingStep[]> {
  const routes = grouped(actual.routes, (route: Route) => route.ifindex)
  const rules = grouped(actual.rules, (rule: Rule) => rule.table)
  const prepared = new Map<string, RoutingStep[]>()
  for (const { ifname, slot } of owners) {
    const ifindex = mirror.linkByName(ifname)?.ifindex
    const steps = withdrawal({
      routes: (ifindex === undefined ? undefined : routes.get(ifindex)) ?? [],
      rules: (slot === undefined ? undefined : rules.get(tableOfSlot(slot))) ?? [],
    })
    if (steps.length > 0) prepared.set(ifname, steps)
  }
  return prepared
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => number | undefined): Map<number, T[]> {
  const groups = new Map<number, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
