/** Start: a whole instance in a fresh process, with few and with many static interfaces, until all are configured. */

import { freshNamespace, type Namespace } from '../../test/support/world.js'
import { LineProcess } from '../line-process.js'
import { type Outcome, race } from '../race.js'
import { type Row, rowOf } from '../row.js'
import { ours, type Setting } from '../setting.js'

const BYTES_PER_MB = 1_000_000

interface Answer {
  readonly ms: number
  readonly bytes: number
  /** Node and the loader of TypeScript. */
  readonly bytesBefore: number
}

/** Veth pairs whose far ends are up in a namespace of their own, so that there is carrier as on a real network. */
function makeLinks(near: Namespace, far: Namespace, count: number): void {
  const each = (line: (index: number) => string): string[] => Array.from({ length: count }, (_, index) => line(index))
  near.ipBatchSync(each((index) => `link add s${index} type veth peer name far${index} netns ${far.name}`))
  far.ipBatchSync(each((index) => `link set dev far${index} up`))
}

async function turn(near: Namespace, count: number): Promise<Outcome> {
  await using process = await LineProcess.start(ours('start', near.path, count))
  const { ms, bytes, bytesBefore } = await process.askJson<Answer>('start')
  return { figures: { ms, mb: bytes / BYTES_PER_MB, own: (bytes - bytesBefore) / BYTES_PER_MB } }
}

async function rowsOf(count: number, setting: Setting): Promise<Row[]> {
  const near = await freshNamespace()
  const far = await freshNamespace()
  try {
    makeLinks(near, far, count)
    const results = await race([{ name: 'ours', run: () => turn(near, count) }], setting.rounds)
    for (const note of results.notes()) setting.note(`start: ${note}`)
    const row = { case: 'start', better: 'lower', ours: 'ours' } as const
    return [
      rowOf(results, { ...row, metric: `${count} interfaces, all configured`, unit: 'ms', figure: 'ms' }),
      rowOf(results, { ...row, metric: `${count} interfaces, resident`, unit: 'MB', figure: 'mb' }),
      rowOf(results, { ...row, metric: `${count} interfaces, resident beside Node`, unit: 'MB', figure: 'own' }),
    ]
  } finally {
    await near.delete()
    await far.delete()
  }
}

export async function run(setting: Setting): Promise<Row[]> {
  const rows: Row[] = []
  for (const count of setting.sizes.interfaces) rows.push(...(await rowsOf(count, setting)))
  return rows
}
