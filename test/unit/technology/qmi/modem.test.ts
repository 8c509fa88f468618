/** A modem over simulated time: from the first question to the end. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QmiScene } from '../../../support/qmi-scene.js'
import { DETACHED, hex, ICCID, SEARCHING, SERVED } from '../../../support/scripted-qmi-modem.js'

const RADIO = { onlyRadioTechnologies: ['lte', 'gsm'] }
/** Errors of the modem. */
const [CALL_FAILED, NO_EFFECT] = [0x0e, 0x1a]

test('a modem with a card and a network gets a session, its address, and the internet', async () => {
  await using scene = new QmiScene()
  await scene.start()
  assert.equal(
    scene.logs.filter(({ level }) => level !== 'debug'),
    [],
  )
  assert.is(scene.get('iccid'), ICCID)
  assert.is(scene.get('apn'), 'internet')
  assert.is(scene.get('sim'), 'ready')
  assert.is(scene.connection, 'internet')
  assert.equal(scene.addresses, ['192.0.2.10/29'])
  assert.is(scene.routes?.gateway, '192.0.2.9')
  assert.equal(scene.nameServers?.nameServers, ['192.0.2.53'])
  assert.is(scene.problem, undefined)
})

test('F5: the level of LTE, and none where no LTE is told', async () => {
  await using scene = new QmiScene()
  await scene.start()
  await scene.after(30_000)
  assert.equal([scene.get('signal_asu'), scene.get('signal_dbm'), scene.get('signal_4bars')], [19, -74, 3])
  assert.equal([scene.get('band'), scene.get('channel'), scene.get('access_technology')], ['LTE Band 3', 1_000, 'lte'])
  scene.modem.on('nas', 0x20, () => [[0x11, hex('01 00 32 05')]])
  await scene.after(30_000)
  assert.is(scene.get('signal_dbm'), -74)
  scene.modem.on('nas', 0x20, () => 0x2e)
  await scene.after(30_000)
  assert.equal(scene.failures, [], 'a refusal ends nothing')
})

test('F7: a tower that hands over within a second is no loss; one that does not is', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.serve(DETACHED)
  await scene.after(900)
  scene.modem.serve(SERVED)
  await scene.after(2_000)
  assert.equal(
    scene.connections.map(({ connection }) => connection),
    ['internet'],
  )
  scene.modem.serve(DETACHED)
  await scene.after(999)
  assert.is(scene.connection, 'internet')
  await scene.after(1)
  assert.is(scene.connection, 'disconnected')
})

test('F8: an address that is taken away ends the internet at once', async () => {
  await using scene = new QmiScene()
  await scene.start()
  await scene.kernel.send([{ type: 'deleteAddress', ifname: 'wwan0', address: '192.0.2.10', prefixLength: 29 }])
  await scene.settle()
  assert.is(scene.connection, 'disconnected')
})

test('F10: roaming is allowed or not before a session begins, and not touched where nothing is said', async () => {
  await using scene = new QmiScene()
  await scene.start({ serviceProviders: [{ apn: 'a', roamingAllowed: true }] })
  const [profile] = scene.modem.of('wds', 0x28)
  assert.is(profile?.tlvs.u8(0x3e), 0)
  assert.ok(
    scene.modem.asked.indexOf(profile as never) < scene.modem.asked.indexOf(scene.modem.of('wds', 0x20)[0] as never),
  )

  await using refused = new QmiScene()
  refused.modem.on('wds', 0x28, () => [[0xe0, hex('07 00')]])
  await refused.start({ serviceProviders: [{ apn: 'a', roamingAllowed: false }] })
  assert.equal(refused.modem.of('wds', 0x20), [])
  assert.match(String(refused.problem), /extended error 7/)
  await refused.after(29_000)
  assert.is(refused.modem.of('wds', 0x28).length, 1)
  await refused.after(1_000)
  assert.is(refused.modem.of('wds', 0x28).length, 2)

  await using silent = new QmiScene()
  await silent.start()
  assert.equal(silent.modem.of('wds', 0x28), [])
})

test('F11: a session that stands already is one; a call that fails is tried again after 30 s', async () => {
  await using standing = new QmiScene()
  standing.modem.connected = true
  standing.modem.on('wds', 0x20, () => NO_EFFECT)
  await standing.start()
  assert.is(standing.connection, 'internet')
  await standing.after(120_000)
  assert.is(standing.modem.of('wds', 0x20).length, 1)

  await using failing = new QmiScene()
  failing.modem.on('wds', 0x20, () => CALL_FAILED)
  await failing.start()
  assert.is(failing.get('apn'), 'internet')
  assert.match(String(failing.problem), /call_failed/)
  await failing.after(29_999)
  assert.is(failing.modem.of('wds', 0x20).length, 1)
  await failing.after(1)
  assert.is(failing.modem.of('wds', 0x20).length, 2)
})

test('F12: what the modem is, each asked again until it is told, then never', async () => {
  await using scene = new QmiScene()
  scene.properties.set('mobile/esn', 'old')
  scene.modem.on('dms', 0x22, () => 0x34)
  await scene.start()
  assert.equal([scene.get('manufacturer'), scene.get('imei'), scene.get('esn')], ['ACME', '356938035643809', undefined])
  assert.is(scene.get('model'), undefined)
  scene.modem.on('dms', 0x22, () => [[0x01, new TextEncoder().encode('X1')]])
  await scene.after(5_000)
  assert.is(scene.get('model'), 'X1')
  const asked = scene.modem.of('dms', 0x22).length
  await scene.after(60_000)
  assert.is(scene.modem.of('dms', 0x22).length, asked)
})

test('F14: the MTU is that of the modem; where it tells none it is asked again after 300 s', async () => {
  await using scene = new QmiScene()
  await scene.start()
  assert.is(scene.kernel.mirror.linkByName('wwan0')?.mtu, 1_430)
  await scene.end()
  assert.is(scene.kernel.mirror.linkByName('wwan0')?.mtu, 1_500)

  await using none = new QmiScene()
  const settings = [[0x1e, hex('0a 02 00 c0')] as const]
  none.modem.on('wds', 0x2d, () => settings)
  await none.start()
  assert.is(none.kernel.mirror.linkByName('wwan0')?.mtu, 1_500)
  none.modem.on('wds', 0x2d, () => [...settings, [0x29, hex('78 05 00 00')]])
  await none.after(299_000)
  assert.is(none.kernel.mirror.linkByName('wwan0')?.mtu, 1_500)
  await none.after(1_000)
  assert.is(none.kernel.mirror.linkByName('wwan0')?.mtu, 1_400)

  await using own = new QmiScene()
  await own.start({ mtu: 1_400 })
  assert.is(own.kernel.mirror.linkByName('wwan0')?.mtu, 1_500, 'the plan has set it')
})

test('F15: counters of the modem stand in a property, with the time', async () => {
  await using scene = new QmiScene()
  await scene.start()
  await scene.after(1_000)
  scene.modem.indicate('wds', 0x01, [
    [0x10, hex('05 00 00 00')],
    [0x11, hex('ff ff ff ff')],
    [0x66, hex('01')],
  ])
  await scene.settle()
  assert.equal(scene.get('statistics'), { timestamp: scene.clock.nowMs(), tx_packets: 5, rx_packets: 0 })
})

test('F17: nothing is connected before the radio technologies are set; a refusal is tried again after 30 s', async () => {
  await using scene = new QmiScene()
  scene.modem.on('nas', 0x33, () => 0x2e)
  await scene.start(RADIO)
  assert.ok(scene.warned(/set system selection preference/))
  assert.equal(scene.modem.of('wds', 0x20), [])
  scene.modem.on('nas', 0x33, () => [])
  await scene.after(30_000)
  assert.equal(scene.modem.of('wds', 0x20), [])
  await scene.after(1_000)
  assert.is(scene.connection, 'internet')
  assert.is(scene.modem.of('nas', 0x33).length, 2)
})

test('statistics that are refused hold nothing up, and are asked for again unless the modem has none', async () => {
  for (const [error, times] of [
    [0x2e, 2],
    [0x5e, 1],
  ] as const) {
    await using scene = new QmiScene()
    scene.modem.on('wds', 0x01, () => error)
    await scene.start(RADIO)
    assert.is(scene.connection, 'internet')
    await scene.after(30_000)
    assert.is(scene.modem.of('wds', 0x01).length, times)
    assert.is(scene.modem.of('nas', 0x33).length, 1)
  }
})

test('cells are asked for at once with the internet, and then every 25 s, once', async () => {
  await using scene = new QmiScene()
  await scene.start()
  assert.equal([scene.get('mcc'), scene.get('mnc'), scene.get('provider')], ['310', '260', 'T-Mobile'])
  scene.modem.serve(DETACHED)
  await scene.after(1_000)
  scene.modem.serve(SERVED)
  await scene.settle()
  const before = scene.modem.of('nas', 0x4d).length
  await scene.after(25_000)
  assert.is(scene.modem.of('nas', 0x4d).length, before + 1)
})

test('where and when the modem is', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.indicate('nas', 0x24, [
    [0x01, SERVED],
    [0x10, hex('01')],
    [0x1a, hex('04')],
    [0x1b, hex('01')],
    [0x1c, hex('ea 07 0b 1e 0c 05 09 04')],
    [0x1d, hex('34 12')],
    [0x1e, hex('78 56 34 12')],
  ])
  await scene.settle()
  assert.equal(
    ['roaming', 'utc_offset', 'std_offset', 'network_datetime', 'lac', 'cid'].map((name) => scene.get(name)),
    [false, 0, 3_600, '2026-11-30T12:05:09', 0x1234, 0x1234_5678],
  )
})

test('a modem that looks for its network is waited for, and tried after a minute', async () => {
  await using scene = new QmiScene()
  scene.modem.serving = SEARCHING
  await scene.start()
  assert.equal(scene.modem.of('wds', 0x20), [])
  await scene.after(59_000)
  assert.equal(scene.modem.of('wds', 0x20), [])
  scene.modem.serve(SERVED)
  await scene.settle()
  assert.is(scene.connection, 'internet')
})

test('IPv4 and IPv6 are two sessions by two clients; one that is refused leaves the other', async () => {
  await using scene = new QmiScene()
  await scene.start({ serviceProviders: [{ apn: 'a', ipFamily: 'both', username: 'u', password: 'p' }] })
  const starts = scene.modem.of('wds', 0x20)
  assert.equal(
    starts.map(({ tlvs, client }) => [tlvs.u8(0x19), tlvs.u8(0x16), tlvs.text(0x17), tlvs.text(0x18), client]),
    [
      [4, 3, 'u', 'p', 5],
      [6, 3, 'u', 'p', 6],
    ],
  )
  assert.equal(scene.addresses, ['192.0.2.10/29', '2001:db8:0:1::a/64'])
  assert.equal(scene.routes?.routes, [{ to: '::/0', via: '2001:db8:0:1::1' }])

  await using half = new QmiScene()
  half.modem.on('wds', 0x20, ({ tlvs }) => (tlvs.u8(0x19) === 6 ? CALL_FAILED : [[0x01, hex('01 00 00 00')]]))
  await half.start({ serviceProviders: [{ apn: 'a', ipFamily: 'both' }] })
  assert.is(half.connection, 'internet')
  assert.equal(half.addresses, ['192.0.2.10/29'])
})

test('a session that the network ends is begun again; its address goes meanwhile', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.connected = false
  scene.modem.indicate('wds', 0x22, [
    [0x01, hex('01 00')],
    [0x11, hex('06 00 21 00')],
  ])
  await scene.settle()
  assert.is(scene.connection, 'disconnected')
  assert.match(String(scene.problem), /ended the session \(3gpp reason 33\)/)
  assert.equal(scene.addresses, [])
  assert.is(scene.routes, undefined)
  await scene.after(1_000)
  assert.is(scene.connection, 'internet')
  assert.is(scene.modem.of('wds', 0x20).length, 2)
  assert.is(scene.problem, undefined)
})

test('a network that refuses the modem is told', async () => {
  await using scene = new QmiScene()
  scene.modem.serving = hex('03 02 02 00 00')
  await scene.start()
  assert.is(scene.get('registration'), 'denied')
  assert.is(scene.problem, 'the network refuses the modem')
})

test('another address that the network gives is taken over', async () => {
  await using scene = new QmiScene()
  await scene.start()
  scene.modem.on('wds', 0x2d, () => [
    [0x1e, hex('0b 02 00 c0')],
    [0x21, hex('f8 ff ff ff')],
  ])
  scene.modem.indicate('wds', 0x22, [[0x01, hex('02 01')]], 5)
  await scene.settle()
  assert.equal(scene.addresses, ['192.0.2.11/29'])
  assert.equal(scene.routes?.routes, [{ to: '0.0.0.0/0' }])
  assert.is(scene.connection, 'internet')
})

test('settings that the modem refuses to tell are asked again, and change nothing meanwhile', async () => {
  await using scene = new QmiScene()
  await scene.start()
  const answer = (): readonly [number, Uint8Array][] => [[0x1e, hex('0b 02 00 c0')]]
  scene.modem.on('wds', 0x2d, () => 0x34)
  scene.modem.indicate('wds', 0x22, [[0x01, hex('02 01')]])
  await scene.settle()
  assert.equal(scene.addresses, ['192.0.2.10/29'])
  assert.is(scene.connection, 'internet')
  scene.modem.on('wds', 0x2d, answer)
  await scene.after(5_000)
  assert.equal(scene.addresses, ['192.0.2.11/32'])
  assert.equal(scene.plans, [])
})

test('a modem that tells no address gets a DHCP client', async () => {
  await using scene = new QmiScene()
  scene.modem.on('wds', 0x2d, () => [[0x29, hex('96 05 00 00')]])
  await scene.start()
  await scene.after(5_000)
  assert.equal(scene.plans, ['dhcp'])
  assert.equal(scene.failures, [])
  scene.modem.packet(false)
  await scene.after(2_000)
  assert.equal(scene.failures, [{ reason: 'a new session needs a new lease', service: 'udhcpc' }])
})

test('a modem that is offline is set online; one that cannot do raw IP has its way', async () => {
  await using scene = new QmiScene()
  scene.modem.mode = 1
  scene.modem.on('wda', 0x20, () => [[0x11, hex('01 00 00 00')]])
  await scene.start()
  assert.is(scene.modem.mode, 0)
  assert.equal(scene.attributes, [{ path: '/sys/class/net/wwan0/qmi/raw_ip', text: 'N' }])
  assert.is(scene.connection, 'internet')
})

test('at the end the session is stopped and every client id is given back', async () => {
  await using scene = new QmiScene()
  await scene.start({ serviceProviders: [{ apn: 'a', ipFamily: 'both' }] })
  assert.ok(scene.modem.clients.size >= 6)
  await scene.end()
  assert.is(scene.modem.of('wds', 0x21).length, 2)
  assert.equal([...scene.modem.clients], [])
  assert.equal(scene.addresses, [])
})

test('no provider for the card is told, and nothing is tried', async () => {
  await using scene = new QmiScene()
  await scene.start({ serviceProviders: [{ apn: 'a', onlyIccidPrefixes: ['1'] }] })
  await scene.after(300_000)
  assert.equal(scene.modem.of('wds', 0x20), [])
  assert.match(String(scene.problem), /no service provider/)
})

test('a provider is chosen by the home network where the configuration asks for it', async () => {
  await using scene = new QmiScene()
  await scene.start({ serviceProviders: [{ apn: 'home', onlyPlmns: ['310260'] }, { apn: 'other' }] })
  assert.is(scene.get('apn'), 'home')
  await using other = new QmiScene()
  await other.start()
  assert.equal(other.modem.of('nas', 0x25), [], 'nobody asks otherwise')
})

test.run()
