/** BSS: a supplicant's table of 500 networks into access points. The limit is a Map of the keys and values of each. */

import { LineProcess } from '../line-process.js'
import { type Outcome, race } from '../race.js'
import { type Row, rowOf } from '../row.js'
import { ours, type Setting } from '../setting.js'

const LIMIT = 'lines'

async function turn(way: 'ours' | 'lines', { sizes }: Setting): Promise<Outcome> {
  await using process = await LineProcess.start(ours('bss', way, sizes.bssEntries, sizes.bssRounds))
  return { figures: { read: (await process.askJson<{ perSecond: number }>('read')).perSecond } }
}

export async function run(setting: Setting): Promise<Row[]> {
  const contenders = [
    { name: 'ours', run: () => turn('ours', setting) },
    { name: LIMIT, run: () => turn('lines', setting) },
  ]
  const read = await race(contenders, setting.rounds)
  for (const note of read.notes()) setting.note(`bss: ${note}`)
  const row = { case: 'bss', unit: 'entries/s', better: 'higher', ours: 'ours' } as const
  return [rowOf(read, { ...row, metric: `${setting.sizes.bssEntries} networks`, figure: 'read', limit: LIMIT })]
}
