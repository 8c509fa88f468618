import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NetworkError } from '../../../lib/errors.js'
import { resolveOutside } from '../../../lib/interface/resolve-outside.js'
import { rejection } from '../../support/rejection.js'

const test = suite('interface/resolve-outside')

const FOUND = { addresses: ['192.0.2.1'], ttlMs: 60_000 }

/** Interfaces that are available, those that know the name, and those that were asked. */
function world(available: readonly string[], knowing: readonly string[]) {
  const asked: string[] = []
  const resolve = async (ifname: string, name: string) => {
    asked.push(ifname)
    if (knowing.includes(ifname)) return FOUND
    throw new NetworkError('ERR_NAME_NOT_RESOLVED', `cannot resolve ${name}: ${ifname} is silent`)
  }
  const deps = { properties: { get: () => available as unknown }, names: { resolve } }
  return { asked, deps }
}

const question = (signal = new AbortController().signal) => ({ ifname: 'wg0', name: 'vpn.example.net', signal })

test('the best other interface answers, and nobody behind it is asked', async () => {
  const { asked, deps } = world(['wg0', 'eth0', 'wlan0'], ['wg0', 'eth0', 'wlan0'])
  assert.equal(await resolveOutside(question(), deps), FOUND)
  assert.equal(asked, ['eth0'])
})

test('one that knows nothing is passed over', async () => {
  const { asked, deps } = world(['eth0', 'wlan0'], ['wlan0'])
  assert.equal(await resolveOutside(question(), deps), FOUND)
  assert.equal(asked, ['eth0', 'wlan0'])
})

test('where nobody knows, the error says what each said', async () => {
  const { deps } = world(['eth0', 'wlan0'], [])
  const error = await rejection(resolveOutside(question(), deps))
  assert.is(error.code, 'ERR_NAME_NOT_RESOLVED')
  assert.match(error.message, /eth0 is silent; .*wlan0 is silent/)
})

test('without another interface nobody is asked', async () => {
  const { asked, deps } = world(['wg0'], ['wg0'])
  assert.match((await rejection(resolveOutside(question(), deps))).message, /no other interface is available/)
  assert.equal(asked, [])
})

test('an abort asks nobody else', async () => {
  const { asked, deps } = world(['eth0', 'wlan0'], [])
  const ending = new AbortController()
  ending.abort()
  await rejection(resolveOutside(question(ending.signal), deps))
  assert.equal(asked, ['eth0'])
})

test.run()
