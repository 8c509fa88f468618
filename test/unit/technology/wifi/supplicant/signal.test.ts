import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readSignal } from '../../../../../lib/technology/wifi/supplicant/signal.js'
import { recordedAnswer } from '../../../../support/supplicant-recording.js'

const test = suite('signal')

test('C7: an answer without width; what is missing is 0', () => {
  assert.equal(readSignal('RSSI=-67\nLINKSPEED=54\nFREQUENCY=5500\nCENTER_FRQ1=5510\n'), {
    centerFrequency1: 5510,
    centerFrequency2: 0,
    frequency: 5500,
    linkspeed: 54,
    signalDbm: -67,
    signalPercent: 76,
  })
})

test('C7: no pairs are no answer, and FAIL is that', () => {
  assert.is(readSignal(''), 'unknown')
  assert.is(readSignal('UNKNOWN COMMAND\n'), 'unknown')
  assert.is(readSignal('FAIL\n'), 'FAIL')
})

test('a recorded answer', () => {
  assert.equal(readSignal(recordedAnswer('open', 'SIGNAL_POLL')), {
    centerFrequency1: 2437,
    centerFrequency2: 0,
    frequency: 2437,
    linkspeed: 1,
    signalDbm: -30,
    signalPercent: 96,
    width: '20 MHz',
  })
})

test.run()
