import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as ip from '../../../lib/config/ip.js'
import { isNetworkError } from '../../../lib/errors.js'

const refused = (run: () => unknown, text: string): void => {
  try {
    run()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), String(thrown))
    assert.match((thrown as Error).message, text)
    return
  }
  assert.unreachable(`accepted; expected an error about ${text}`)
}

test('E1: addresses are printed in canonical form', () => {
  assert.is(ip.canonicalAddress('192.168.0.1'), '192.168.0.1')
  assert.is(ip.canonicalAddress('FE80:0::0001'), 'fe80::1')
})

test('E2: an address and a prefix length make one text', () => {
  assert.is(ip.formatPrefix('192.168.0.1', 24), '192.168.0.1/24')
  assert.is(ip.formatPrefix('2001:DB8::1', 64), '2001:db8::1/64')
})

test('E3: texts of both families are read', () => {
  assert.equal(ip.parseAddress('192.168.0.1'), { family: 4, address: '192.168.0.1' })
  assert.equal(ip.parseAddress('fe80::1'), { family: 6, address: 'fe80::1' })
})

test('E4: the error for a text that is no address holds the text', () => {
  refused(() => ip.canonicalAddress('bologna'), 'invalid IP address: "bologna"')
  refused(() => ip.canonicalAddress(42), 'invalid IP address: a number')
})

test('E5: a mask has a prefix length', () => {
  assert.is(ip.maskToPrefix('255.255.255.0'), 24)
  assert.is(ip.maskToPrefix('0.0.0.0'), 0)
  assert.is(ip.maskToPrefix('ffff:ffff:ffff:ffff::'), 64)
  assert.is(ip.maskToPrefix('::'), 0)
})

test('E6: a prefix length has a mask', () => {
  assert.is(ip.prefixToMask(4, 24), '255.255.255.0')
  assert.is(ip.prefixToMask(4, 28), '255.255.255.240')
  assert.is(ip.prefixToMask(6, 64), 'ffff:ffff:ffff:ffff::')
  assert.is(ip.prefixToMask(6, 0), '::')
  for (const [family, length] of [
    [4, 33],
    [4, -1],
    [4, 1.5],
    [6, 129],
    [4, Number.NaN],
  ] as const) {
    refused(() => ip.prefixToMask(family, length), 'invalid prefix length')
  }
})

test('E7: an address is trimmed to its subnet', () => {
  assert.is(ip.toSubnet('192.168.1.50', 24), '192.168.1.0')
  assert.is(ip.toSubnet('192.168.1.50', 32), '192.168.1.50')
  assert.is(ip.toSubnet('192.168.1.50', 0), '0.0.0.0')
  assert.is(ip.toSubnet('2001:db8:1:2:3::4', 49), '2001:db8:1::')
})

test('E8: the broadcast address has all host bits set', () => {
  assert.is(ip.broadcastAddress('192.168.1.50', 24), '192.168.1.255')
  assert.is(ip.broadcastAddress('10.9.8.7', 30), '10.9.8.7')
  assert.is(ip.broadcastAddress('172.31.132.153', 22), '172.31.135.255')
  refused(() => ip.broadcastAddress('fe80::1', 64), 'invalid IPv4 address')
})

test('E9: masks and prefix lengths convert into each other', () => {
  for (let length = 0; length <= 32; length += 1) assert.is(ip.maskToPrefix(ip.prefixToMask(4, length)), length)
  for (let length = 0; length <= 128; length += 1) assert.is(ip.maskToPrefix(ip.prefixToMask(6, length)), length)
})

test('refuses masks whose one-bits are not contiguous', () => {
  for (const mask of ['255.0.255.0', '0.0.0.255', '255.255.255.1', 'ffff::ffff', '::1', 'mask']) {
    refused(() => ip.maskToPrefix(mask), `invalid netmask: "${mask}"`)
  }
})

test('refuses forms that other programs would read otherwise', () => {
  const texts = [
    '1.2.3',
    '1',
    '01.2.3.4',
    '0x1.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.256',
    '1.2.3.4.5',
    '1.2.3.',
    '1..2.3',
    '',
  ]
  texts.push(
    'fe80::1%eth0',
    '1::2::3',
    ':::',
    '12345::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    '::01.2.3.4',
    'g::',
    '1.2.3.4\n',
    '١.2.3.4',
    `${'0'.repeat(50)}::1`,
  )
  for (const text of texts) assert.is(ip.parseAddress(text), undefined, JSON.stringify(text))
})

test('prints IPv6 as RFC 5952 asks', () => {
  const pairs = [
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:3:0:0:0', '1:0:0:2:3::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ] as const
  for (const [text, canonical] of pairs) assert.is(ip.parseAddress(text)?.address, canonical, text)
})

test('reads prefixes and keeps their host bits', () => {
  assert.equal(ip.parsePrefix('192.0.2.7/24'), { family: 4, address: '192.0.2.7', prefixLength: 24 })
  assert.equal(ip.parsePrefix('2001:DB8::/32'), { family: 6, address: '2001:db8::', prefixLength: 32 })
  for (const text of [
    '192.0.2.7',
    '192.0.2.7/',
    '192.0.2.7/33',
    '192.0.2.7/024',
    '192.0.2.7/-1',
    '::/129',
    '/24',
    '192.0.2.7/2/4',
  ]) {
    assert.is(ip.parsePrefix(text), undefined, text)
  }
})

test('knows whether an address lies in a subnet', () => {
  assert.ok(ip.contains({ address: '192.0.2.2', prefixLength: 24 }, '192.0.2.254'))
  assert.not.ok(ip.contains({ address: '192.0.2.2', prefixLength: 25 }, '192.0.2.254'))
  assert.ok(ip.contains({ address: '2001:db8::1', prefixLength: 64 }, '2001:db8::ffff'))
  assert.not.ok(ip.contains({ address: '::', prefixLength: 0 }, '192.0.2.1'))
})

test.run()
