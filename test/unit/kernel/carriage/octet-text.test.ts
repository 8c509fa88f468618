/** Octets as text, against Node's own reading of the same addresses. */

import { SocketAddress } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ipv6Text, macText } from '../../../../lib/kernel/carriage/octet-text.js'

/** Text and its sixteen octets. */
const ADDRESSES: readonly (readonly [string, string])[] = [
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::', '20010db8000000000000000000000000'],
  ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
  ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
  ['1:0:0:2::3', '00010000000000020000000000000003'],
  ['fe80::ff:fe00:1', 'fe8000000000000000 0000fffe000001'.replace(' ', '')],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ['::192.0.2.1', '000000000000000000000000c0000201'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['1::', '00010000000000000000000000000000'],
]

test('IPv6 addresses are written as inet_ntop(3) does, and Node reads them as the same', () => {
  for (const [text, hex] of ADDRESSES) {
    const octets = Uint8Array.from(Buffer.from(`ff${hex}`, 'hex'))
    assert.is(ipv6Text(octets, 1), text)
    assert.is(new SocketAddress({ family: 'ipv6', address: text }).address, text)
  }
})

test('MAC addresses are lower-case colon text', () => {
  assert.is(macText(Uint8Array.of(0, 0x02, 0xab, 0, 0xff, 0x10, 0x01), 1), '02:ab:00:ff:10:01')
})

test.run()
