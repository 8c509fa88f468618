/** What is asked of a modem again and again. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { startDiscovery } from '../../../../lib/technology/mobile/discovery.js'
import { forgetModem, MOBILE_PROPERTIES } from '../../../../lib/technology/mobile/forget.js'
import type { StepContext } from '../../../../lib/technology/plan.js'
import { ModemScene } from '../../../support/modem-scene.js'

const OK = '\r\nOK\r\n'

async function started(): Promise<ModemScene> {
  const scene = new ModemScene()
  scene.plug()
  await scene.start({ monitors: ['signal', 'cell', 'info'] })
  return scene
}

test('E11: the signal is asked for while there is a connection, and is not known otherwise', async () => {
  await using scene = await started()
  await scene.clock.advance(120_000)
  assert.is(scene.asked('AT+CSQ'), 0)
  const signal = () => ['asu', 'dbm', '4bars'].map((name) => scene.property(`signal_${name}`))
  assert.equal(signal(), [99, -113, 0])
  await scene.connection('internet')
  assert.equal(signal(), [17, -79, 3])
  scene.modem.answer('AT+CSQ', `\r\n+CSQ: 2,99\r\n${OK}`)
  await scene.clock.advance(60_000)
  assert.equal(signal(), [2, -109, 1])
  await scene.connection('lan')
  assert.equal(signal(), [99, -113, 0])
})

test('E29: the signal is asked for often while somebody looks, seldom otherwise', async () => {
  await using scene = await started()
  await scene.connection('internet')
  scene.modem.commands.length = 0
  await scene.clock.advance(60_000)
  assert.is(scene.asked('AT+CSQ'), 1)
  scene.watch(true)
  await scene.clock.advance(60_000)
  assert.ok(scene.asked('AT+CSQ') >= 12)
  scene.watch(false)
  scene.modem.commands.length = 0
  await scene.clock.advance(60_000)
  assert.ok(scene.asked('AT+CSQ') <= 2)
})

test('E9: cell and network come with the connection, and go with the registration or the connection', async () => {
  await using scene = await started()
  assert.is(scene.property('registration'), 'home')
  assert.is(scene.property('lac'), undefined)
  await scene.connection('internet')
  const names = ['lac', 'cid', 'network', 'mcc', 'mnc', 'access_technology', 'band', 'channel']
  const cell = () => names.map((name) => scene.property(name))
  assert.equal(cell(), [4_319, 18_677_287, 'Acme Mobile', 208, 1, 'FDD LTE', 'LTE BAND 20', 6_300])
  scene.modem.tell('+CREG: 3')
  await scene.clock.advance(0)
  assert.equal(
    cell(),
    names.map(() => undefined),
  )
  assert.is(scene.property('registration'), 'denied')
  await scene.clock.advance(30_000)
  assert.is(scene.property('registration'), 'home')
  assert.is(scene.property('network'), 'Acme Mobile')
  await scene.connection('lan')
  assert.equal(
    cell(),
    names.map(() => undefined),
  )
})

test('E13: a question that fails or is not answered costs its answer, and nothing else', async () => {
  await using scene = await started()
  scene.modem.answer('AT+CREG=2', '\r\nERROR\r\n')
  scene.modem.answer('AT+QNWINFO', null)
  scene.modem.answer('AT+QSPN', '\r\n+QSPN: garbage\r\n\r\nOK\r\n')
  await scene.connection('internet')
  await scene.clock.advance(5_000)
  assert.is(scene.property('lac'), 4_319)
  assert.is(scene.property('network'), undefined)
  assert.is(scene.problem, undefined)
  assert.ok(scene.logs.some(({ details }) => details['command'] === 'AT+QNWINFO'))
  scene.modem.answer('AT+QNWINFO', `\r\n+QNWINFO: No Service\r\n${OK}`)
  await scene.clock.advance(30_000)
  assert.is(scene.property('access_technology'), 'No Service')
  assert.equal(scene.gate, [true])
})

test('E30: the numbers of subscriber and card are asked for once', async () => {
  await using scene = await started()
  await scene.clock.advance(500)
  assert.is(scene.property('imsi'), '001010123456789')
  assert.is(scene.property('iccid'), '8988211000000000001F')
  await scene.clock.advance(600_000)
  assert.is(scene.asked('AT+CIMI'), 1)
})

test('E30: what is no such number is not known', async () => {
  const scene = new ModemScene()
  await using _ = scene
  scene.plug()
  scene.modem.answer('AT+CIMI', `\r\n00101\r\nmore\r\n${OK}`)
  scene.modem.answer('AT+QCCID', '\r\nERROR\r\n')
  await scene.start({ monitors: ['info'] })
  await scene.clock.advance(500)
  assert.equal(
    ['imsi', 'iccid'].map((name) => scene.property(name)),
    ['Unknown', 'Unknown'],
  )
})

test('E31: the end of a configuration takes every property away', async () => {
  await using scene = await started()
  await scene.connection('internet')
  await scene.clock.advance(1_000)
  assert.equal([...scene.properties.keys()].sort(), MOBILE_PROPERTIES.map((path) => path.join('/')).sort())
  await scene.stop()
  await forgetModem.run(null, scene.context as unknown as StepContext)
  assert.is(scene.properties.size, 0)
})

const EC21 = { plan: 'quectel-ec21', pppPort: '/dev/ttyUSB3' }

test('E6: a modem counts as found when the port that dials is there, of the same device', async () => {
  await using scene = new ModemScene()
  scene.ports.plug('/dev/ttyUSB0', { usbId: '2c7c:0121' })
  await using _part = await startDiscovery({ modems: { '2c7c:0121': EC21 } }, scene.context)
  await scene.clock.advance(30_000)
  assert.equal(scene.taken, [])
  assert.match(scene.problem ?? '', '/dev/ttyUSB3: not there')
  assert.match(scene.problem ?? '', 'quectel-ec21')
  scene.ports.plug('/dev/ttyUSB3', { usbId: '0403:6001' })
  await scene.clock.advance(30_000)
  assert.equal(scene.taken, [], "another device's")
  scene.ports.plug('/dev/ttyUSB3', { usbId: '2c7c:0121' })
  await scene.clock.advance(3_000)
  assert.equal(scene.taken, ['quectel-ec21'])
})

test('E6: a modem that is known by its USB id is found, sooner or later', async () => {
  await using scene = new ModemScene()
  scene.ports.plug('/dev/ttyS0')
  scene.ports.plug('/dev/ttyUSB0', { usbId: '0403:6001' })
  const part = await startDiscovery({ modems: { '2c7c:0121': EC21 } }, scene.context)
  assert.match(scene.problem ?? '', 'no modem is there')
  await scene.clock.advance(9_000)
  assert.equal(scene.taken, [])
  scene.ports.plug('/dev/ttyUSB3', { usbId: '2c7c:0121' })
  await scene.clock.advance(3_000)
  assert.equal(scene.taken, ['quectel-ec21'])
  await part[Symbol.asyncDispose]()
  await scene.clock.advance(30_000)
  assert.equal(scene.taken, ['quectel-ec21'])
  assert.is(scene.clock.pendingTimers, 0)
})

test.run()
