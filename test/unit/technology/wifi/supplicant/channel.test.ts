import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { channelAt, percentOf } from '../../../../../lib/technology/wifi/supplicant/channel.js'

const test = suite('channel')

test('C1: signals as per cent, by band', () => {
  const at24 = [-25, -48, -62, -67, -75, -88].map((dbm) => percentOf('wifi-2-4-ghz', dbm))
  assert.equal(at24, [98, 81, 63, 55, 40, 13])
  const at5 = [-40, -55, -65, -67, -75, -85].map((dbm) => percentOf('wifi-5-ghz', dbm))
  assert.equal(at5, [100, 92, 79, 76, 60, 34])
})

test('C1: frequencies as channels', () => {
  const channels = [2412, 2472, 2484, 5180, 5865, 4920].map((frequency) => channelAt(frequency).channel)
  assert.equal(channels, [1, 13, 14, 36, 173, 184])
  assert.equal(channelAt(5000), { band: 'unknown', channel: 0 })
})

test('further signals, and a signal is never less than one per cent', () => {
  assert.equal(
    [-30, -50, -60, -80, -90].map((dbm) => percentOf('unknown', dbm)),
    [96, 79, 66, 30, 8],
  )
  assert.equal(
    [-50, -60, -80, -90].map((dbm) => percentOf('wifi-5-ghz', dbm)),
    [96, 86, 48, 19],
  )
  assert.is(percentOf('wifi-2-4-ghz', -120), 1)
})

test('bands: the channels of 6 GHz, and what is between channels', () => {
  assert.equal(channelAt(5955), { band: 'wifi-6-ghz', channel: 1 })
  assert.equal(channelAt(7115), { band: 'wifi-6-ghz', channel: 233 })
  assert.equal(channelAt(5935), { band: 'wifi-6-ghz', channel: 2 })
  assert.equal(channelAt(5035), { band: 'wifi-5-ghz', channel: 7 })
  for (const frequency of [0, -5, 2407, 2413, 2477, 5001, 5950, 7120, Number.NaN]) {
    assert.equal(channelAt(frequency), { band: 'unknown', channel: 0 }, String(frequency))
  }
})

test('all 65 channels of 5 GHz are known', () => {
  const found = Array.from({ length: 2000 }, (_, at) => 4000 + at).filter((f) => channelAt(f).band === 'wifi-5-ghz')
  assert.is(found.length, 65)
})

test.run()
