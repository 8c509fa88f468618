import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Inbox, KNOWN_ADDRESSES_BITS, placeOf } from '../../../../lib/kernel/carriage/inbox.js'

const IPV4 = 4
/** Where an address begins: behind its family and length. */
const OCTETS_AT = 4

function inboxWith(octets: readonly number[]): Inbox {
  const bytes = new Uint8Array(24)
  bytes.set(octets, OCTETS_AT)
  const inbox = new Inbox(bytes)
  inbox.words[0] = IPV4
  return inbox
}

/** The octets as the machine reads them as one number. */
const wordOf = (octets: readonly number[]): number => inboxWith(octets).word(OCTETS_AT)

test('addresses of one subnet have a place each, so that all of them are found again', () => {
  const words = Array.from({ length: 256 }, (_, last) => wordOf([203, 0, 113, last]))
  assert.is(new Set(words.map((word) => placeOf(word, KNOWN_ADDRESSES_BITS))).size, 256)
})

test('an address is the text of its octets, whatever stood in its place before', () => {
  const bytes = inboxWith([0, 0, 0, 0])
  for (let round = 0; round < 2; round += 1) {
    for (let at = 0; at < 2_000; at += 1) {
      const octets = [198, 51 + (at >> 10), (at >> 3) & 255, at & 255]
      bytes.octets.set(octets, OCTETS_AT)
      assert.is(bytes.ip(0), octets.join('.'))
    }
  }
})

test.run()
