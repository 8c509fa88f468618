/** Memory: what a mirrored link takes, and whether memory outside of JavaScript's heap grows with the events. */

import { freshNamespace, type Namespace } from '../../test/support/world.js'
import { LineProcess } from '../line-process.js'
import { type Contender, type Outcome, race } from '../race.js'
import { Source, within } from '../receivers.js'
import { type Row, rowOf } from '../row.js'
import { ours, type Setting } from '../setting.js'

/** Of 10 million; more would overrun the receiver for good. */
const CHUNK_EVENTS = 10_000
const KIB = 1024

interface Resident {
  readonly all: number
  readonly native: number
  readonly live: number
}

/** One process, which opens the empty namespace, then the full one. What is resident swings by more than the links take. */
async function perLink(empty: Namespace, full: Namespace): Promise<Outcome> {
  await using process = await LineProcess.start(within(empty, ours('memory')))
  const afterOpening = async ({ path }: Namespace): Promise<Resident & { readonly links: number }> => {
    const links = Number(await process.ask(`open all ${path}`))
    return { links, ...(await process.askJson<Resident>('resident')) }
  }
  // What the first kernel of a process takes is no link's.
  await afterOpening(empty)
  const without = await afterOpening(empty)
  const withLinks = await afterOpening(full)
  const kib = (bytes: number): number => (bytes / KIB / (withLinks.links - without.links)) * 1000
  return { figures: { live: kib(withLinks.live - without.live), all: kib(withLinks.all - without.all) } }
}

/** Bytes by which one process grows from the first half of the events to their end. */
async function growth(source: Source, events: number): Promise<Outcome> {
  await using process = await LineProcess.start(within(source.namespace, ours('memory')))
  await process.ask('open addresses')
  const until = async (count: number, from: number): Promise<Resident> => {
    for (let done = from; done < count; done += CHUNK_EVENTS) {
      const reached = process.ask(`events ${Math.min(count, done + CHUNK_EVENTS)}`)
      await source.generator.ask(`storm ${Math.min(CHUNK_EVENTS, count - done)}`)
      await reached
    }
    return process.askJson<Resident>('resident')
  }
  const half = await until(events / 2, 0)
  const end = await until(events, events / 2)
  return { figures: { native: (end.native - half.native) / KIB, all: (end.all - half.all) / KIB } }
}

export async function run(setting: Setting): Promise<Row[]> {
  const { linkPairs, memoryEvents } = setting.sizes
  const empty = await freshNamespace()
  const full = await freshNamespace()
  try {
    const pairs = Array.from({ length: linkPairs }, (_, i) => `link add m${i} type veth peer name n${i}`)
    full.ipBatchSync(pairs)
    const contenders: readonly Contender[] = [{ name: 'ours', run: () => perLink(empty, full) }]
    const links = await race(contenders, setting.rounds)
    await using source = await Source.create()
    const events = await race([{ name: 'ours', run: () => growth(source, memoryEvents) }], 1)
    for (const note of [...links.notes(), ...events.notes()]) setting.note(`memory: ${note}`)
    const row = { case: 'memory', unit: 'KiB', better: 'lower', ours: 'ours' } as const
    const half = `from ${memoryEvents / 2} to ${memoryEvents} events`
    return [
      rowOf(links, { ...row, metric: "in JavaScript's heap for 1000 links", figure: 'live' }),
      rowOf(links, { ...row, metric: 'resident for 1000 links', figure: 'all' }),
      rowOf(events, { ...row, metric: `growth outside of JavaScript's heap, ${half}`, figure: 'native' }),
      rowOf(events, { ...row, metric: `growth of all, ${half}`, figure: 'all' }),
    ]
  } finally {
    await empty.delete()
    await full.delete()
  }
}
