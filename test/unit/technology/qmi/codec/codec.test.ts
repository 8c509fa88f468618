/** The messages of the modem, byte by byte. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bandName } from '../../../../../lib/technology/qmi/codec/band.js'
import { MalformedMessage } from '../../../../../lib/technology/qmi/codec/bytes.js'
import * as ctl from '../../../../../lib/technology/qmi/codec/ctl.js'
import * as dms from '../../../../../lib/technology/qmi/codec/dms.js'
import { errorName } from '../../../../../lib/technology/qmi/codec/error-name.js'
import { decodeFrame, encodeFrame, splitFrames } from '../../../../../lib/technology/qmi/codec/frame.js'
import * as nas from '../../../../../lib/technology/qmi/codec/nas.js'
import * as cell from '../../../../../lib/technology/qmi/codec/nas-cell.js'
import { readSystemInfo } from '../../../../../lib/technology/qmi/codec/nas-system-info.js'
import { errorOf, type QmiRequest } from '../../../../../lib/technology/qmi/codec/request.js'
import { SERVICES, serviceName } from '../../../../../lib/technology/qmi/codec/service.js'
import { decodeTlvs, encodeTlvs, type Tlvs } from '../../../../../lib/technology/qmi/codec/tlv.js'
import * as uim from '../../../../../lib/technology/qmi/codec/uim.js'
import { setDataFormat } from '../../../../../lib/technology/qmi/codec/wda.js'
import * as wds from '../../../../../lib/technology/qmi/codec/wds.js'
import { card, hex, ICCID, ICCID_BYTES } from '../../../../support/scripted-qmi-modem.js'

const words = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/../g, '$& ').trim()
/** TLVs of hexadecimal text: type, length, value, one after the other. */
const tlvs = (text: string): Tlvs => decodeTlvs(hex(text))
const sent = <T>({ tlvs }: QmiRequest<T>): string => words(encodeTlvs(tlvs))

function requestBytes<T>(request: QmiRequest<T>, client: number, transaction: number): string {
  const { message, tlvs } = request
  return words(encodeFrame({ service: SERVICES[request.service], client, kind: 'request', transaction, message, tlvs }))
}

test('F3: the first questions, byte by byte, and the client id of an answer', () => {
  assert.is(requestBytes(ctl.allocateClientId(3), 0, 1), '01 0f 00 00 00 00 00 01 22 00 04 00 01 01 00 03')
  assert.equal(ctl.allocateClientId(3).read(tlvs('01 02 00 03 05')), { service: 3, client: 5 })
  assert.is(requestBytes(nas.getHomeNetwork(), 5, 256), '01 0c 00 00 03 05 00 00 01 25 00 00 00')
})

test('F4: the home network of a card', () => {
  assert.equal(nas.getHomeNetwork().read(tlvs('01 0d 00 36 01 04 01 08 54 2d 4d 6f 62 69 6c 65')), {
    mcc: 310,
    mnc: 260,
    name: 'T-Mobile',
  })
})

test('F6: the state of packet sessions, why they ended, and reasons that nobody knows', () => {
  const status = (text: string) => wds.readPacketStatus(tlvs(text))
  assert.is(status('01 02 00 02 00').state, 'connected')
  assert.is(status('01 02 00 02 00').reconfigurationRequired, false)
  assert.is(status('01 02 00 01 00').state, 'disconnected')
  assert.equal(status('01 02 00 01 00 11 04 00 06 00 21 00').verboseEndReason, { type: '3gpp', reason: 33 })
  assert.is(status('01 02 00 02 01 13 02 00 80 88').technology, 'epc')
  assert.equal(status('01 02 00 01 00 11 04 00 63 00 21 00').verboseEndReason, { type: 'unknown', reason: 33 })
  assert.is(status('01 02 00 09 00').state, 'unknown')
  const bytes = hex('80 01 05 04 00 00 22 00 05 00 01 02 00 02 00')
  const frame = decodeFrame(Uint8Array.of(1, bytes.length + 2, 0, ...bytes))
  assert.equal([frame.kind, frame.message, frame.service, frame.client], ['indication', 0x22, 1, 5])
})

test('F9: the names of bands', () => {
  const names: readonly [number, string][] = [
    [122, 'LTE Band 3'],
    [45, 'GSM 900 Primary'],
    [204, 'TDS-CDMA Band E'],
    [7, 'CDMA Band Class 7'],
    [300, 'Unknown Band 300'],
    [145, 'LTE Band 20'],
    [133, 'LTE Band 14'],
    [134, 'LTE Band 17'],
    [135, 'LTE Band 33'],
    [142, 'LTE Band 40'],
    [149, 'LTE Band 41'],
    [152, 'LTE Band 23'],
    [158, 'LTE Band 28'],
    [161, 'LTE Band 66'],
    [162, 'LTE Band 250'],
    [168, 'LTE Band 71'],
    [169, 'Unknown Band 169'],
    [80, 'WCDMA 2100'],
    [91, 'WCDMA 850 Japan'],
    [89, 'Unknown Band 89'],
    [48, 'GSM PCS 1900'],
    [49, 'Unknown Band 49'],
  ]
  for (const [number, name] of names) assert.is(bandName(number), name)
})

test('F13: a card number of 19 digits is read without its filler', () => {
  assert.is(uim.readBcd(ICCID_BYTES), ICCID)
  const read = uim.readTransparent(uim.ICCID_FILE)
  assert.is(sent(read), '01 02 00 00 00 02 05 00 e2 2f 02 00 3f 03 04 00 00 00 00 00')
  assert.is(
    sent(uim.readTransparent(uim.IMSI_FILE)),
    '01 02 00 00 00 02 07 00 07 6f 04 00 3f ff 7f 03 04 00 00 00 00 00',
  )
  assert.is(words(read.read(tlvs('10 02 00 90 00 11 04 00 02 00 98 94'))), '98 94')
})

test('F15: counters that a modem does not have are 0, and what is unknown is skipped', () => {
  const report = tlvs(
    '10 04 00 05 00 00 00 11 04 00 ff ff ff ff 77 01 00 00 19 08 00 00 00 00 00 01 00 00 00 25 02 00 01 00',
  )
  assert.equal(wds.readEventReport(report), { tx_packets: 5, rx_packets: 0, tx_bytes: 4_294_967_296 })
  assert.is(sent(wds.setEventReport(60)), '11 05 00 3c ff 03 00 00')
  assert.is(sent(wds.setEventReport(undefined)), '')
})

test('F17: the choice of radio technologies, permanent first', () => {
  assert.is(sent(nas.setSystemSelection(['lte', 'gsm'])), '17 01 00 01 11 02 00 14 00')
  assert.is(sent(nas.setSystemSelection(['nr5g'])), '17 01 00 01 11 02 00 40 00')
})

test('a frame comes back as it was, of each kind and service', () => {
  for (const kind of ['request', 'response', 'indication'] as const) {
    for (const service of Object.values(SERVICES)) {
      const frame = { service, client: service === 0 ? 0 : 7, kind, transaction: 200, message: 0x22 }
      const bytes = encodeFrame({ ...frame, tlvs: [[0x10, hex('01 02')]] })
      const { tlvs: read, ...rest } = decodeFrame(bytes)
      assert.equal(rest, frame)
      assert.is(read.u16(0x10), 0x0201)
    }
  }
})

test('a frame whose lengths are not exact is refused', () => {
  const good = encodeFrame({
    service: 3,
    client: 5,
    kind: 'response',
    transaction: 256,
    message: 0x24,
    tlvs: [[1, hex('00')]],
  })
  const damaged: readonly [string, Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['no marker', Uint8Array.of(2, ...good.subarray(1))],
    ['cut', good.subarray(0, -1)],
    ['longer than it says', Uint8Array.of(...good, 0)],
    ['TLVs longer than there are', good.map((byte, at) => (at === 11 ? byte + 1 : byte))],
    ['a value longer than there is', good.map((byte, at) => (at === 14 ? 9 : byte))],
    ['no kind', good.map((byte, at) => (at === 6 ? 1 : byte))],
  ]
  for (const [what, bytes] of damaged)
    assert.throws(
      () => decodeFrame(bytes),
      (thrown: unknown) => thrown instanceof MalformedMessage,
      what,
    )
})

test('reads are cut into frames: several at once, one in two reads, and what is none', () => {
  const frame = encodeFrame({ service: 3, client: 5, kind: 'response', transaction: 256, message: 0x24, tlvs: [] })
  const none = new Uint8Array()
  const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))
  const counts = (rest: Uint8Array, chunk: Uint8Array) => {
    const split = splitFrames(rest, chunk)
    return [split.frames.length, split.rest.length, split.droppedBytes]
  }
  assert.equal(counts(none, join(frame, frame)), [2, 0, 0])
  assert.equal(counts(none, frame.subarray(0, 5)), [0, 5, 0])
  assert.equal(counts(frame.subarray(0, 5), frame.subarray(5)), [1, 0, 0])
  assert.equal(counts(frame.subarray(0, 2), frame.subarray(2, 4)), [0, 4, 0])
  assert.equal(counts(frame.subarray(0, 5), frame), [1, 0, 5], 'the end of the first never came')
  assert.equal(counts(none, join(frame, hex('ff ff'))), [1, 0, 2])
  assert.equal(counts(none, hex('01 ff ff 00')), [0, 0, 4], 'longer than a device takes')
  assert.equal(counts(none, hex('01 00 00 00')), [0, 0, 4], 'shorter than any')
})

test('the outcome of an answer is found wherever it stands', () => {
  assert.is(errorOf(tlvs('01 01 00 05 02 04 00 00 00 00 00')), undefined)
  assert.is(errorOf(tlvs('01 01 00 05 02 04 00 01 00 1a 00')), 0x1a)
  assert.throws(() => errorOf(tlvs('01 01 00 05')))
  const names: readonly [number, string][] = [
    [0x05, 'client_ids_exhausted'],
    [0x0e, 'call_failed'],
    [0x10, 'not_provisioned'],
    [0x1a, 'no_effect'],
    [0x2e, 'general'],
    [0x30, 'invalid_arg'],
    [0x34, 'device_not_ready'],
    [0x35, 'network_not_ready'],
    [0x41, 'session_inactive'],
    [0x4a, 'info_unavailable'],
    [0x50, 'sim_file_not_found'],
    [0x5a, 'incompatible_state'],
    [0x5e, 'not_supported'],
    [0x66, 'no_sim'],
    [0x73, 'no_permission'],
    [0xfff0, 'unknown'],
  ]
  for (const [error, name] of names) assert.is(errorName(error), name)
})

test('the control service', () => {
  assert.is(requestBytes(ctl.sync(), 0, 1), '01 0b 00 00 00 00 00 01 27 00 00 00')
  assert.is(sent(ctl.releaseClientId({ service: 3, client: 5 })), '01 02 00 03 05')
  assert.is(sent(ctl.setInstanceId(2)), '01 01 00 02')
  assert.is(ctl.setInstanceId(2).read(tlvs('01 02 00 02 00')), 2)
  assert.equal(ctl.getVersionInfo().read(tlvs('01 06 00 01 01 01 00 43 00')), [{ service: 1, major: 1, minor: 67 }])
  assert.is(serviceName(0x0b), 'uim')
  assert.is(serviceName(0x44), 'service 0x44')
})

test('wireless data: starting and stopping sessions', () => {
  const start = wds.startNetwork({
    apn: 'a.b',
    family: 6,
    authentication: 'chap',
    username: 'u',
    password: 'p',
    profile: 1,
  })
  assert.is(sent(start), '14 03 00 61 2e 62 16 01 00 02 17 01 00 75 18 01 00 70 19 01 00 06 31 01 00 01')
  assert.ok((start.limitMs ?? 0) >= 60_000)
  assert.is(start.read(tlvs('01 04 00 78 56 34 12')), 0x1234_5678)
  assert.is(start.readFailure?.(tlvs('10 02 00 03 00 11 04 00 06 00 21 00')), '3gpp reason 33')
  assert.is(start.readFailure?.(tlvs('10 02 00 03 00')), 'reason 3')
  assert.is(sent(wds.stopNetwork(0x1234_5678)), '01 04 00 78 56 34 12')
  assert.is(sent(wds.stopNetwork(wds.AUTOCONNECT_HANDLE)), '01 04 00 ff ff ff ff 10 01 00 01')
  assert.is(wds.getPacketStatus().read(tlvs('01 01 00 02')), 'connected')
  assert.is(sent(wds.modifyProfile(true)), '01 02 00 00 01 3e 01 00 00')
  assert.is(sent(wds.modifyProfile(false)), '01 02 00 00 01 3e 01 00 01')
  assert.is(wds.modifyProfile(true).read(tlvs('e0 02 00 07 00')), 7)
  assert.is(sent(wds.setIpFamily(6)), '01 01 00 06')
  assert.is(sent(wds.bindMuxPort(4, 129)), '10 08 00 02 00 00 00 04 00 00 00 11 01 00 81')
})

test('wireless data: the settings of a session, of both families', () => {
  const request = wds.getCurrentSettings()
  assert.is(sent(request), '10 04 00 1c e3 00 00')
  const four = request.read(
    tlvs(
      '15 04 00 35 02 00 c0 16 04 00 00 00 00 00 1e 04 00 0a 02 00 c0 20 04 00 09 02 00 c0 21 04 00 f8 ff ff ff 29 04 00 96 05 00 00 2b 01 00 04',
    ),
  )
  assert.equal(four.ipv4, { address: '192.0.2.10', prefixLength: 29, gateway: '192.0.2.9' })
  assert.equal(four.nameServers, ['192.0.2.53'])
  assert.equal([four.mtu, four.family, four.ipv6], [1_430, 4, undefined])
  const six = request.read(
    tlvs(
      '25 11 00 20 01 0d b8 00 00 00 01 00 00 00 00 00 00 00 0a 40 26 10 00 20 01 0d b8 00 00 00 01 00 00 00 00 00 00 00 01 27 10 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 35',
    ),
  )
  assert.equal(six.ipv6, { address: '2001:db8:0:1::a', prefixLength: 64, gateway: '2001:db8:0:1::1' })
  assert.equal(six.nameServers, ['2001:db8::35'])
  const holes = request.read(tlvs('1e 04 00 0a 02 00 c0 21 04 00 f1 ff ff ff 29 04 00 00 00 00 00'))
  assert.equal([holes.ipv4?.prefixLength, holes.ipv4?.gateway, holes.mtu], [32, undefined, undefined])
  assert.is(request.read(tlvs('1e 04 00 00 00 00 00')).ipv4, undefined)
})

test('the device: identities, mode, texts', () => {
  assert.equal(dms.getIds().read(tlvs('10 01 00 30 11 03 00 31 32 33')), {
    esn: undefined,
    imei: '123',
    meid: undefined,
    imeisvSvn: undefined,
  })
  assert.equal(dms.getOperatingMode().read(tlvs('01 01 00 03 10 02 00 05 00 11 01 00 01')), {
    mode: 'offline',
    offlineReasons: ['host_image_misconfiguration', 'pri_version_incompatible'],
    hardwareRestricted: true,
  })
  assert.is(dms.getOperatingMode().read(tlvs('01 01 00 63')).mode, 'unknown')
  assert.is(sent(dms.setOperatingMode('low_power')), '01 01 00 01')
  for (const request of [
    dms.getModel(),
    dms.getManufacturer(),
    dms.getRevision(),
    dms.getHardwareRevision(),
    dms.getIccid(),
    dms.getImsi(),
  ]) {
    assert.is(request.read(tlvs('01 03 00 58 31 00')), 'X1')
  }
})

test('the network: registration as it is answered and as it is told', () => {
  const answer = nas
    .getServingSystem()
    .read(
      tlvs(
        '1a 01 00 04 01 06 00 01 02 01 02 01 08 10 01 00 00 12 0a 00 36 01 04 01 05 45 78 2d 6f 6e 1b 01 00 01 1c 02 00 34 12 1d 04 00 78 56 34 12 24 02 00 01 00',
      ),
    )
  assert.equal(answer, {
    registration: 'registered',
    cs: 'detached',
    ps: 'attached',
    network: 'network_3gpp',
    radios: ['lte'],
    roaming: true,
    plmn: { mcc: 310, mnc: 260, name: 'Ex-on' },
    utcOffset: 4 * 900 - 3_600,
    stdOffset: 3_600,
    networkTime: undefined,
    locationAreaCode: 0x1234,
    cellId: 0x1234_5678,
    trackingAreaCode: 1,
  })
  const told = nas.readServingSystem(
    tlvs(
      '01 07 00 01 01 01 02 02 63 0c 10 01 00 01 1c 08 00 ea 07 0b 1e 0c 05 09 04 1d 02 00 34 12 1e 04 00 78 56 34 12 25 02 00 01 00',
    ),
    'indication',
  )
  assert.equal(told.radios, ['unknown', 'nr5g'])
  assert.equal([told.roaming, told.networkTime, told.locationAreaCode], [false, '2026-11-30T12:05:09', 0x1234])
  assert.equal([told.cellId, told.trackingAreaCode], [0x1234_5678, 1])
  assert.throws(() => nas.readServingSystem(tlvs('01 05 00 01 01 01 02 09'), 'indication'))
  assert.is(sent(nas.registerIndications()), '13 01 00 01 17 01 00 01 18 01 00 01 19 01 00 01 1e 01 00 01')
})

test('the network: signal, bands, selection', () => {
  assert.is(sent(nas.getSignalStrength()), '10 02 00 ef 00')
  assert.equal(nas.getSignalStrength().read(tlvs('11 06 00 02 00 4a 08 50 05')), [
    { dbm: -74, radio: 'lte' },
    { dbm: -80, radio: 'umts' },
  ])
  const info = nas
    .getSignalInfo()
    .read(tlvs('12 01 00 b5 13 03 00 b6 f0 ff 14 06 00 c4 f5 a0 ff 7b 00 17 04 00 a1 ff 37 00 18 02 00 f4 ff'))
  assert.equal(info, {
    gsm: { rssi: -75 },
    wcdma: { rssi: -74, ecio: -16 },
    lte: { rssi: -60, rsrq: -11, rsrp: -96, snr: 12.3 },
    nr5g: { rsrp: -95, snr: 5.5, rsrq: -12 },
  })
  assert.is(nas.readSignalInfo(tlvs('17 04 00 00 80 00 80')).nr5g, undefined)
  assert.is(sent(nas.setSignalThresholds([-90, -70], [-100])), '10 03 00 02 a6 ba 16 03 00 01 9c ff')
  assert.equal(nas.getRfBandInfo().read(tlvs('01 06 00 01 08 7a 00 e8 03')), [
    { radio: 'lte', band: 122, channel: 1_000 },
  ])
  assert.equal(nas.getSystemSelection().read(tlvs('10 01 00 00 11 02 00 14 00 14 02 00 ff 00 16 01 00 01')), {
    technologies: ['gsm', 'lte'],
    emergency: false,
    roaming: 'any',
    networkSelection: 'manual',
  })
})

test('the network: what serves, with the fields that are valid only', () => {
  const lte = '19 1d 00 01 03 01 03 01 00 01 00 00 00 00 01 07 00 00 00 00 00 00 01 33 31 30 32 36 ff 01 2a 00'
  const system = readSystemInfo(tlvs(`${lte} 27 04 00 01 00 00 00 2f 04 00 00 00 00 00 3e 04 00 63 00 00 00`))
  assert.equal([system.lte?.mcc, system.lte?.mnc, system.lte?.trackingAreaCode], ['310', '26', 42])
  assert.equal([system.lte?.domain, system.lte?.roaming, system.lte?.cellId], ['cs_ps', false, 7])
  assert.equal([system.lte?.locationAreaCode, system.lte?.reject], [undefined, undefined])
  assert.equal(
    [system.simRejection, system.registrationRestriction, system.emergencyBarred],
    ['available', 'unrestricted', 'invalid'],
  )
  assert.is(readSystemInfo(tlvs('19 02 00 01 03')).lte, undefined, 'too short to be it')
})

test('the network: cells and names', () => {
  const place = cell.readCellLocation(
    tlvs(
      '13 1d 00 01 62 f2 20 2a 00 07 00 00 00 e8 03 11 00 00 00 00 00 01 11 00 9c ff 18 fc 7c fc 05 00 00 00 00 1e 04 00 09 00 00 00',
    ),
  )
  assert.equal(place.lte?.cells, [{ pci: 17, rsrq: -10, rsrp: -100, rssi: -90, srxlev: 5 }])
  assert.equal([place.lte?.plmn, place.lte?.earfcn, place.timingAdvance], ['26202', 1_000, 9])
  assert.is(cell.readCellLocation(tlvs('13 02 00 01 62')).lte, undefined)
  assert.equal(cell.readOperatorName(tlvs('14 0c 00 01 00 00 00 04 02 00 45 00 78 00 45')), { long: 'Ex', short: 'E' })
  assert.equal(cell.readOperatorName(tlvs('14 08 00 00 00 00 00 01 01 45 78')), { long: 'E', short: 'x' })
  assert.is(cell.readOperatorName(tlvs('14 03 00 01 00 00')), undefined)
})

test('cards: state, PIN, PUK', () => {
  const read = (bytes: Uint8Array) => uim.readCardStatus(decodeTlvs(encodeTlvs([[0x10, bytes]])))
  assert.equal(read(card(2, 3, 1)), [
    {
      state: 'present',
      applications: [{ type: 'usim', state: 'pin_required', pin: 'enabled', pinRetries: 3, pukRetries: 10 }],
    },
  ])
  assert.is(read(card(3))[0]?.applications[0]?.state, 'puk_required')
  assert.is(read(card(99))[0]?.applications[0]?.state, 'unknown')
  assert.throws(() => read(card(7).subarray(0, -1)))
  assert.is(sent(uim.verifyPin('1234')), '01 02 00 00 00 02 06 00 01 04 31 32 33 34')
  assert.is(uim.verifyPin('1234').readFailure?.(tlvs('10 02 00 02 0a')), '2 attempts left')
  assert.is(sent(uim.registerCardEvents()), '01 04 00 01 00 00 00')
})

test('the framing of packets', () => {
  assert.is(sent(setDataFormat('raw-ip')), '11 04 00 02 00 00 00 12 04 00 00 00 00 00 13 04 00 00 00 00 00')
  assert.is(setDataFormat('raw-ip').read(tlvs('11 04 00 01 00 00 00')), '802.3')
  assert.is(setDataFormat('raw-ip').read(tlvs('')), undefined)
})

test.run()
