/** The carriage against the addon's schema: what TypeScript writes C++ reads, and what C++ writes TypeScript reads. */

import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BatchDecoder } from '../../lib/kernel/carriage/batch-decoder.js'
import { CommandEncoder } from '../../lib/kernel/carriage/command-encoder.js'
import { compileReader } from '../../lib/kernel/carriage/decode-fields.js'
import { Inbox } from '../../lib/kernel/carriage/inbox.js'
import { HEAD_BYTES, type Schema } from '../../lib/kernel/carriage/layout.js'
import { nativeEngine } from '../../lib/kernel/carriage/native-engine.js'
import type { EngineCommand } from '../../lib/kernel/messages.js'

const addonPath = fileURLToPath(new URL('../../build-cmake/Release/vintage_net.node', import.meta.url))
const { schema } = createRequire(import.meta.url)(addonPath) as { readonly schema: Schema }

/** One of each shape: flags, words, numbers, texts, lists, objects in objects, what is absent. */
const COMMANDS: readonly EngineCommand[] = [
  { type: 'setLink', ifindex: 3, up: false, name: 'größe', mtu: 4_294_967_295, master: 0 },
  { type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1', ifindex: 9 } },
  { type: 'addLink', ifname: 'br0', kind: 'bridge', bridge: { stp: true, forwardDelayMs: 4_000 } },
  {
    type: 'replaceRoute',
    family: 6,
    destination: '2001:db8::/32',
    routeType: 'unicast',
    metric: 0,
    nexthops: [{ gateway: '2001:db8::1', ifindex: 2, weight: 256 }, { ifindex: 3 }],
  },
  { type: 'setSysctl', path: ['ipv4', 'conf', 'a.b', 'forwarding'], value: '1' },
  { type: 'probe', address: '192.0.2.1', port: 65_535, deadlineMs: 0.5 },
  { type: 'cancel', target: Number.MAX_SAFE_INTEGER },
]

test('every command comes back from its record as it was written', () => {
  const bytes = new CommandEncoder(schema).encode(COMMANDS, 7)
  const inbox = new Inbox(Uint8Array.from(bytes))
  let record = 0
  for (const [index, command] of COMMANDS.entries()) {
    const back: Record<string, unknown> = { type: command.type }
    compileReader(schema.commands[command.type] ?? [])(inbox, record + HEAD_BYTES, record, back)
    assert.equal(back, command)
    assert.is(inbox.number(record + 8), 7 + index, 'consecutive ids')
    record += inbox.word(record)
  }
  assert.is(record, bytes.length)
})

test('a prepared command is sent as it was then, between others, under the id of its sending', () => {
  const [first, second] = COMMANDS as [EngineCommand, EngineCommand]
  const encoder = new CommandEncoder(schema)
  const expected = encoder.encode([second, first, second], 40).slice()
  const prepared = structuredClone(first)
  encoder.prepare(prepared)
  Object.assign(prepared, { mtu: 1 })
  assert.equal(encoder.encode([second, prepared, second], 40), expected)
  assert.equal(encoder.encode([second, first, second], 40), expected, 'the buffer is clean behind it')
  for (const id of [41, 2 ** 40]) {
    assert.equal(encoder.encode([prepared], id), new CommandEncoder(schema).encode([first], id), 'alone')
  }
  assert.throws(() => encoder.prepare({ type: 'setLink', ifindex: 3, mtu: -1 }), /setLink\.mtu/)
})

test('a value of another shape is refused by command and field', () => {
  const encode = (command: object) => () => new CommandEncoder(schema).encode([command as EngineCommand], 1)
  assert.throws(
    encode({ type: 'setLink', ifindex: 3, mtu: -1 }),
    /setLink\.mtu: must be an integer from 0 to 4294967295/,
  )
  assert.throws(encode({ type: 'setLink', ifindex: 3, up: 1 }), /setLink\.up must be a boolean/)
  assert.throws(encode({ type: 'addRoute', family: 4 }), /addRoute\.destination is missing/)
  assert.throws(encode({ type: 'nothing' }), /nothing is no command/)
})

test('an event of a number that the schema lacks is an error, not a gap', () => {
  const inbox = new Inbox(new Uint8Array(64))
  inbox.words[0] = 16
  inbox.words[1] = 999
  assert.throws(() => new BatchDecoder(schema).decode(inbox, 16, () => undefined), /event of number 999/)
})

/** `count` records of the event, each with its place as the time of reading. */
function recordsOf(type: string, count: number): { readonly inbox: Inbox; readonly bytes: number } {
  const number = Object.keys(schema.events).indexOf(type)
  const size = HEAD_BYTES + (schema.bytes.events[type] ?? 0)
  const inbox = new Inbox(new Uint8Array(size * count))
  for (let index = 0; index < count; index += 1) {
    const words = (size * index) >> 2
    inbox.words[words] = size
    new DataView(inbox.octets.buffer).setUint16(size * index + 4, number, true)
    inbox.numbers[(size * index + 8) >> 3] = index
  }
  return { inbox, bytes: size * count }
}

test('a batch is handed over in pieces, whole and in order', () => {
  const { inbox, bytes } = recordsOf('overrun', 1_000)
  const pieces: number[] = []
  const times: number[] = []
  new BatchDecoder(schema).decode(inbox, bytes, (events) => {
    pieces.push(events.length)
    for (const { atMs } of events) times.push(atMs)
  })
  assert.equal(pieces, [256, 256, 256, 232])
  assert.equal(times, [...times.keys()])
})

test('an exception in one piece keeps none of the others away', () => {
  const { inbox, bytes } = recordsOf('overrun', 600)
  const addon = {
    abi: 0,
    schema,
    open: (_options: object, octets: Uint8Array, onBatch: (bytes: number) => void) => {
      octets.set(inbox.octets)
      assert.throws(() => onBatch(bytes), /the first/)
      return { send: () => undefined, close: () => undefined }
    },
  }
  const lengths: number[] = []
  nativeEngine(addon).open({}, (events) => {
    lengths.push(events.length)
    throw new Error(lengths.length === 1 ? 'the first' : 'another')
  })
  assert.equal(lengths, [256, 256, 88])
})

test.run()
