/** What the routes that really stand in the main table allow an interface to claim. */

import { type Family, MAIN_TABLE } from '../kernel/messages.js'
import type { DesiredRoute } from './desired-routes.js'
import { type Connection, compareTexts } from './interface-routes.js'

/** From worst to best. */
const CONNECTIONS: readonly Connection[] = ['disconnected', 'lan', 'internet']

export interface Standing {
  /** The best connection that the interface may claim. */
  readonly ceiling: Connection
  /** Of its best standing subnet route in main; undefined without one: it is not available. */
  readonly metric: number | undefined
}

interface Tally {
  prefixes: number
  defaults: number
  defaultsMissing: number
  metric: number | undefined
}

/** The worse of two connections. */
export function worseConnection(a: Connection, b: Connection): Connection {
  return CONNECTIONS.indexOf(a) < CONNECTIONS.indexOf(b) ? a : b
}

/** The best of all; `disconnected` where there is none. */
export function bestConnection(connections: Iterable<Connection>): Connection {
  let best = 0
  for (const connection of connections) best = Math.max(best, CONNECTIONS.indexOf(connection))
  return CONNECTIONS[best] ?? 'disconnected'
}

/**
 * By interface. A claim needs its routes: `lan` a subnet route in main, `internet` also the default routes that were
 * wanted there; one family is enough. An interface that wants no routes is not in the result: nothing limits its claim.
 */
export function standingOf(wanted: readonly DesiredRoute[], missing: ReadonlySet<DesiredRoute>): Map<string, Standing> {
  const tallies = new Map<string, Map<Family, Tally>>()
  for (const route of wanted) {
    if (route.table !== MAIN_TABLE) continue
    const tally = tallyOf(tallies, route)
    const stands = !missing.has(route)
    if (route.kind === 'prefix' && stands) {
      tally.prefixes += 1
      tally.metric = Math.min(tally.metric ?? route.metric, route.metric)
    }
    if (route.destination === 'default') {
      tally.defaults += 1
      if (!stands) tally.defaultsMissing += 1
    }
  }
  return new Map([...tallies].map(([ifname, families]) => [ifname, summarize([...families.values()])]))
}

/** Names of the available interfaces, best first. */
export function availableInterfaces(standing: ReadonlyMap<string, Standing>): string[] {
  const available: { ifname: string; metric: number }[] = []
  for (const [ifname, { metric }] of standing) {
    if (metric !== undefined) available.push({ ifname, metric })
  }
  available.sort((a, b) => a.metric - b.metric || compareTexts(a.ifname, b.ifname))
  return available.map(({ ifname }) => ifname)
}

function tallyOf(tallies: Map<string, Map<Family, Tally>>, { ifname, family }: DesiredRoute): Tally {
  let families = tallies.get(ifname)
  if (families === undefined) {
    families = new Map()
    tallies.set(ifname, families)
  }
  let tally = families.get(family)
  if (tally === undefined) {
    tally = { prefixes: 0, defaults: 0, defaultsMissing: 0, metric: undefined }
    families.set(family, tally)
  }
  return tally
}

function summarize(tallies: readonly Tally[]): Standing {
  let ceiling: Connection = 'disconnected'
  let metric: number | undefined
  for (const tally of tallies) {
    if (tally.prefixes === 0) continue
    const allDefaultsMissing = tally.defaults > 0 && tally.defaultsMissing === tally.defaults
    ceiling = bestConnection([ceiling, allDefaultsMissing ? 'lan' : 'internet'])
    if (tally.metric !== undefined) metric = Math.min(metric ?? tally.metric, tally.metric)
  }
  return { ceiling, metric }
}
