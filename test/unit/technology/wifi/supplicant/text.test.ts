import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readLines, readNumber, readPairs } from '../../../../../lib/technology/wifi/supplicant/key-values.js'
import { fromOctets, readSsid, readText, toOctets } from '../../../../../lib/technology/wifi/supplicant/text.js'

const test = suite('text')

test('every escape of wpa_supplicant is undone', () => {
  assert.is(readText(String.raw`caf\xc3\xa9 \xe2\x98\x95`), 'café ☕')
  assert.is(readText(String.raw`quote\" back\\slash \e\n\r\t.`), 'quote" back\\slash \u001b\n\r\t.')
  assert.is(readText(String.raw`\\x41 \x4 \q \x`), String.raw`\x41 \x4 \q \x`)
})

test('a name that is no UTF-8 keeps its octets', () => {
  assert.equal(readSsid(String.raw`\xff\x00\xfeA`), { ssid: '\ufffd\u0000\ufffdA', ssidHex: 'ff00fe41' })
  assert.equal(readSsid('plain'), { ssid: 'plain' })
  assert.equal(readSsid(''), { ssid: '' })
})

test('octets and characters', () => {
  const octets = Uint8Array.from({ length: 10_000 }, (_, at) => at & 0xff)
  assert.equal(
    Uint8Array.from(fromOctets(octets), (character) => character.charCodeAt(0)),
    octets,
  )
  assert.equal([...toOctets('é')], [0xc3, 0xa9])
})

test('lines: the blanks at the end of a value stay, the line end goes', () => {
  const values = readLines('ssid=tab end \r\nid=3\nno pair\n=x\nie=a=b\n')
  assert.equal(
    [...values],
    [
      ['ssid', 'tab end '],
      ['id', '3'],
      ['ie', 'a=b'],
    ],
  )
})

test('pairs: quotes protect blanks, equal signs and quotes with a backslash', () => {
  const values = Object.fromEntries(
    readPairs(String.raw`id=0 ssid="My \"Home\" =x" subject='/O=Joe's Lab/CN=a b' hash=12 empty= last='x y'`),
  )
  assert.equal(values, {
    id: '0',
    ssid: String.raw`My \"Home\" =x`,
    subject: "/O=Joe's Lab/CN=a b",
    hash: '12',
    empty: '',
    last: 'x y',
  })
})

test('pairs: an unfinished quote and nothing at all do no harm', () => {
  assert.equal(Object.fromEntries(readPairs('ssid="My Home')), { ssid: '"My' })
  assert.equal([...readPairs('')], [])
  assert.equal(Object.fromEntries(readPairs('[id=0 id_str=]')), { id: '0', id_str: '' })
})

test('numbers', () => {
  assert.equal(['12', '-7', '0x0411', '0X1f'].map(readNumber), [12, -7, 0x411, 31])
  assert.equal(['', 'x', '1.5', '0x', '99999999999999999', undefined].map(readNumber), Array(6).fill(undefined))
})

test.run()
