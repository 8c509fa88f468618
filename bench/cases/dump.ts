/** Dump: all routes of a large table into objects (structs in C). */

import { type Contender, race } from '../race.js'
import { filledNamespace, type Program, TABLE, turn } from '../route-table.js'
import { type Row, rowOf } from '../row.js'
import { c, go, LARGE_YOUNG_GENERATION, node, ours, oursWith, PEER_ROUNDS, python, type Setting } from '../setting.js'

const LARGE = 'ours, large young generation'

export async function run(setting: Setting): Promise<Row[]> {
  const count = setting.sizes.routes
  const namespace = await filledNamespace(count)
  try {
    const programs: readonly Program[] = [
      { name: 'ours', command: ours('dump', TABLE) },
      { name: 'C', command: c('dump', TABLE) },
      { name: LARGE, command: oursWith(LARGE_YOUNG_GENERATION, ours('dump', TABLE)) },
      { name: 'Go netlink', command: go('dump', TABLE), maxRounds: PEER_ROUNDS },
      { name: 'ip -json + JSON.parse', command: node('iproute2/dump', TABLE), maxRounds: PEER_ROUNDS },
      { name: 'pyroute2', command: python('dump', TABLE), maxRounds: 1, slow: true },
    ]
    const check = ({ routes = 0 }): string | undefined =>
      routes === count ? undefined : `${routes} of ${count} routes`
    const contenders = programs.flatMap(({ command, slow = false, ...rest }): Contender[] =>
      command === undefined
        ? []
        : [{ ...rest, run: () => turn({ namespace, command, slow, line: () => 'dump', check }) }],
    )
    const results = await race(contenders, setting.rounds)
    for (const note of results.notes()) setting.note(`dump: ${note}`)
    const metric = `${count} routes into objects`
    const row = { case: 'dump', metric, unit: 'ms', better: 'lower', figure: 'ms' } as const
    return [
      rowOf(results, { ...row, ours: 'ours', limit: 'C', must: 2.5, aim: 1.5 }),
      rowOf(results, { ...row, metric: `${metric}, ${LARGE_YOUNG_GENERATION}`, ours: LARGE, limit: 'C' }),
    ]
  } finally {
    await namespace.delete()
  }
}
