/** One line of the benchmark, for people and for machines. */

import type { Figure, Results } from './race.js'

export interface Row {
  readonly case: string
  readonly metric: string
  readonly unit: string
  readonly better: 'lower' | 'higher'
  /** null where we failed. */
  readonly ours: Figure | null
  /** The figure of what cannot do less: C's, a Map's. */
  readonly limit: Figure | null
  /** What ours / limit has to reach; where there is no limit, what ours has to reach. */
  readonly must: number | null
  readonly aim: number | null
  readonly peers: Readonly<Record<string, Figure | null>>
}

export interface RowOptions extends Pick<Row, 'case' | 'metric' | 'unit' | 'better'> {
  /** Name of the figure in the outcomes. */
  readonly figure: string
  readonly ours: string
  readonly limit?: string
  readonly must?: number
  readonly aim?: number
}

/** The row of one figure; every other contender that was measured at it is a peer, unless it is another way of ours. */
export function rowOf(results: Results, { figure, ours, limit, must, aim, ...rest }: RowOptions): Row {
  const peers = results.names.filter((name) => name !== ours && name !== limit && !name.startsWith('ours'))
  return {
    ...rest,
    ours: results.figure(ours, figure),
    limit: limit === undefined ? null : results.figure(limit, figure),
    must: must ?? null,
    aim: aim ?? null,
    peers: Object.fromEntries(peers.map((name) => [name, results.figure(name, figure)])),
  }
}

/** ours / limit; null without one of them. */
export function ratioOf({ ours, limit }: Row): number | null {
  return ours === null || limit === null || limit.value === 0 ? null : ours.value / limit.value
}

/** Whether the row reaches what it must; undefined where it must nothing. */
export function reaches(row: Row): boolean | undefined {
  if (row.must === null) return undefined
  const judged = row.limit === null ? row.ours?.value : ratioOf(row)
  if (judged === undefined || judged === null) return false
  return row.better === 'lower' ? judged <= row.must : judged >= row.must
}
