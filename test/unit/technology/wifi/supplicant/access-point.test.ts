import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Bss } from '../../../../../lib/kernel/wireless.js'
import {
  type AccessPoint,
  placeholder,
  readBss,
  readBssPage,
} from '../../../../../lib/technology/wifi/supplicant/access-point.js'
import { readFlags } from '../../../../../lib/technology/wifi/supplicant/flags.js'
import { accessPointsOf } from '../../../../../lib/technology/wifi/supplicant/kernel-bss.js'
import { summarize } from '../../../../../lib/technology/wifi/supplicant/summarize.js'
import { recordedAnswer } from '../../../../support/supplicant-recording.js'

const test = suite('access points')

const ALL = 'BSS RANGE=ALL MASK=0x61887'

test('a recorded answer is an access point', () => {
  assert.equal(readBss(recordedAnswer('open', 'BSS 0')), {
    type: 'accessPoint',
    id: 0,
    record: {
      bssid: '02:00:00:00:a0:01',
      ssid: 'My Home',
      frequency: 2437,
      band: 'wifi-2-4-ghz',
      channel: 6,
      signalDbm: -30,
      signalPercent: 96,
      flags: ['wpa2-psk-ccmp', 'wpa2', 'psk', 'ccmp', 'ess'],
    },
    unknownFlags: [],
  })
})

test('a recorded table: names of every kind, and its end', () => {
  const page = readBssPage(recordedAnswer('open', ALL))
  assert.equal(
    page.entries.map(({ record }) => record.ssid),
    ['My Home', 'Harbour', 'Quay', 'café ☕', 'quote" back\\slash', '\ufffd\u0000\ufffdA', 'tab\tend ', ''],
  )
  assert.is(page.entries[5]?.record.ssidHex, 'ff00fe41')
  assert.is(page.nextId, undefined)
  assert.is(page.refused, false)
})

test('a table that the supplicant cut off goes on behind the last whole entry', () => {
  const answer = recordedAnswer('open', ALL)
  const page = readBssPage(answer.slice(0, answer.indexOf('id=5') + 30))
  assert.is(page.entries.length, 5)
  assert.is(page.nextId, 5)
})

test('a supplicant without tables refuses, and an empty table is none', () => {
  for (const answer of ['FAIL\n', 'UNKNOWN COMMAND\n', recordedAnswer('open', 'BSS 0')]) {
    assert.is(readBssPage(answer).refused, true)
  }
  assert.equal(readBssPage(''), { entries: [], nextId: undefined, refused: false })
})

test('an answer without the fields of an access point is none', () => {
  for (const answer of ['', 'FAIL\n', 'bssid=02:00:00:00:00:01\nfreq=2412\n', 'garbage\u0000\n==']) {
    assert.is(readBss(answer), undefined)
  }
})

test('a recorded mesh peer with its two decoded octets', () => {
  const entry = readBss(recordedAnswer('mesh', 'BSS 1'))
  assert.is(entry?.type, 'meshPeer')
  const { bssid, ssid, flags, ...peer } = { ...entry?.record, band: undefined } as Record<string, unknown>
  assert.equal([bssid, ssid, flags], ['02:00:00:00:02:00', 'farm', ['mesh']])
  assert.is(peer['meshId'], 'farm')
  assert.equal(peer['meshCapability'], {
    acceptingPeerings: true,
    mccaSupported: false,
    mccaEnabled: false,
    forwarding: true,
    mbcaEnabled: false,
    tbttAdjusting: false,
    powerSlaveLevel: false,
  })
  assert.equal(peer['meshFormationInfo'], { connectedToMeshGate: false, numberOfPeerings: 1, connectedToAs: false })
  assert.equal(
    [peer['beaconInt'], peer['noiseDbm'], peer['snr'], peer['activePathSelectionProtocolId']],
    [1000, -92, 62, 1],
  )
  assert.is(peer['bssBasicRateSet'], '10 20 55 110 60 120 240')
})

function accessPoint(ssid: string, signalPercent: number): AccessPoint {
  return { ...placeholder('02:00:00:00:00:01'), ssid, signalPercent }
}

test('a summary: each name once, the strongest first, no hidden names', () => {
  const list = [
    accessPoint('a', 20),
    accessPoint('b', 50),
    accessPoint('a', 70),
    accessPoint(' ', 90),
    accessPoint('\0\0', 95),
  ]
  assert.equal(
    summarize([...list, accessPoint('c', 50)]).map(({ ssid, signalPercent }) => [ssid, signalPercent]),
    [
      ['a', 70],
      ['b', 50],
      ['c', 50],
    ],
  )
})

const HEARD: Bss = {
  ifindex: 3,
  bssid: '02:00:00:00:A0:01',
  frequencyMhz: 2437,
  band: '2.4ghz',
  signalDbm: -30,
  ageMs: 10,
  beaconIntervalTu: 100,
  capability: 0x0411,
  status: 'none',
  ssid: new TextEncoder().encode('My Home'),
  securities: [
    {
      protocol: 'rsn',
      keyManagement: ['psk'],
      pairwiseCiphers: ['ccmp'],
      groupCipher: 'ccmp',
      managementProtectionCapable: false,
      managementProtectionRequired: false,
      preauthentication: false,
    },
  ],
  flags: ['wpa2', 'psk', 'ccmp', 'ess'],
}

test('what the kernel heard has the shape and the words of the supplicant', () => {
  assert.equal(accessPointsOf([HEARD]), [readBss(recordedAnswer('open', 'BSS 0'))?.record])
})

test('from the kernel: WPA stands before WPA2, as from the supplicant', () => {
  const [rsn] = HEARD.securities
  assert.ok(rsn)
  const both = [
    { ...rsn, pairwiseCiphers: ['tkip', 'ccmp'] },
    { ...rsn, protocol: 'wpa', pairwiseCiphers: ['ccmp'] },
  ]
  const [mixed] = accessPointsOf([{ ...HEARD, securities: both }])
  assert.equal(mixed?.flags, readFlags('[WPA-PSK-CCMP][WPA2-PSK-CCMP+TKIP][ESS]').flags)
})

test('from the kernel: names that are no text, shares instead of dBm, no members of a mesh', () => {
  const { signalDbm: _, ...rest } = HEARD
  const [odd] = accessPointsOf([
    { ...rest, ssid: Uint8Array.of(0xff, 0x41), signalPercent: 60, securities: [], flags: ['wep', 'ess', 'wps'] },
  ])
  assert.equal([odd?.ssidHex, odd?.signalDbm, odd?.signalPercent, odd?.flags], ['ff41', -70, 60, ['wep', 'ess', 'wps']])
  assert.equal(accessPointsOf([{ ...HEARD, meshId: Uint8Array.of(0x61) }]), [])
})

test.run()
