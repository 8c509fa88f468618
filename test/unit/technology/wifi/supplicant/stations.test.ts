import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readConnection, readStation } from '../../../../../lib/technology/wifi/supplicant/stations.js'
import { recordedAnswer } from '../../../../support/supplicant-recording.js'

const test = suite('stations')

test('a recorded station, and the end of the list', () => {
  const answer = 'STA-NEXT 02:00:00:00:02:00'
  assert.is(readStation('02:00:00:00:02:00\nflags=[AUTH]\naid=1\n'), '02:00:00:00:02:00')
  assert.is(readStation(recordedAnswer('access-point', answer)), undefined)
  assert.is(readStation(recordedAnswer('access-point', 'STA-FIRST')), undefined)
})

test('a recorded status, connected and not', () => {
  assert.is(readConnection(recordedAnswer('wpa2', 'STATUS')), '02:00:00:00:01:00')
  assert.is(readConnection(recordedAnswer('open', 'STATUS')), undefined)
  assert.is(readConnection('bssid=02:00:00:00:01:00\nwpa_state=COMPLETED\nmode=mesh\n'), undefined)
  assert.is(readConnection('FAIL\n'), undefined)
})

test.run()
