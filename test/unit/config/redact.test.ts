import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { applicationSchema } from '../../../lib/config/application-options.js'
import { isSecretKey, MASK, redact } from '../../../lib/config/redact.js'
import { configurationSchemas } from '../../../lib/technology/schemas.js'
import { configurationJsonSchema } from '../../../scripts/json-schema.mjs'

test('masks secret values in objects and lists, in both spellings', () => {
  const value = {
    wifi: {
      networks: [
        { ssid: 'lan', psk: 'abc' },
        { sae_password: 'x', wepKey0: 'y', wep_key3: 'z' },
      ],
    },
    privateKey: 'k',
    peers: [{ preshared_key: 'p', publicKey: 'shown' }],
    password: 1234,
    pin: '0000',
  }
  assert.equal(redact(value), {
    wifi: {
      networks: [
        { ssid: 'lan', psk: MASK },
        { sae_password: MASK, wepKey0: MASK, wep_key3: MASK },
      ],
    },
    privateKey: MASK,
    peers: [{ preshared_key: MASK, publicKey: 'shown' }],
    password: MASK,
    pin: MASK,
  })
})

test('identities and the raw text of a supplicant are masked', () => {
  const value = { wpaSupplicantConf: 'network={psk="x"}', networks: [{ identity: 'amy', anonymous_identity: 'anon' }] }
  assert.equal(redact(value), {
    wpaSupplicantConf: MASK,
    networks: [{ identity: MASK, anonymous_identity: MASK }],
  })
})

test('what WPS hands over is masked', () => {
  const property = ['interface', 'wlan0', 'wifi', 'wps_credentials']
  const value = { path: property, value: { credential: { ssid: 'lan', networkKey: 'of mine' } } }
  assert.equal(redact(value), { path: property, value: { credential: { ssid: 'lan', networkKey: MASK } } })
})

test('a secret that is a list or an object is masked whole', () => {
  assert.equal(redact({ psk: ['a', { b: 'c' }] }), { psk: MASK })
})

test('the mask is four dots', () => assert.is(MASK, '....'))

test('absent secrets and other values stay', () => {
  const value = { psk: null, password: undefined, type: 'ethernet', ping: 1 }
  assert.equal(redact(value), value)
})

test('does not change what it is given', () => {
  const value = { psk: 'secret' }
  redact(value)
  assert.is(value.psk, 'secret')
})

test('a cycle ends', () => {
  const value: Record<string, unknown> = { psk: 'secret' }
  value['self'] = value
  assert.not.match(JSON.stringify(redact(value)), 'secret')
})

test('knows the names of secret keys', () => {
  const secret = [
    'psk',
    'PSK',
    'saePassword',
    'sae_password',
    'privateKey',
    'private_key',
    'presharedKey',
    'preshared_key',
  ]
  for (const key of [...secret, 'wepKey1', 'wep_key1', 'pin', 'privateKeyPasswd', 'persistenceSecret', 'passphrase']) {
    assert.ok(isSecretKey(key), key)
  }
  for (const key of ['ssid', 'keyMgmt', 'publicKey', 'ping', 'pairwise', 'type']) assert.not.ok(isSecretKey(key), key)
})

test('every key of a configuration that is called a secret is masked', () => {
  const names = secretKeys(configurationJsonSchema({ applicationSchema, configurationSchemas }))
  for (const name of ['psk', 'privateKey2', 'presharedKey', 'chatscriptAdditions']) assert.ok(names.has(name), name)
  assert.equal(
    [...names].filter((name) => !isSecretKey(name)),
    [],
  )
})

/** The keys whose titles say so, wherever they stand. */
function secretKeys(node: unknown, names = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return names
  for (const [key, member] of Object.entries(node)) {
    const { title } = (member ?? {}) as { readonly title?: unknown }
    if (typeof title === 'string' && /\ba secret\b/.test(title)) names.add(key)
    secretKeys(member, names)
  }
  return names
}

test.run()
