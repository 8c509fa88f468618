/** Latency: from just before the generator's send of a single change to the receiver's callback, changes 2 ms apart. */

import { type Contender, type Outcome, race } from '../race.js'
import { cAs, complaint, OURS, oursAs, PLAIN_C, peers, type Receiver, Source, turn } from '../receivers.js'
import { type Row, rowOf } from '../row.js'
import type { Setting } from '../setting.js'
import { median, quantile } from '../statistics.js'

/** Longer than any gathering, so that each event comes to an idle receiver. */
const GAP_US = 2_000

async function latency(source: Source, receiver: Receiver, setting: Setting): Promise<Outcome> {
  const count = setting.sizes.latencyEvents
  const { heard, made } = await turn(source, receiver, setting, async () => {
    return JSON.parse(await source.generator.ask(`spaced ${count} ${GAP_US}`)) as number[]
  })
  const note = complaint(heard, count)
  if (note !== undefined) return { figures: { p50: undefined, p99: undefined }, note }
  if (heard.stampsNs.length !== count) throw new Error(`${heard.stampsNs.length} times of ${count} events`)
  const us = heard.stampsNs.map((stampNs, index) => (stampNs - (made[index] ?? Number.NaN)) / 1e3)
  return { figures: { p50: median(us), p99: quantile(us, 0.99) } }
}

export async function run(setting: Setting): Promise<Row[]> {
  await using source = await Source.create()
  const receivers: readonly Receiver[] = [
    { name: OURS, command: oursAs('changes', 0) },
    { name: PLAIN_C, command: cAs('plain', 0) },
    { name: 'C, told to a second thread', command: cAs('handed', 0) },
    ...peers(),
  ]
  const contenders = receivers.map(
    (receiver): Contender => ({ ...receiver, run: () => latency(source, receiver, setting) }),
  )
  const results = await race(contenders, setting.rounds)
  for (const note of results.notes()) setting.note(`latency: ${note}`)
  const row = { case: 'latency', unit: 'µs', better: 'lower', ours: OURS, limit: PLAIN_C } as const
  return [
    rowOf(results, { ...row, metric: 'send to callback, p50', figure: 'p50', must: 1.8, aim: 1.4 }),
    rowOf(results, { ...row, metric: 'send to callback, p99', figure: 'p99' }),
  ]
}
