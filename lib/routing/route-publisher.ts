/** Tells the rest of the library what routing has come to: `connection` and `available_interfaces`. Nobody else writes them. */

import type { InterfaceRecord } from './interface-record.js'
import { type Connection, compareTexts } from './interface-routes.js'
import { availableInterfaces, bestConnection, type Standing, worseConnection } from './standing.js'

/** The part of the property table that routing needs. */
export interface PropertyWriter {
  putMany(entries: Iterable<readonly [path: readonly string[], value: unknown]>): void
}

export interface RoutePublisherDeps {
  readonly properties: PropertyWriter
  /** Called with the available interfaces, best first, when they or their order change. */
  readonly onPriority?: ((ifnames: readonly string[]) => void) | undefined
}

type Entry = readonly [path: readonly string[], value: unknown]

/** Falls are published at once, rises and priorities when the kernel has answered. */
export class RoutePublisher {
  readonly #deps: RoutePublisherDeps
  #available: readonly string[] = []
  #best: Connection = 'disconnected'

  constructor(deps: RoutePublisherDeps) {
    this.#deps = deps
  }

  /** Writes the values of a start: nothing is available yet. */
  start(): void {
    this.#deps.properties.putMany([
      [['connection'], this.#best],
      [['available_interfaces'], this.#available],
    ])
  }

  /** Publishes a judgement that is worse than what stands in the table; a better one waits for `settled`. */
  fallen(record: InterfaceRecord, records: Iterable<InterfaceRecord>): void {
    const published = record.published ?? 'internet'
    const connection = worseConnection(published, record.connection)
    // A new interface has nothing to fall from, but `disconnected` is true of it already.
    if (connection === published || (record.published === undefined && connection !== 'disconnected')) return
    record.published = connection
    this.#put([[connectionPath(record), connection]], records)
  }

  /** Publishes everything, in the order of names. */
  settled(records: Iterable<InterfaceRecord>, standing: ReadonlyMap<string, Standing>): void {
    const sorted = [...records].sort((a, b) => compareTexts(a.ifname, b.ifname))
    const entries: Entry[] = []
    for (const record of sorted) {
      // Who asked for routes and has none, because the link has lost its addresses, claims no more than the link.
      const lost = record.hasRoutes && record.ifindex !== undefined && record.addresses.length === 0
      const ceiling = standing.get(record.ifname)?.ceiling ?? (lost ? 'lan' : 'internet')
      const connection = worseConnection(record.connection, ceiling)
      if (connection === record.published) continue
      record.published = connection
      entries.push([connectionPath(record), connection])
    }
    const cut = new Set(sorted.flatMap((record) => (record.connection === 'disconnected' ? record.ifname : [])))
    const available = availableInterfaces(standing).filter((ifname) => !cut.has(ifname))
    const changed =
      available.length !== this.#available.length || available.some((ifname, at) => ifname !== this.#available[at])
    if (changed) {
      this.#available = available
      entries.unshift([['available_interfaces'], available])
    }
    this.#put(entries, sorted)
    if (changed) this.#deps.onPriority?.(available)
  }

  /** `connection` of everything is the best of all; in one write with what changed it. */
  #put(entries: readonly Entry[], records: Iterable<InterfaceRecord>): void {
    const best = bestConnection([...records].map((record) => record.published ?? 'disconnected'))
    const all: Entry[] = best === this.#best ? [...entries] : [...entries, [['connection'], best]]
    this.#best = best
    if (all.length > 0) this.#deps.properties.putMany(all)
  }
}

function connectionPath(record: InterfaceRecord): readonly string[] {
  return ['interface', record.ifname, 'connection']
}
