import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isEvent, readEvent } from '../../../../../lib/technology/wifi/supplicant/events.js'
import { explain, joinEvent, provesWrongKey } from '../../../../../lib/technology/wifi/supplicant/join-event.js'
import { type RecordingName, recordedEvents } from '../../../../support/supplicant-recording.js'

const test = suite('events')

const MAC = 'aa:bb:cc:dd:ee:01'

function joined(line: string) {
  const event = readEvent(line)
  if (event.type !== 'event') throw new Error(`${line} is no event`)
  return joinEvent(event)
}

test('C3: an event about an access point has its number and address', () => {
  const name = 'CTRL-EVENT-BSS-ADDED'
  assert.equal(readEvent(`<3>${name} 12 AA:bb:cc:dd:ee:01`), { type: 'event', name, index: 12, mac: MAC })
})

test('C3: a network that is put off tells all that it knows', () => {
  const line = '<3>CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="Harbour" auth_failures=2 duration=20 reason=WRONG_KEY'
  assert.equal(joined(line), {
    name: 'CTRL-EVENT-SSID-TEMP-DISABLED',
    bssid: null,
    statusCode: null,
    id: 0,
    ssid: 'Harbour',
    authFailures: 2,
    duration: 20,
    reason: 'WRONG_KEY',
  })
})

test('C4: a name keeps its blank, and its escapes are undone', () => {
  assert.is(joined('CTRL-EVENT-SSID-REENABLED id=0 ssid="My Home"').ssid, 'My Home')
  assert.is(joined(String.raw`CTRL-EVENT-SSID-REENABLED id=0 ssid="a \"b\" \xc3\xa9"`).ssid, 'a "b" é')
})

test('C4: a refused association has the address and the status', () => {
  const refused = joined(`CTRL-EVENT-ASSOC-REJECT bssid=${MAC} status_code=16`)
  assert.is(refused.bssid, MAC)
  assert.is(refused.statusCode, 16)
  assert.is(joined('CTRL-EVENT-ASSOC-REJECT status_code=17').bssid, null)
})

test('C5: no network found is an event with a name and nothing else', () => {
  assert.equal(readEvent('<3>CTRL-EVENT-NETWORK-NOT-FOUND '), { type: 'event', name: 'CTRL-EVENT-NETWORK-NOT-FOUND' })
  const { name, ...others } = joined('<3>CTRL-EVENT-NETWORK-NOT-FOUND ')
  assert.is(name, 'CTRL-EVENT-NETWORK-NOT-FOUND')
  assert.equal(new Set(Object.values(others)), new Set([null]))
})

test('C5: text and maps behind the name', () => {
  assert.equal(readEvent('<3>CTRL-EVENT-EAP-METHOD EAP vendor 0 method 13 (TLS) selected'), {
    type: 'event',
    name: 'CTRL-EVENT-EAP-METHOD',
    text: 'EAP vendor 0 method 13 (TLS) selected',
  })
  assert.equal(readEvent('<3>MESH-GROUP-STARTED ssid="farm" id=3'), {
    type: 'event',
    name: 'MESH-GROUP-STARTED',
    fields: { ssid: 'farm', id: '3' },
  })
})

test('a connection: address, status and values that are not empty', () => {
  const name = 'CTRL-EVENT-CONNECTED'
  const line = `<3>${name} - Connection to ${MAC} completed (reauth) [id=0 id_str=]`
  assert.equal(readEvent(line), { type: 'event', name, mac: MAC, status: 'completed', fields: { id: '0' } })
})

test('an address is the first word, whatever stands behind it', () => {
  const name = 'AP-STA-CONNECTED'
  assert.equal(readEvent(`<3>${name} ${MAC} keyid=guest dpp_pkhash=00`), { type: 'event', name, mac: MAC })
  assert.equal(readEvent('<3>AP-STA-CONNECTED nobody'), { type: 'event', name, text: 'nobody' })
})

test('what the supplicant wants of a user, what is not known, and information', () => {
  assert.equal(readEvent('<3>CTRL-REQ-OTP-1:Challenge 1235663 needed for SSID x'), {
    type: 'interactive',
    name: 'CTRL-REQ-OTP',
    networkId: 1,
    text: 'Challenge 1235663 needed for SSID x',
  })
  assert.equal(readEvent('<3>CTRL-EVENT-FUTURE a b '), { type: 'event', name: 'CTRL-EVENT-FUTURE a b' })
  assert.equal(readEvent('<3>WPS-SUCCESS '), { type: 'event', name: 'WPS-SUCCESS' })
  assert.equal(readEvent('<3>WPS-CRED-RECEIVED'), { type: 'event', name: 'WPS-CRED-RECEIVED' })
  assert.equal(readEvent('<2>Trying to associate with x '), { type: 'info', text: 'Trying to associate with x' })
})

test('only what begins with a priority is an event', () => {
  assert.equal(['<3>X', '<30>X', 'OK\n', '', '<a>X', ' <3>X'].map(isEvent), [true, false, false, false, false, false])
})

test('a wrong passphrase shows in the handshake, a wrong SAE password in a refused confirmation', () => {
  const wrong = (name: RecordingName): number => recordedEvents(name).map(readEvent).filter(provesWrongKey).length
  assert.is(wrong('wrong-passphrase'), 2)
  assert.is(wrong('wrong-sae-password'), 5)
  assert.is(wrong('wpa2'), 0)
  assert.is(wrong('open'), 0)
  assert.is(wrong('enterprise-wrong'), 0)
})

test('a verdict is a sentence', () => {
  const said = (line: string) => explain(joined(line))
  const disabled = 'CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="My Home"'
  assert.is(
    said(`${disabled} auth_failures=1 duration=10 reason=WRONG_KEY`),
    '"My Home" refused the passphrase; tried again in 10 s',
  )
  assert.is(
    said(`${disabled} auth_failures=2 duration=20 reason=AUTH_FAILED`),
    '"My Home" refused the credentials, 2 times; tried again in 20 s',
  )
  assert.is(said(disabled), '"My Home" could not be joined')
  assert.is(said('CTRL-EVENT-NETWORK-NOT-FOUND'), 'none of the configured networks is in range')
  assert.is(said('CTRL-EVENT-SSID-REENABLED id=0 ssid="My Home"'), undefined)
})

test('damaged lines never throw', () => {
  const lines = recordedEvents('enterprise').concat(recordedEvents('mesh'), recordedEvents('open'))
  for (const line of lines) {
    for (let end = 0; end < line.length; end += 3) readEvent(line.slice(0, end))
    readEvent(line.toLowerCase())
    readEvent(line.replaceAll(' ', '\u0000'))
  }
})

test.run()
