/**
 * Drain: the events are queued in the kernel while the receiver is stopped (SIGSTOP). Events a second from the signal that
 * lets it go on to the last event in its hands.
 */

import { nowNs } from '../ours/clock.js'
import { type Contender, type Outcome, race } from '../race.js'
import {
  cAs,
  complaint,
  FORCED_BYTES,
  OURS,
  oursAs,
  PLAIN_C,
  peers,
  type Receiver,
  Source,
  turn,
} from '../receivers.js'
import { type Row, rowOf } from '../row.js'
import { LARGE_YOUNG_GENERATION, oursWith, type Setting } from '../setting.js'

const LARGE = 'ours, large young generation'

async function drain(source: Source, receiver: Receiver, setting: Setting): Promise<Outcome> {
  const { sizes } = setting
  const wanted = receiver.slow ? sizes.slowStormEvents : sizes.stormEvents
  const count = Math.min(wanted, source.capacity)
  const { heard, made } = await turn(source, receiver, setting, async (stopped) => {
    stopped.signal('SIGSTOP')
    await source.generator.ask(`storm ${count}`)
    const atNs = nowNs()
    stopped.signal('SIGCONT')
    return atNs
  })
  const note = complaint(heard, count)
  const seconds = (heard.lastAtNs - made) / 1e9
  return { figures: { rate: note === undefined ? heard.events / seconds : undefined }, note }
}

export async function run(setting: Setting): Promise<Row[]> {
  await using source = await Source.create()
  if (source.capacity < setting.sizes.stormEvents) {
    setting.note(`drain: SO_RCVBUFFORCE is refused here; only ${source.capacity} events are queued`)
  }
  const receivers: readonly Receiver[] = [
    { name: OURS, command: oursAs('changes', FORCED_BYTES) },
    { name: PLAIN_C, command: cAs('plain', FORCED_BYTES) },
    { name: LARGE, command: oursWith(LARGE_YOUNG_GENERATION, oursAs('changes', FORCED_BYTES)) },
    ...peers(),
  ]
  const contenders = receivers.map(
    (receiver): Contender => ({ ...receiver, run: () => drain(source, receiver, setting) }),
  )
  const results = await race(contenders, setting.rounds)
  for (const note of results.notes()) setting.note(`drain: ${note}`)
  const row = { case: 'drain', metric: 'queued events read', unit: 'events/s', better: 'higher' } as const
  return [
    rowOf(results, { ...row, figure: 'rate', ours: OURS, limit: PLAIN_C, must: 0.8, aim: 0.9 }),
    rowOf(results, {
      ...row,
      metric: `${row.metric}, ${LARGE_YOUNG_GENERATION}`,
      figure: 'rate',
      ours: LARGE,
      limit: PLAIN_C,
    }),
  ]
}
