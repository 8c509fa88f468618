import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import {
  decodeKey,
  generateKeyPair,
  generatePresharedKey,
  publicKey,
} from '../../../../lib/technology/wireguard/keys.js'

const test = suite('technology/wireguard/keys')

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

test('D8: a generated private key is clamped, and its public half is that of X25519', () => {
  const pair = generateKeyPair()
  const octets = Buffer.from(pair.privateKey, 'base64')
  assert.is(octets.length, 32)
  assert.is((octets[0] ?? 0) & 7, 0)
  assert.is((octets[31] ?? 0) & 192, 64)
  assert.is(pair.privateKey.length, 44)
  assert.is(pair.publicKey.length, 44)
  assert.is(publicKey(pair.privateKey), pair.publicKey)
  assert.is.not(generateKeyPair().privateKey, pair.privateKey)
})

test('D8: the public key of Bob in RFC 7748, section 6.1', () => {
  const secret = '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'
  const open = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
  assert.is(publicKey(fromHex(secret)), fromHex(open))
})

test('a preshared key is 32 octets of chance', () => {
  const key = generatePresharedKey()
  assert.is(Buffer.from(key, 'base64').length, 32)
  assert.is.not(generatePresharedKey(), key)
})

test('a text that is no key is refused by its field, and never shown', () => {
  const short = Buffer.alloc(31, 1).toString('base64')
  const spare = `${Buffer.alloc(32, 255).toString('base64').slice(0, 42)}9=`
  for (const text of ['', 'secret', short, spare, 5 as unknown as string]) {
    try {
      decodeKey(text, 'privateKey')
      assert.unreachable(String(text))
    } catch (thrown) {
      assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === 'privateKey')
      if (String(text) !== '') assert.not.match(String(thrown), String(text))
    }
  }
})

test.run()
