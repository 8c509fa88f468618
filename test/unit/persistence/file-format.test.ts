import { createCipheriv, createDecipheriv } from 'node:crypto'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { decodeSavedConfig, encodeSavedConfig } from '../../../lib/persistence/file-format.js'
import { OBFUSCATION_KEY, parseSecret } from '../../../lib/persistence/secret.js'

const secret = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const iv = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', 'hex')
const config = { type: 'wifi', wifi: { networks: [{ ssid: 'MyLAN', psk: 'passphrase' }] } }
const bytes = encodeSavedConfig(config, iv, { ifname: 'eth0', secret })

function refusal(input: Uint8Array, ifname = 'eth0', key: Uint8Array = secret): NetworkError {
  try {
    decodeSavedConfig(input, { ifname, secret: key })
  } catch (thrown) {
    if (isNetworkError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it was accepted')
}

/** The bytes of a file whose plaintext is not ours. */
function sealed(plaintext: string, version = 2): Uint8Array {
  const cipher = createCipheriv('aes-128-gcm', secret, iv)
  cipher.setAAD(Buffer.from('vintage-net saved configuration 2 eth0'))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([Buffer.from([version]), iv, cipher.getAuthTag(), ciphertext])
}

test('the layout is version, vector, tag, ciphertext, and another implementation can read it', () => {
  assert.is(bytes[0], 2)
  assert.equal(Buffer.from(bytes.subarray(1, 17)), iv)
  const decipher = createDecipheriv('aes-128-gcm', secret, bytes.subarray(1, 17))
  decipher.setAAD(Buffer.from('vintage-net saved configuration 2 eth0'))
  decipher.setAuthTag(bytes.subarray(17, 33))
  const plaintext = Buffer.concat([decipher.update(bytes.subarray(33)), decipher.final()])
  assert.is(plaintext.toString(), JSON.stringify(config))
})

test('what was encoded decodes to the same, with any text in it', () => {
  for (const value of [config, null, 'ü €\u0000', [], 7, { ssid: '\ud83d\ude00' }]) {
    const encoded = encodeSavedConfig(value, iv, { ifname: 'eth0', secret })
    assert.equal(decodeSavedConfig(encoded, { ifname: 'eth0', secret }), value)
  }
})

test('a file that was cut at any length is refused, with its interface in the text and no secret', () => {
  for (let length = 0; length < bytes.length; length += 1) {
    const error = refusal(bytes.subarray(0, length))
    // Up to the end of the header it is plainly cut; further on only the tag tells that something is wrong.
    assert.is(error.code, length <= 33 ? 'ERR_SAVED_CONFIG_CORRUPT' : 'ERR_DECRYPTION_FAILED', `${length} bytes`)
    assert.match(error.message, 'eth0')
    assert.is(error.ifname, 'eth0')
    assert.not.match(error.message, 'passphrase')
  }
})

test('a file with any one bit changed is refused', () => {
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Uint8Array.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 0x10
    refusal(changed)
  }
})

test('a file with something appended is refused', () => {
  assert.is(refusal(Buffer.concat([bytes, Buffer.from('x')])).code, 'ERR_DECRYPTION_FAILED')
})

test('another secret and the file of another interface fail to decrypt', () => {
  assert.is(refusal(bytes, 'eth0', OBFUSCATION_KEY).code, 'ERR_DECRYPTION_FAILED')
  assert.is(refusal(bytes, 'eth1').code, 'ERR_DECRYPTION_FAILED')
})

test('versions of others are named', () => {
  assert.match(refusal(sealed('{}', 1)).message, 'VintageNet for Elixir')
  assert.match(refusal(sealed('{}', 3)).message, 'newer version')
  for (const version of [0, 1, 3, 255]) assert.is(refusal(sealed('{}', version)).code, 'ERR_SAVED_CONFIG_CORRUPT')
})

test('plaintext that is not JSON is refused without quoting it', () => {
  const error = refusal(sealed('{"psk": passphrase}'))
  assert.is(error.code, 'ERR_SAVED_CONFIG_CORRUPT')
  assert.not.match(`${error.message} ${String(error.cause)}`, 'passphrase')
})

test('what JSON cannot hold is not saved', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  for (const value of [undefined, cycle, { big: 1n }, () => 1]) {
    assert.throws(
      () => encodeSavedConfig(value, iv, { ifname: 'eth0', secret }),
      (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_CONFIG') && thrown.field === 'config',
    )
  }
})

test('a secret is 16 bytes or 32 hexadecimal digits; a wrong one is refused without showing it', () => {
  assert.equal(parseSecret('000102030405060708090A0B0C0D0E0F'), Uint8Array.from(secret))
  assert.equal(parseSecret(secret), Uint8Array.from(secret))
  assert.is(OBFUSCATION_KEY.length, 16)
  for (const wrong of [
    '',
    'hush-hush',
    'x'.repeat(32),
    '0'.repeat(31),
    new Uint8Array(15),
    new Uint8Array(32),
    null,
    7,
  ]) {
    assert.throws(
      () => parseSecret(wrong),
      (thrown: unknown) =>
        isNetworkError(thrown, 'ERR_INVALID_CONFIG') &&
        thrown.field === 'persistenceSecret' &&
        !thrown.message.includes('hush') &&
        !thrown.message.includes('xx'),
    )
  }
})

test.run()
