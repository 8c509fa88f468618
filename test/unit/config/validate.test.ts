import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as v from 'valibot'
import { list, section, text, word } from '../../../lib/config/section.js'
import { validate } from '../../../lib/config/validate.js'
import type { NetworkError } from '../../../lib/errors.js'
import { isNetworkError } from '../../../lib/errors.js'

const SCHEMA = section(
  {
    psk: v.optional(text(/^\w{8,}$/, 'at least 8 letters')),
    networks: v.optional(
      list(
        section({ ssid: text(/./, 'a name'), psk: v.optional(v.string('a text')) }, 'a network'),
        3,
        'a list of networks',
      ),
    ),
    mode: v.optional(
      v.variant('kind', [
        section({ kind: word('a'), one: v.optional(v.string()) }, 'an object'),
        section({ kind: word('b'), two: v.optional(v.string()) }, 'an object'),
      ]),
    ),
    labels: v.optional(v.record(v.string(), section({ colour: v.optional(v.string()) }, 'a label'))),
  },
  'an object',
)

const errorOf = (input: unknown): NetworkError => {
  try {
    validate(SCHEMA, input)
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `not ours: ${String(thrown)}`)
    return thrown
  }
  return assert.unreachable('accepted') as never
}

test('the value of a secret key is masked in the error', () => {
  const error = errorOf({ psk: 'hush-hush!' })
  assert.is(error.message, 'psk: expected at least 8 letters, got ....')
  assert.is(errorOf({ networks: [{ ssid: 'x', psk: 4711 }] }).message, 'networks.0.psk: expected a text, got ....')
})

test('what is inside a list or an object is not shown', () => {
  assert.is(
    errorOf({ networks: { psk: 'hush' } }).message,
    'networks: expected a list of networks, at most 3, got an object',
  )
  assert.is(errorOf(['hush']).message, 'the configuration: expected an object, got a list')
  assert.is(errorOf(null).field, undefined)
})

test('long values are cut', () => {
  assert.ok(errorOf({ networks: 'x'.repeat(100_000) }).message.length < 200)
})

test('a missing member is named with what was expected', () => {
  assert.is(errorOf({ networks: [{}] }).message, 'networks.0.ssid: expected a name, but it is missing')
})

test('unknown keys are found in lists, variants and records', () => {
  assert.is(errorOf({ networks: [{ ssid: 'x' }, { ssid: 'y', sid: 'z' }] }).field, 'networks.1.sid')
  assert.is(errorOf({ mode: { kind: 'a', three: '' } }).field, 'mode.three')
  assert.is(errorOf({ labels: { x: { color: '' } } }).message, 'labels.x.color: unknown key; did you mean "colour"?')
})

test('a key of another variant is dropped', () => {
  assert.equal(validate(SCHEMA, { mode: { kind: 'a', one: '1', two: 2 } }), { mode: { kind: 'a', one: '1' } })
})

test.run()
