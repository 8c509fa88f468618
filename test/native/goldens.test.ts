/** The decoders against captured messages: each must say what iproute2 said of the same objects at the same moment. */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { IpRecord, type Json } from './goldens/ip-record.js'
import { Names, type Ours } from './goldens/noun.js'
import { NOUNS } from './goldens/words.js'

interface Decoded {
  readonly type: string
  readonly body: Ours
}

interface Scene {
  readonly name: string
  /** Records of `ip`, by noun: when everything was set up, and when it was taken down again. */
  readonly built: Readonly<Record<string, readonly Json[]>>
  readonly gone: Readonly<Record<string, readonly Json[]>>
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'test', 'fixtures', 'netlink', 'rtnl')

/** Builds the tool where it is older than its sources; a matter of a second where it is not. */
const decodeTool = execFileSync(process.execPath, [join(root, 'scripts', 'native-tests.mjs'), 'vn_decode'], {
  encoding: 'utf8',
}).trim()

function decode(file: string): readonly Decoded[] {
  const output = execFileSync(decodeTool, [join(folder, file)], { encoding: 'utf8' })
  return output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Decoded]))
}

const load = (file: string): Json => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json

function scene(name: string): Scene {
  const built = Object.keys(NOUNS).map((noun) => [noun, load(`${name}-${noun}.json`)])
  return { name, built: Object.fromEntries(built), gone: load(`${name}-gone.json`) as Scene['gone'] }
}

const scenes = readdirSync(folder)
  .filter((file) => file.endsWith('-gone.json'))
  .map((file) => scene(file.replace('-gone.json', '')))

/** The objects of a noun as `ip` lists them: addresses stand within their links. */
function objectsOf(noun: string, list: readonly Json[]): readonly Json[] {
  if (noun !== 'address') return list
  return list.flatMap((link) => {
    const record = new IpRecord(link)
    const ifindex = record.number('ifindex') ?? 0
    const addresses = (record.take('addr_info') ?? []) as readonly Json[]
    return addresses.map((address) => ({ ifindex, ...(address as object) }) as Json)
  })
}

/** IPv4's list stands before IPv6's. Routes of IPv6 have a preference; the first rule of each family has priority 0. */
function familiesOf(noun: string, list: readonly Json[]): readonly (4 | 6)[] {
  const records = list.map((each) => new IpRecord(each))
  if (noun === 'route') return records.map((record) => (record.has('pref') ? 6 : 4))
  const second = records.map((record) => record.number('priority')).lastIndexOf(0)
  return records.map((_, at) => (noun === 'rule' && at >= second ? 6 : 4))
}

/** What `ip` said, in our words, and the names in it that neither become a field nor are left out on purpose. */
function inOurWords(noun: string, lists: Scene['built']): { ours: readonly Ours[]; unread: readonly string[] } {
  const words = NOUNS[noun]
  assert.ok(words)
  const names = new Names((lists['link'] ?? []) as unknown as ConstructorParameters<typeof Names>[0])
  const objects = objectsOf(noun, lists[noun] ?? [])
  const families = familiesOf(noun, objects)
  const unread = new Set<string>()
  const ours = objects.map((each, at) => {
    const record = new IpRecord(each)
    const told = words.toOurs(record, names, families[at] ?? 4) as Ours
    for (const name of record.unread(words.leftOut)) unread.add(name)
    return told
  })
  return { ours, unread: [...unread] }
}

/** A line for each object, its fields in order: a difference names the object. */
function lines(noun: string, objects: Iterable<Ours>): string {
  const untold = NOUNS[noun]?.untold ?? []
  const text = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(text)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, text(member)]),
    )
  }
  return [...objects]
    .map((each) => Object.fromEntries(Object.entries(each).filter(([name]) => !untold.includes(name))))
    .map((each) => JSON.stringify(text(each)))
    .sort()
    .join('\n')
}

for (const { name, built } of scenes) {
  for (const noun of Object.keys(NOUNS)) {
    test(`${name}: every ${noun} of the dump is what iproute2 says`, () => {
      const { ours, unread } = inOurWords(noun, built)
      assert.equal(unread, [], 'ip tells something that is neither compared nor left out on purpose')
      const decoded = decode(`${name}-${noun}.bin`)
      assert.equal([...new Set(decoded.map(({ type }) => type))], ours.length === 0 ? [] : [noun])
      assert.fixture(
        lines(
          noun,
          decoded.map(({ body }) => body),
        ),
        lines(noun, ours),
      )
    })
  }
}

/** The kernel makes neighbours for its own multicast without a word. */
const announced = (ours: Ours): boolean => !String(ours['address']).startsWith('ff')

/** IPv6 tells of the deletion of a multipath route hop by hop: true where one went from such a route. */
function dropHop(state: Map<string, Ours>, gone: Ours): boolean {
  const { gateway, ifindex, ...rest } = gone
  for (const [key, { nexthops, ...route }] of state) {
    if (!Array.isArray(nexthops) || lines('route', [route]) !== lines('route', [rest])) continue
    const left = (nexthops as Ours[]).filter((hop) => hop['gateway'] !== gateway || hop['ifindex'] !== ifindex)
    if (left.length === nexthops.length) continue
    state.delete(key)
    if (left.length > 0) state.set(key, { ...route, nexthops: left })
    return true
  }
  return false
}

/** The objects of one noun after some notifications. */
function replay(noun: string, state: Map<string, Ours>, events: readonly Decoded[]): void {
  const words = NOUNS[noun]
  assert.ok(words)
  for (const { type, body } of events.filter((event) => [noun, `${noun}Gone`].includes(event.type))) {
    const { replaces: _, ...object } = body as { replaces?: boolean }
    if (noun === 'neighbour' && !announced(object)) continue
    if (type === noun) state.set(words.key(object), object)
    if (type !== `${noun}Gone`) continue
    const known = state.delete(words.key(object)) || (noun === 'route' && dropHop(state, object))
    assert.ok(known, `${noun} goes that never came: ${JSON.stringify(object)}`)
  }
}

/** The objects without what changes in silence. */
function withoutSilent(noun: string, objects: Iterable<Ours>): Ours[] {
  const silent = NOUNS[noun]?.silent ?? []
  const stripped = (name: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).filter(([member]) => !silent.includes(`${name}.${member}`)))
  }
  return [...objects].map((each) => {
    const told = Object.entries(each).filter(([name]) => !silent.includes(name))
    return Object.fromEntries(told.map(([name, value]) => [name, stripped(name, value)]))
  })
}

for (const { name, built, gone } of scenes) {
  // Rules were there before anything was set up, and lo stays.
  for (const noun of Object.keys(NOUNS)) {
    test(`${name}: notifications of every ${noun} lead to what iproute2 says, in and out`, () => {
      const words = NOUNS[noun]
      assert.ok(words)
      const state = new Map<string, Ours>()
      if (noun === 'rule') for (const rule of inOurWords(noun, gone).ours) state.set(words.key(rule), rule)
      const expect = (lists: Scene['built']): void => {
        const ours = withoutSilent(noun, inOurWords(noun, lists).ours)
        const seen = withoutSilent(noun, state.values())
        const compared = noun === 'neighbour' ? [seen.filter(announced), ours.filter(announced)] : [seen, ours]
        assert.fixture(lines(noun, compared[0] ?? []), lines(noun, compared[1] ?? []))
      }
      replay(noun, state, decode(`${name}-built.bin`))
      expect(built)
      replay(noun, state, decode(`${name}-gone.bin`))
      expect(gone)
    })
  }
}

test('there is a scene of this kernel and one of the virtual machine', () => {
  assert.equal(scenes.map(({ name }) => name).sort(), ['machine', 'world'])
  assert.ok(existsSync(decodeTool))
})

test('rule: a member that nobody reads is found', () => {
  const record = new IpRecord({ id: 7, known: 1, strange: 2 })
  record.number('id')
  assert.equal(record.unread(['known']), ['strange'])
})

test.run()
