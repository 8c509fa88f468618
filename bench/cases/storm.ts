/**
 * Storm: address changes as fast as one process can make them, in sends of 64. What an event costs the receiver in CPU
 * time, whether any is lost at a forced buffer, and whether the state at the end is exact at the library's
 * default one, and at the kernel's, where events are lost.
 */

import type { Contender, Outcome } from '../race.js'
import { race } from '../race.js'
import {
  cAs,
  complaint,
  FORCED_BYTES,
  GATHERING_C,
  OURS,
  oursAs,
  PLAIN_C,
  peers,
  type Receiver,
  Source,
  turn,
} from '../receivers.js'
import { type Row, rowOf } from '../row.js'
import type { Setting } from '../setting.js'

const OBJECTS = 'ours, without the mirror'
const DEFAULT_BUFFER = 'ours, default buffer'
/** net.core.rmem_default; the kernel doubles what it is asked for. */
const KERNEL_DEFAULT_BYTES = 212_992 / 2
const SMALL_BUFFER = 'ours, small buffer'

async function storm(source: Source, receiver: Receiver, setting: Setting): Promise<Outcome> {
  const { sizes } = setting
  const count = receiver.slow ? sizes.slowStormEvents : sizes.stormEvents
  const { heard } = await turn(source, receiver, setting, () => source.generator.ask(`storm ${count}`))
  const note = complaint(heard, count)
  if (receiver.name === DEFAULT_BUFFER || receiver.name === SMALL_BUFFER) {
    const { overruns = 0, events } = heard
    const exact = heard.exact === true ? 1 : 0
    const figures = receiver.name === DEFAULT_BUFFER ? { exact } : { exactBehindLoss: overruns > 0 ? exact : 0 }
    return { figures, note: `${overruns} overruns, heard ${events} of ${count}` }
  }
  // What was lost has cost nothing: such a figure would flatter.
  const perEvent = note === undefined ? heard.cpuUs / heard.events : undefined
  const lost = Math.max(0, count - heard.events)
  if (receiver.name === OURS) return { figures: { perEvent, lost, exactForced: heard.exact === true ? 1 : 0 }, note }
  return { figures: receiver.name === OBJECTS ? { perEvent } : { perEvent, lost }, note }
}

export async function run(setting: Setting): Promise<Row[]> {
  await using source = await Source.create()
  const forced = source.capacity >= setting.sizes.stormEvents
  if (!forced) setting.note('storm: SO_RCVBUFFORCE is refused here; the forced buffer is rmem_max')
  const receivers: readonly Receiver[] = [
    { name: OURS, command: oursAs('changes', FORCED_BYTES) },
    { name: GATHERING_C, command: cAs('gather', FORCED_BYTES) },
    { name: OBJECTS, command: oursAs('objects', FORCED_BYTES) },
    { name: PLAIN_C, command: cAs('plain', FORCED_BYTES) },
    { name: DEFAULT_BUFFER, command: oursAs('changes', 0) },
    { name: SMALL_BUFFER, command: oursAs('changes', KERNEL_DEFAULT_BYTES) },
    ...peers(),
  ]
  const contenders = receivers.map(
    (receiver): Contender => ({ ...receiver, run: () => storm(source, receiver, setting) }),
  )
  const results = await race(contenders, setting.rounds)
  for (const note of results.notes()) setting.note(`storm: ${note}`)
  const row = { case: 'storm', unit: 'µs', better: 'lower', figure: 'perEvent', limit: GATHERING_C } as const
  const exact = { case: 'storm', unit: '1 = yes', better: 'higher', must: 1, aim: 1 } as const
  return [
    rowOf(results, { ...row, metric: 'CPU per event', ours: OURS, must: 2, aim: 1.2 }),
    { ...rowOf(results, { ...row, metric: 'CPU per event, objects without the mirror', ours: OBJECTS }), peers: {} },
    rowOf(results, {
      ...{ case: 'storm', metric: forced ? 'events lost at the forced buffer' : 'events lost at rmem_max' },
      ...{ unit: 'events', better: 'lower', figure: 'lost', ours: OURS },
      ...(forced ? { must: 0, aim: 0 } : {}),
    }),
    {
      ...rowOf(results, {
        ...exact,
        metric: 'state exact at the default buffer',
        figure: 'exact',
        ours: DEFAULT_BUFFER,
      }),
      peers: {},
    },
    {
      ...rowOf(results, {
        ...exact,
        metric: 'events lost, and state exact, at the buffer of 208 KiB',
        figure: 'exactBehindLoss',
        ours: SMALL_BUFFER,
      }),
      peers: {},
    },
    {
      ...rowOf(results, {
        ...exact,
        metric: forced ? 'state exact at the forced buffer' : 'state exact at rmem_max',
        figure: 'exactForced',
        ours: OURS,
      }),
      peers: {},
    },
  ]
}
