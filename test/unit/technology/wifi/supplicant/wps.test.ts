import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readEvent } from '../../../../../lib/technology/wifi/supplicant/events.js'
import { readWpsCredentials } from '../../../../../lib/technology/wifi/supplicant/wps.js'
import { recordedEvents } from '../../../../support/supplicant-recording.js'

const test = suite('wps')

test('a recorded credential', () => {
  const event = recordedEvents('push-button')
    .map(readEvent)
    .find((one) => one.type === 'event' && one.name === 'WPS-CRED-RECEIVED')
  assert.ok(event?.type === 'event' && event.text !== undefined)
  assert.equal(readWpsCredentials(event.text), {
    credential: {
      [0x1003]: '0020',
      [0x100f]: '0008',
      networkIndex: 1,
      ssid: 'Harbour',
      networkKey: 'sunny-day-42',
      macAddress: '02:00:00:00:00:00',
    },
  })
})

test('either case of the digits', () => {
  assert.equal(readWpsCredentials('1045000141'), { ssid: 'A' })
  assert.equal(readWpsCredentials('10200006AABBccDDee01'), { macAddress: 'AA:BB:CC:DD:EE:01' })
})

test('damaged payloads are refused, and the text has nothing of them', () => {
  for (const hex of [
    '1',
    'zz',
    '1045',
    '10450002',
    '104500024',
    '100e00081027000573656372',
    '100e0008100e0004100e0000',
  ]) {
    try {
      readWpsCredentials(hex)
      assert.unreachable(hex)
    } catch (thrown) {
      assert.match(String(thrown), /^NetworkError: the WPS credential [a-z ]+$/)
    }
  }
})

test.run()
