import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type EapStatus, NO_EAP, nextEapStatus } from '../../../../../lib/technology/wifi/supplicant/eap-status.js'
import { readEvent } from '../../../../../lib/technology/wifi/supplicant/events.js'
import { type RecordingName, recordedEvents } from '../../../../support/supplicant-recording.js'

const test = suite('eap status')

const after = (lines: readonly string[]): EapStatus =>
  lines.reduce((status, line) => nextEapStatus(status, readEvent(line), 1_000), NO_EAP)
const recorded = (name: RecordingName): EapStatus => after(recordedEvents(name))

test('C14: it starts as nothing', () => {
  assert.equal(NO_EAP, { status: null, method: null, timestamp: null, remoteCertificateVerified: false })
})

test('C14: single and double quotes read alike, in either order', () => {
  const expected: EapStatus = {
    ...NO_EAP,
    status: 'success',
    method: 'TLS',
    timestamp: '1970-01-01T00:00:01.000Z',
    remoteCertificateVerified: true,
  }
  const lines = [
    `status='started' parameter=''`,
    `status='accept proposed method' parameter='TLS'`,
    `parameter='success' status='remote certificate verification'`,
    `status='completion' parameter='success'`,
  ].map((text) => `<3>CTRL-EVENT-EAP-STATUS ${text}`)
  assert.equal(after(lines), expected)
  assert.equal(after(lines.map((line) => line.replaceAll("'", '"'))), expected)
})

test('a recorded success, with the certificates of the server', () => {
  const { status, method, remoteCertificateVerified, certificates } = recorded('enterprise')
  assert.equal([status, method, remoteCertificateVerified], ['success', 'PEAP', true])
  assert.equal(
    certificates?.map(({ depth, subject, hash }) => [depth, subject, hash?.length]),
    [
      [1, '/O=Lab of Quay/CN=ca.example', 64],
      [0, '/O=Lab of Quay/CN=server.example', 64],
    ],
  )
})

test('a recorded failure, and what says nothing changes nothing', () => {
  assert.is(recorded('enterprise-wrong').status, 'failure')
  assert.is(recorded('wpa2'), NO_EAP)
  assert.is(after([`<3>CTRL-EVENT-EAP-STATUS status='something new' parameter='x'`]), NO_EAP)
})

test('a chain of certificates without end is cut', () => {
  const lines = Array.from(
    { length: 50 },
    (_, depth) => `<3>CTRL-EVENT-EAP-PEER-CERT depth=${depth} subject='x' hash=00`,
  )
  assert.is(after(lines).certificates?.length, 8)
})

test.run()
