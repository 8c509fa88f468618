import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DhcpEventDecoder, EVENT_LIMIT_BYTES, type RawDhcpEvent } from '../../../lib/dhcp/event-decoder.js'
import { udhcpcEvent } from '../../../lib/testing/scripted-daemon.js'

function decode(chunks: readonly Uint8Array[]) {
  const garbage: string[] = []
  const decoder = new DhcpEventDecoder((reason) => garbage.push(reason))
  return { events: chunks.flatMap((chunk) => decoder.push(chunk)).map(plain), garbage }
}

function plain({ args, environment }: RawDhcpEvent): unknown {
  return [args.join(' '), Object.fromEntries(environment)]
}

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

const deconfig = udhcpcEvent('deconfig', { interface: 'eth0' })
const bound = udhcpcEvent('bound', {
  interface: 'eth0',
  ip: '192.0.2.7',
  message: 'two\nlines = one',
  domain: '\xe9\x80',
})
const both = [
  ['deconfig', { interface: 'eth0' }],
  ['bound', { interface: 'eth0', ip: '192.0.2.7', message: 'two\nlines = one', domain: '\xe9\x80' }],
]

test('decodes events, with newlines, equals signs and bytes above 127 in their values', () => {
  assert.equal(decode([deconfig, bound]), { events: both, garbage: [] })
})

test('decodes the same events however the stream is cut', () => {
  const stream = new Uint8Array([...deconfig, ...bound])
  for (let size = 1; size <= stream.length; size += 1) {
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    )
    assert.equal(decode(chunks), { events: both, garbage: [] })
  }
})

test('an event without environment is an event', () => {
  assert.equal(decode([bytes('1\0deconfig\0\0')]).events, [['deconfig', {}]])
})

test('garbage is told and costs only itself', () => {
  const streams = ['\0', 'PATH=/bin\0A=b\0\0', 'a name\0\0', '\xff\0\0', '2\0bound\0\0', '99999\0a\0\0']
  for (const stream of streams) {
    const { events, garbage } = decode([bytes(stream), deconfig])
    assert.equal(events, [both[0]])
    assert.is(garbage.length, 1)
  }
})

test('all arguments arrive, and an empty environment is an empty map', () => {
  const { events } = decode([bytes('5\0hello\0from\0a\0c\0program\0\0')])
  assert.equal(events, [['hello from a c program', {}]])
})

test('without arguments the environment arrives by itself', () => {
  const decoder = new DhcpEventDecoder()
  const [event] = decoder.push(bytes('0\0TEST_ENV_VAR=42\0\0'))
  assert.equal(event?.args, [])
  assert.equal([...(event?.environment ?? [])], [['TEST_ENV_VAR', '42']])
})

test('an item without an equals sign, or with nothing before it, is left out', () => {
  assert.equal(decode([bytes('1\0bound\0alone\0=x\0ip=1\0\0')]).events, [['bound', { ip: '1' }]])
})

test('an event over the limit is dropped, and the next one is read', () => {
  const long = udhcpcEvent('bound', { interface: 'eth0', message: 'x'.repeat(EVENT_LIMIT_BYTES) })
  for (const size of [1_000, long.length + deconfig.length]) {
    const stream = new Uint8Array([...long, ...deconfig])
    const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    )
    assert.equal(decode(chunks), { events: [both[0]], garbage: ['an event of more than 65536 bytes'] })
  }
})

test('many items over the limit are dropped as one event', () => {
  const many = bytes(`1\0bound\0${'A=1\0'.repeat(30_000)}\0`)
  const { events, garbage } = decode([many, deconfig])
  assert.equal(events, [both[0]])
  assert.is(garbage.length, 1)
})

test('names of properties that every object has are ordinary variables', () => {
  assert.equal(decode([bytes('1\0bound\0__proto__=x\0constructor=y\0\0')]).events.length, 1)
})

test.run()
