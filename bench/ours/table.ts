/**
 * table ours|map PUTS NOTIFICATIONS: the property table, or a Map keyed by the joined path, with the properties of many
 * interfaces. Answers `other` (each put changes its property), `equal` (none does) and, of ours alone, `hear N` (to N
 * subscribers, by patterns with wildcards) with what it did in one second.
 */

import { answer, say } from './lines.js'

const { PropertyTable } = (await import(
  new URL('../../dist/properties/property-table.js', import.meta.url).href
)) as typeof import('../../lib/properties/property-table.js')

const { silentLogger } = (await import(
  new URL('../../dist/base/logger.js', import.meta.url).href
)) as typeof import('../../lib/base/logger.js')

const { systemClock } = (await import(
  new URL('../../dist/base/clock.js', import.meta.url).href
)) as typeof import('../../lib/base/clock.js')

const INTERFACES = 100
/** What a put writes in turn: states, numbers, and a truth. */
const VALUES: Readonly<Record<string, readonly [unknown, unknown]>> = {
  state: ['configuring', 'configured'],
  connection: ['lan', 'internet'],
  lower_up: [true, false],
  mac_address: ['02:00:00:00:00:01', '02:00:00:00:00:02'],
  mtu: [1500, 1400],
}
/** Each covers every property written here; a subscriber has the one of its turn. */
const PATTERNS: readonly (readonly string[])[] = [['interface', '*'], ['*', '*', '*'], ['interface', '*', '*'], ['*']]
/** Of one turn of the event loop; a scan or a start writes that many. */
const PUTS_A_TURN = 100

const [way = '', puts, notifications] = process.argv.slice(2)

interface Written {
  readonly path: readonly string[]
  readonly values: readonly [unknown, unknown]
}

const written = Array.from({ length: INTERFACES }, (_, i) =>
  Object.entries(VALUES).map(([name, values]): Written => ({ path: ['interface', `eth${i}`, name], values })),
).flat()

const newTable = () => new PropertyTable({ clock: systemClock, logger: silentLogger })

function putter(): (path: readonly string[], value: unknown) => void {
  if (way === 'map') {
    const map = new Map<string, unknown>()
    return (path, value) => void map.set(path.join('/'), value)
  }
  const table = newTable()
  return (path, value) => table.put(path, value)
}

/** Puts in a second. A round writes every property once; the rounds alternate between two values, or do not. */
function measurePuts(alternate: boolean): number {
  const put = putter()
  for (const { path, values } of written) put(path, values[0])
  const rounds = Math.ceil(Number(puts) / written.length)
  const startedMs = performance.now()
  for (let round = 1; round <= rounds; round += 1) {
    const which = alternate && round % 2 === 1 ? 1 : 0
    for (const { path, values } of written) put(path, values[which])
  }
  return (rounds * written.length * 1000) / (performance.now() - startedMs)
}

/** Notifications in a second, from the puts that cause them to the return of the last listener. */
async function measureNotifications(subscriberCount: number): Promise<number> {
  const table = newTable()
  let heard = 0
  for (let index = 0; index < subscriberCount; index += 1) {
    table.subscribe(PATTERNS[index % PATTERNS.length] ?? [], () => {
      heard += 1
    })
  }
  const total = Math.ceil(Number(notifications) / subscriberCount)
  const startedMs = performance.now()
  for (let done = 0; done < total; ) {
    for (const end = Math.min(total, done + PUTS_A_TURN); done < end; done += 1) {
      const { path, values } = written[done % written.length] ?? { path: [], values: [0, 1] }
      table.put(path, values[Math.floor(done / written.length) % 2])
    }
    await Promise.resolve()
  }
  const seconds = (performance.now() - startedMs) / 1000
  if (heard !== total * subscriberCount) throw new Error(`${heard} of ${total * subscriberCount} notifications`)
  return heard / seconds
}

async function measure(line: string): Promise<number> {
  const [what, count] = line.split(' ')
  return what === 'hear' ? measureNotifications(Number(count)) : measurePuts(what === 'other')
}

say('ready')
await answer(async (line) => {
  await measure(line) // nothing is compiled before
  return JSON.stringify({ perSecond: await measure(line) })
})
