/** Table: what the property table takes and delivers on one core. The limit is a Map that is told the same. */

import { LineProcess } from '../line-process.js'
import { type Contender, type Outcome, race } from '../race.js'
import { type Row, rowOf } from '../row.js'
import { ours, type Setting } from '../setting.js'

/** Each put of another value has to be of no concern beside what caused it. */
const AIM_PUTS_PER_SECOND = 1_000_000
const LIMIT = 'Map'

const PUTS = { other: 'other', equal: 'equal' }
const HEARINGS = { one: 'hear 1', hundred: 'hear 100' }

/** A process for each figure: what one measurement has made of the compiler's assumptions does not touch the next. */
async function turn(way: 'ours' | 'map', lines: Readonly<Record<string, string>>, setting: Setting): Promise<Outcome> {
  const { tablePuts, tableNotifications } = setting.sizes
  const figures: Record<string, number> = {}
  for (const [figure, line] of Object.entries(lines)) {
    await using process = await LineProcess.start(ours('table', way, tablePuts, tableNotifications))
    figures[figure] = (await process.askJson<{ perSecond: number }>(line)).perSecond
  }
  return { figures }
}

export async function run(setting: Setting): Promise<Row[]> {
  const contenders: readonly Contender[] = [
    { name: 'ours', run: () => turn('ours', PUTS, setting) },
    { name: LIMIT, run: () => turn('map', PUTS, setting) },
  ]
  const put = await race(contenders, setting.rounds)
  const told = await race([{ name: 'ours', run: () => turn('ours', HEARINGS, setting) }], setting.rounds)
  for (const note of [...put.notes(), ...told.notes()]) setting.note(`table: ${note}`)
  const row = { case: 'table', better: 'higher', ours: 'ours' } as const
  const puts = { ...row, unit: 'puts/s' } as const
  const notifications = { ...row, unit: 'notifications/s' } as const
  return [
    rowOf(put, { ...puts, metric: 'puts of other values', figure: 'other', limit: LIMIT }),
    rowOf(put, { ...puts, metric: 'puts of other values, by itself', figure: 'other', aim: AIM_PUTS_PER_SECOND }),
    rowOf(put, { ...puts, metric: 'puts of equal values', figure: 'equal', limit: LIMIT }),
    rowOf(told, { ...notifications, metric: 'to 1 subscriber', figure: 'one' }),
    rowOf(told, { ...notifications, metric: 'to 100 subscribers', figure: 'hundred' }),
  ]
}
