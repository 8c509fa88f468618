/** What a modem's part keeps and forgets: of sessions that end early, of indications, and from one start to the next. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QmiScene } from '../../../support/qmi-scene.js'
import { hex, SEARCHING, SERVED } from '../../../support/scripted-qmi-modem.js'

const CALL_FAILED = 0x0e

test('a session that ends while the other one is being started is lost, and both begin anew', async () => {
  await using scene = new QmiScene()
  const { modem } = scene
  let endings = 1
  modem.on('wds', 0x20, ({ tlvs, client }) => {
    if (tlvs.u8(0x19) === 6 && endings > 0) {
      endings -= 1
      modem.indicate('wds', 0x22, [[0x01, hex('01 00')]], 5)
    }
    return [[0x01, Uint8Array.of(client, 0, 0, 0x10)]]
  })
  await scene.start({ serviceProviders: [{ apn: 'a', ipFamily: 'both' }] })
  assert.is(scene.connection, 'disconnected')
  assert.match(String(scene.problem), /ended the session/)
  assert.equal(scene.addresses, [])
  assert.equal(
    modem.of('wds', 0x21).map(({ client }) => client),
    [6],
    'what has ended is not stopped',
  )
  await scene.after(1_000)
  assert.is(scene.connection, 'internet')
  assert.is(scene.problem, undefined)
  assert.equal(scene.addresses, ['192.0.2.10/29', '2001:db8:0:1::a/64'])
})

test('that a modem tells no address outlives its part, and so does the count of failures', async () => {
  await using scene = new QmiScene()
  const { modem } = scene
  modem.on('wds', 0x2d, () => [[0x29, hex('96 05 00 00')]])
  modem.on('wds', 0x20, () => CALL_FAILED)
  await scene.start()
  modem.on('wds', 0x20, () => [[0x01, hex('01 00 00 00')]])
  await scene.after(35_000)
  assert.equal(scene.plans, ['dhcp'])
  assert.equal(scene.note, { failures: 1, silent: 0, dhcp: true })
  await scene.end()
  const asked = modem.of('wds', 0x2d).length
  await scene.start()
  await scene.after(10_000)
  assert.is(modem.of('wds', 0x2d).length, asked + 1)
  assert.equal(scene.plans, ['dhcp'])
  assert.equal(scene.note, { failures: 1, silent: 0, dhcp: true })
})

test('what an indication leaves out stays while a network is there, and goes with it', async () => {
  await using scene = new QmiScene()
  await scene.start()
  const shown = (): unknown[] =>
    ['registration', 'roaming', 'network', 'lac', 'cid', 'tac'].map((name) => scene.get(name))
  scene.modem.indicate('nas', 0x24, [
    [0x01, SERVED],
    [0x10, hex('00')],
    [0x12, hex('36 01 04 01 04 41 43 4d 45')],
    [0x1d, hex('34 12')],
    [0x1e, hex('78 56 34 12')],
    [0x25, hex('02 01')],
  ])
  await scene.settle()
  const all = ['roaming', true, 'ACME', 0x1234, 0x1234_5678, 0x0102]
  assert.equal(shown(), all)
  scene.modem.serve(SERVED)
  await scene.settle()
  assert.equal(shown(), all)
  scene.modem.serve(SEARCHING)
  await scene.settle()
  assert.equal(shown(), ['searching', ...Array.from({ length: 5 }, () => undefined)])
  scene.modem.serve(SERVED)
  await scene.settle()
  assert.is(scene.get('registration'), 'home', 'what was told before the loss is forgotten')
})

test.run()
