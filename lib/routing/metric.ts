/** Metrics: which interface is preferred, as numbers of which the lower wins. */

import { messageOf } from '../errors.js'
import type { Family } from '../kernel/messages.js'
import { type Connection, compareTexts, type InterfaceAddress } from './interface-routes.js'
import type { InterfaceType } from './interface-type.js'

/** What a metric may depend on. */
export interface RouteMetricInput {
  readonly ifname: string
  readonly interfaceType: InterfaceType
  /** Number in the name modulo 10: 1 for eth1 and eth11. */
  readonly weight: number
  /** The addresses of `family`. */
  readonly addresses: readonly InterfaceAddress[]
  readonly gateway?: string | undefined
  readonly connection: Connection
  readonly family: Family
}

/** Metric of the interface's routes in the main table, 0 to 32,767; 'disabled' for none at all. Quick, without side effects. */
export type RouteMetric = (input: RouteMetricInput) => number | 'disabled'

/** Users' metrics stay below the kernel's own defaults of interest and leave room to resolve ties above them. */
const MAX_METRIC = 32_767

/** Ranks are ten apart, room for a weight of 0 to 9. */
const RANK_STEP = 10

/** Any internet is better than any lan. */
const RANKS: Readonly<Record<'internet' | 'lan', Readonly<Record<InterfaceType, number>>>> = {
  internet: { ethernet: 1, wifi: 2, mobile: 3, local: 4, unknown: 4 },
  lan: { ethernet: 5, wifi: 6, mobile: 7, local: 8, unknown: 8 },
}

/** The built-in metric: 10 to 89 by connection, then type, then weight; 'disabled' when disconnected. */
export const defaultRouteMetric: RouteMetric = ({ connection, interfaceType, weight }) =>
  connection === 'disconnected' ? 'disabled' : RANK_STEP * RANKS[connection][interfaceType] + weight

/** A metric, and what was wrong with the function that should have given it. */
export interface MetricAnswer {
  readonly metric: number | 'disabled'
  readonly complaint?: string
}

/** Asks a user's function; where it throws or returns something else the built-in metric is used, with a complaint. */
export function askRouteMetric(routeMetric: RouteMetric, input: RouteMetricInput): MetricAnswer {
  try {
    const metric: unknown = routeMetric(input)
    if (metric === 'disabled') return { metric }
    if (typeof metric === 'number' && Number.isInteger(metric) && metric >= 0 && metric <= MAX_METRIC) return { metric }
    const shown = typeof metric === 'number' || typeof metric === 'string' ? String(metric) : typeof metric
    return fallback(input, `routeMetric returned ${shown}; expected 0 to ${MAX_METRIC} or 'disabled'`)
  } catch (thrown) {
    return fallback(input, `routeMetric threw: ${messageOf(thrown)}`)
  }
}

function fallback(input: RouteMetricInput, problem: string): MetricAnswer {
  return { metric: defaultRouteMetric(input), complaint: `${problem}; the built-in metric is used for ${input.ifname}` }
}

/** A metric that an interface would have, were it alone. */
export interface MetricWish {
  readonly ifname: string
  readonly metric: number
}

/**
 * Gives every interface a number of its own, because the kernel takes a second route to the same destination with the
 * same metric for the first one. Order is kept: by metric, then by name, each the next free number from its wish on.
 * `lowest` is 1 for IPv6, where the kernel reads 0 as "give me the default of 1024".
 */
export function separateMetrics(wishes: readonly MetricWish[], lowest: 0 | 1): Map<string, number> {
  const ordered = [...wishes].sort((a, b) => a.metric - b.metric || compareTexts(a.ifname, b.ifname))
  const metrics = new Map<string, number>()
  let next: number = lowest
  for (const { ifname, metric } of ordered) {
    const given = Math.max(metric, next)
    metrics.set(ifname, given)
    next = given + 1
  }
  return metrics
}
