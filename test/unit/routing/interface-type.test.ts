import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { instanceOf, interfaceTypeOf, weightOf } from '../../../lib/routing/interface-type.js'

test('H1: the beginning of the name decides the type', () => {
  const types = ['eth0', 'eth1', 'en0', 'enp3s0', 'wlan0', 'wlan1', 'wlp2s0', 'ra0', 'ppp0', 'wwan0', 'lo', 'tap0']
  const expected = 'ethernet ethernet ethernet ethernet wifi wifi wifi wifi mobile mobile local local'
  assert.is(types.map(interfaceTypeOf).join(' '), expected)
})

test('H1: every other name is unknown', () => {
  assert.equal(['usb0', 'br0', 'wg0', ''].map(interfaceTypeOf), ['unknown', 'unknown', 'unknown', 'unknown'])
})

test('H2: the instance is all digits of the name as one number', () => {
  assert.equal(['eth0', 'eth1', 'en3', 'wlan1', 'eth0.12', 'uplink'].map(instanceOf), [0, 1, 3, 1, 12, 0])
})

test('the weight is the instance modulo 10', () => {
  assert.equal(['eth0', 'eth9', 'eth10', 'eth0.17', 'uplink'].map(weightOf), [0, 9, 0, 7, 0])
})

test.run()
