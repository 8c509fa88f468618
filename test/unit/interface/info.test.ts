import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatDuration, formatSnapshot } from '../../../lib/interface/info.js'
import type { Snapshot } from '../../../lib/interface/snapshot.js'

const EMPTY: Snapshot = {
  version: '1.2.3',
  allInterfaces: ['lo'],
  availableInterfaces: [],
  connection: 'disconnected',
  nameServers: [],
  interfaces: {},
}

const ETH0 = {
  type: 'probe',
  present: true,
  state: 'configured',
  stateForMs: 12_000,
  connection: 'internet',
  connectionForMs: 3_600_000,
  addresses: ['192.0.2.5/24', '2001:db8::5/64'],
  macAddress: '02:00:00:00:00:01',
  config: { type: 'probe' },
}

test('R1: with nothing configured the text has both lists and says so', () => {
  const text = formatSnapshot(EMPTY)
  assert.match(text, /^vintage-net 1\.2\.3$/m)
  assert.match(text, /^All interfaces: +lo$/m)
  assert.match(text, /^Available interfaces: +\(none\)$/m)
  assert.match(text, /^No interfaces are configured\.$/m)
})

test('R2: a configured interface has a section with its type, times, addresses and configuration', () => {
  const text = formatSnapshot({ ...EMPTY, availableInterfaces: ['eth0'], interfaces: { eth0: ETH0 } })
  assert.match(text, /^Interface eth0$/m)
  assert.match(text, /^ +Type: +probe$/m)
  assert.match(text, /^ +State: +configured \(for 12\.0 s\)$/m)
  assert.match(text, /^ +Connection: +internet \(for 1:00:00\)$/m)
  assert.match(text, /^ +Addresses: +192\.0\.2\.5\/24, 2001:db8::5\/64$/m)
  assert.match(text, /^ +"type": "probe"$/m)
  assert.not.match(text, /No interfaces/)
})

test('an interface that is absent shows no state of the link', () => {
  const text = formatSnapshot({
    ...EMPTY,
    interfaces: { eth0: { ...ETH0, present: false, reason: 'waiting for eth0 to appear' } },
  })
  assert.match(text, /^ +Present: +false$/m)
  assert.match(text, /^ +Reason: +waiting for eth0 to appear$/m)
  assert.not.match(text, /MAC address|Addresses|State/)
})

test('power stands in the text where it is managed, also of an interface that is absent', () => {
  const power = 'off, for 12.0 s'
  for (const present of [true, false]) {
    const text = formatSnapshot({ ...EMPTY, interfaces: { eth0: { ...ETH0, power, present } } })
    assert.match(text, /Type: +probe\n +Power: +off, for 12\.0 s\n +Present: /)
  }
  assert.not.match(formatSnapshot({ ...EMPTY, interfaces: { eth0: ETH0 } }), /Power/)
})

test('what was put back, what is tried and what waits to be confirmed stand in the text where there is any', () => {
  const recovery = { step: 'restart-link', attempts: 2, lastAtMs: 1, nextAtMs: 2 }
  const checkpoint = { id: 'abc', interfaces: ['eth0', 'eth1'], confirmByMs: 1 }
  const text = formatSnapshot({ ...EMPTY, checkpoint, interfaces: { eth0: { ...ETH0, repairs: 3, recovery } } })
  assert.match(text, /^Not yet confirmed: +abc \(eth0, eth1\)$/m)
  assert.match(text, /^ +Repairs: +3$/m)
  assert.match(text, /^ +Recovery: +restart-link, 2 tried$/m)
  assert.not.match(formatSnapshot({ ...EMPTY, interfaces: { eth0: ETH0 } }), /Repairs|Recovery|confirmed/)
})

test('R4: durations read as a person says them', () => {
  const cases: readonly [ms: number, text: string][] = [
    [0.000_123, '123 ns'],
    [0.004_5, '4.5 μs'],
    [6.7, '6.7 ms'],
    [12_000, '12.0 s'],
    [59_900, '59.9 s'],
    [60_000, '0:01:00'],
    [3_600_000, '1:00:00'],
    [2 * 86_400_000 + 11_045_000, '2 days, 3:04:05'],
    [-5, '0 ns'],
  ]
  for (const [ms, text] of cases) assert.is(formatDuration(ms), text)
})

test.run()
