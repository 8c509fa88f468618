import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nearest, suggestion } from '../../../lib/config/nearest.js'

const KNOWN = ['address', 'addresses', 'prefixLength', 'gateway', 'nameServers']

test('finds the word behind a typing error', () => {
  assert.is(nearest('adress', KNOWN), 'address')
  assert.is(nearest('prefixLenght', KNOWN), 'prefixLength')
  assert.is(nearest('gatway', KNOWN), 'gateway')
})

test('other spellings of the same word are near', () => {
  assert.is(nearest('prefix_length', KNOWN), 'prefixLength')
  assert.is(nearest('NAMESERVERS', KNOWN), 'nameServers')
})

test('a word that is far from all has no nearest', () => {
  assert.is(nearest('colour', KNOWN), undefined)
  assert.is(nearest('a'.repeat(10_000), KNOWN), undefined)
  assert.is(suggestion('colour', ['one', 'two']), 'known are "one", "two"')
})

test.run()
