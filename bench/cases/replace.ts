/** Replace: every route of a large table gets another gateway, acknowledged; afterwards a dump shows that it did. */

import type { Namespace } from '../../test/support/world.js'
import { LineProcess } from '../line-process.js'
import { type Contender, type Outcome, race } from '../race.js'
import { within } from '../receivers.js'
import { type Answer, filledNamespace, GATEWAYS, LINK, type Program, TABLE, turn } from '../route-table.js'
import { type Row, rowOf } from '../row.js'
import { c, go, node, ours, PEER_ROUNDS, python, type Setting } from '../setting.js'

interface Writer extends Program {
  /** How many routes it replaces, where not all. */
  readonly count?: number
}

const MIRRORING = 'ours, mirroring the routes'

function writers({ routes, spawnedRoutes }: Setting['sizes']): readonly Writer[] {
  const all = [TABLE, routes, LINK] as const
  return [
    { name: 'ours', command: ours('replace', 'links', ...all) },
    { name: 'C', command: c('replace', 'bulk', ...all) },
    { name: MIRRORING, command: ours('replace', 'all', ...all) },
    { name: 'C, one at a time', command: c('replace', 'single', ...all), maxRounds: PEER_ROUNDS },
    { name: 'Go netlink', command: go('replace', ...all), maxRounds: PEER_ROUNDS },
    { name: 'ip -batch', command: node('iproute2/replace', 'batch', ...all), maxRounds: PEER_ROUNDS },
    { name: 'pyroute2', command: python('replace', ...all), maxRounds: 1, slow: true },
    {
      name: 'ip, spawned for each',
      command: node('iproute2/replace', 'spawn', TABLE, spawnedRoutes, LINK),
      ...{ count: spawnedRoutes, maxRounds: 1, slow: true },
    },
  ]
}

/** Whether the whole table leads where it was told to. */
async function checkTable(namespace: Namespace, dumper: LineProcess, gateway: string): Promise<string | undefined> {
  const { routes, sameGateway } = await dumper.askJson<Answer>('dump')
  const first = await namespace.ip('route', 'show', 'table', String(TABLE), '198.18.0.0/32')
  if (routes === sameGateway && first.includes(` ${gateway} `)) return undefined
  return `${sameGateway} of ${routes} routes lead to one gateway, the first is ${first.trim()}`
}

export async function run(setting: Setting): Promise<Row[]> {
  const namespace = await filledNamespace(setting.sizes.routes)
  try {
    await using dumper = await LineProcess.start(within(namespace, c('dump', TABLE)))
    // Each go goes to the other gateway than the one before, whoever's it was.
    let goes = 0
    const write = async ({ command, slow = false, count }: Writer): Promise<Outcome> => {
      if (command === undefined) return { figures: {} }
      let gateway: string = GATEWAYS[0]
      const line = (): string => gateway
      const next = (): string => (gateway = GATEWAYS[++goes % 2 === 0 ? 0 : 1])
      next()
      const check = async (_: Answer, told: string): Promise<string | undefined> => {
        next()
        return count === undefined ? checkTable(namespace, dumper, told) : undefined
      }
      const { figures, note } = await turn({ namespace, command, slow, line, check })
      const { ms } = figures
      return { figures: { us: ms === undefined ? undefined : (ms * 1e3) / (count ?? setting.sizes.routes) }, note }
    }
    const contenders = writers(setting.sizes)
      .filter(({ command }) => command !== undefined)
      .map((writer): Contender => ({ ...writer, run: () => write(writer) }))
    const results = await race(contenders, setting.rounds)
    for (const note of results.notes()) setting.note(`replace: ${note}`)
    const row = { case: 'replace', unit: 'µs/route', better: 'lower', figure: 'us', limit: 'C' } as const
    const metric = `${setting.sizes.routes} routes`
    return [
      rowOf(results, { ...row, metric, ours: 'ours', must: 1.3, aim: 1.1 }),
      { ...rowOf(results, { ...row, metric: `${metric}, mirrored as well`, ours: MIRRORING }), peers: {} },
    ]
  } finally {
    await namespace.delete()
  }
}
