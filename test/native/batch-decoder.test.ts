/** The engine's own records of captured messages: what TypeScript makes of them is what the engine's structs hold. */

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BatchDecoder } from '../../lib/kernel/carriage/batch-decoder.js'
import { Inbox } from '../../lib/kernel/carriage/inbox.js'
import type { Schema } from '../../lib/kernel/carriage/layout.js'
import type { KernelEvent } from '../../lib/kernel/messages.js'

type Members = Readonly<Record<string, unknown>>

/** A file of test/fixtures/netlink, and what vn_decode takes it for. */
interface Fixture {
  readonly file: string
  readonly subject?: string
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const folder = join(root, 'test', 'fixtures', 'netlink')
const addonPath = join(root, 'build-cmake', 'Release', 'vintage_net.node')
const { schema } = createRequire(import.meta.url)(addonPath) as { readonly schema: Schema }

/** Builds the tool where it is older than its sources. */
const decodeTool = execFileSync(process.execPath, [join(root, 'scripts', 'native-tests.mjs'), 'vn_decode'], {
  encoding: 'utf8',
}).trim()
/** Records are up to a few times as long as the messages. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
/** Of the command that a dump answers; beyond 32 bits, as ids may be. */
const DUMP_ID = 2 ** 40 + 7

const run = ({ file, subject }: Fixture, ...options: readonly string[]): Buffer => {
  const as = subject === undefined ? [] : ['--as', subject]
  return execFileSync(decodeTool, [...as, ...options, join(folder, file)], { maxBuffer: MAX_OUTPUT_BYTES })
}

const RTNL: readonly Fixture[] = readdirSync(join(folder, 'rtnl'))
  .filter((name) => name.endsWith('.bin'))
  .map((name) => ({ file: `rtnl/${name}` }))
const NOTIFICATIONS = /-(built|gone)\.bin$/
const EVENTS: readonly Fixture[] = [
  ...RTNL,
  { file: 'nd-option/advertisement.bin' },
  { file: 'uevent/uevents.bin', subject: 'uevents' },
  { file: 'nl80211/events.bin', subject: 'wireless' },
]
const DUMPS: readonly Fixture[] = [
  ...RTNL.filter(({ file }) => !NOTIFICATIONS.test(file)),
  { file: 'tcp-socket/sockets.bin', subject: 'tcpSockets' },
  { file: 'nl80211/wiphy.bin', subject: 'radios' },
  { file: 'nl80211/interface.bin', subject: 'wirelessInterfaces' },
  { file: 'nl80211/scan.bin', subject: 'scanResults' },
  { file: 'nl80211/station.bin', subject: 'stations' },
  { file: 'nl80211/reg.bin', subject: 'regulatoryDomains' },
  { file: 'wireguard/device.bin', subject: 'wireguardDevice' },
  { file: 'wireguard/many.bin', subject: 'wireguardDevice' },
  { file: 'wireguard/new.bin', subject: 'wireguardDevice' },
]

/** The engine's structs as it prints them, without messages that are none of our nouns. */
function printed(fixture: Fixture): readonly { readonly type: string; readonly body: Members }[] {
  const lines = run(fixture).toString('utf8').split('\n')
  const messages = lines.filter((line) => line !== '').map((line) => JSON.parse(line, textOfOctets))
  assert.not(messages.some(({ type }) => type === 'malformed'))
  return messages.filter(({ type }) => type !== 'none')
}

/** The tool writes each octet of a text as a character of its own; we read them as UTF-8. */
function textOfOctets(_: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : value
}

/** As the tool prints it: octets in hexadecimal digits, six decimals. */
function asPrinted(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (typeof value === 'number') return Number(value.toFixed(6))
  if (Array.isArray(value)) return value.map(asPrinted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asPrinted(member)]))
}

function decode(records: Buffer): readonly KernelEvent[] {
  const events: KernelEvent[] = []
  const inbox = new Inbox(Uint8Array.from(records))
  new BatchDecoder(schema).decode(inbox, records.length, (piece) => events.push(...piece))
  return events
}

/** Names of members, those of objects within as 'object.member'. */
function namesIn(value: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => namesIn(each, prefix))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [prefix]
  return Object.entries(value).flatMap(([name, member]) => namesIn(member, prefix === '' ? name : `${prefix}.${name}`))
}

for (const fixture of EVENTS) {
  test(`${fixture.file}: every event is what the engine read`, () => {
    const expected = printed(fixture)
    const events = decode(run(fixture, '--records'))
    assert.is(events.length, expected.length)
    for (const [index, event] of events.entries()) {
      const { type, body } = expected[index] ?? { type: 'none', body: {} }
      assert.equal(asPrinted(event), { type, atMs: index, ...body }, `event ${index}`)
    }
  })
}

for (const fixture of DUMPS) {
  test(`${fixture.file}: the records of a dump are what the engine read`, () => {
    const expected = printed(fixture).map(({ body }) => body)
    const [reply, ...others] = decode(run(fixture, '--dump', String(DUMP_ID)))
    assert.equal(others, [])
    if (reply?.type !== 'reply') throw new Error(`no reply: ${JSON.stringify(reply)}`)
    assert.is(reply.id, DUMP_ID)
    assert.is(reply.records?.length, expected.length)
    for (const [index, record] of (reply.records ?? []).entries()) {
      assert.equal(asPrinted(record), expected[index], `record ${index}`)
    }
  })
}

test('the captured links, addresses and routes have every field but these', () => {
  const seen = new Map<string, Set<string>>()
  for (const { type, body } of RTNL.flatMap(printed)) {
    const names = seen.get(type) ?? new Set()
    seen.set(type, names)
    for (const name of namesIn(body)) names.add(name.split('.')[0] ?? '')
  }
  const never = (type: string): readonly string[] =>
    (schema.events[type] ?? []).map(({ name }) => name).filter((name) => seen.get(type)?.has(name) !== true)
  const expected = { link: [], address: [], route: ['from', 'replaces'] }
  assert.equal({ link: never('link'), address: never('address'), route: never('route') }, expected)
})

test.run()
