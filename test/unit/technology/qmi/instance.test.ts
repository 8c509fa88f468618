/** The whole library around a modem. */

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { PowerManager } from '../../../../lib/index.js'
import { eventually } from '../../../support/eventually.js'
import { QmiWorld } from '../../../support/qmi-world.js'
import { ABSENT_CARD, ICCID, READY_CARD } from '../../../support/scripted-qmi-modem.js'

const at = (...path: string[]): string[] => ['interface', 'wwan0', ...path]
const CONFIG = { type: 'qmi', serviceProviders: [{ apn: 'internet' }] }
const OUR_PROTOCOL = 183

test('configure brings a modem online, and deconfigure leaves nothing of it', async () => {
  await using scene = await QmiWorld.create()
  const { world, modem } = scene
  scene.plug()
  const net = await scene.start()
  await net.configure('wwan0', CONFIG)
  await net.until(at('connection'), 'internet')
  assert.is(net.get(at('mobile', 'iccid')), ICCID)
  assert.equal(scene.attributes, ['raw_ip=Y'])
  assert.match(JSON.stringify(net.get(['name_servers'])), /192\.0\.2\.53/)
  await eventually('resolv.conf has it', () => /192\.0\.2\.53/.test(readFileSync(world.resolvConf, 'utf8')))
  const { mirror } = world.kernel
  assert.ok(mirror.routes().some(({ gateway, destination }) => gateway === '192.0.2.9' && destination === 'default'))
  assert.ok(mirror.addresses().some(({ address, protocol }) => address === '192.0.2.10' && protocol === OUR_PROTOCOL))

  await world.during(net.deconfigure('wwan0'))
  await world.during(net.until(at('state'), 'configured'))
  await eventually('the address goes', () => !mirror.addresses().some(({ address }) => address === '192.0.2.10'))
  await eventually(
    'the routes go',
    () => !mirror.routes().some(({ protocol, gateway }) => protocol === OUR_PROTOCOL && gateway !== undefined),
  )
  await eventually('the properties go', () => net.match(at('mobile', '*')).length === 0)
  assert.is(modem.of('wds', 0x21).length, 1)
  assert.equal([...modem.clients], [])
  assert.is(mirror.linkByName('wwan0')?.mtu, 1_500)
})

test('a card that is missing stands in reason, until one is put in', async () => {
  await using scene = await QmiWorld.create()
  scene.plug()
  scene.modem.card = ABSENT_CARD
  const net = await scene.start()
  await net.configure('wwan0', CONFIG)
  await net.until(at('reason'), (reason) => /no SIM card/.test(String(reason)))
  assert.is(net.get(at('state')), 'configured')
  scene.modem.insert(READY_CARD)
  await net.until(at('connection'), 'internet')
  await net.until(at('reason'), undefined)
})

test('a modem that is unplugged and comes back is online again by itself; others are left alone', async () => {
  await using scene = await QmiWorld.create()
  const { world } = scene
  scene.plug()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const net = await scene.start()
  await net.configure('eth0', {
    type: 'ethernet',
    ipv4: { method: 'static', address: '198.51.100.2', prefixLength: 24 },
  })
  await net.until(['interface', 'eth0', 'connection'], 'lan')
  await net.configure('wwan0', CONFIG)
  await net.until(at('connection'), 'internet')
  scene.unplug()
  await net.until(at('connection'), 'disconnected')
  assert.is(net.get(['interface', 'eth0', 'connection']), 'lan')
  scene.plug()
  await world.during(net.until(at('connection'), 'internet'))
  await net.until(at('reason'), undefined)
})

test('a control channel that another program has is told, and taken when it is free', async () => {
  await using scene = await QmiWorld.create()
  const { world } = scene
  scene.plug()
  const other = await world.kernel.openDevice('/dev/cdc-wdm0', { message: () => undefined, end: () => undefined })
  const net = await scene.start()
  await net.configure('wwan0', CONFIG)
  await net.until(at('reason'), (reason) => /cdc-wdm0.*EBUSY/.test(String(reason)))
  await other.close()
  await world.during(net.until(at('connection'), 'internet'))
})

test('the last rung of the ladder is the power manager of the interface', async () => {
  await using scene = await QmiWorld.create()
  const { world, modem } = scene
  scene.plug()
  modem.on('wds', 0x20, () => 0x0e)
  let offs = 0
  const manager: PowerManager = {
    isOn: () => true,
    powerOn: () => ({ holdMs: 0 }),
    startPoweringOff: () => ({ limitMs: 10 }),
    powerOff: () => {
      offs += 1
      return { minimumOffMs: 10 }
    },
  }
  const net = await scene.start({ powerManagers: { wwan0: { manager, watchdogTimeoutMs: 3_600_000 } } })
  await net.configure('wwan0', CONFIG)
  for (let attempt = 1; attempt < 6; attempt += 1) {
    await eventually(`attempt ${attempt}`, () => modem.of('wds', 0x20).length === attempt)
    await eventually('its end', () => /call_failed/.test(String(net.get(at('reason')))))
    assert.is(offs, 0)
    // After the third the radio is off for two seconds.
    await world.clock.advance(attempt === 3 ? 2_000 : 30_000)
  }
  await world.during(eventually('the power is switched', () => offs === 1))
})

test('passwords and PIN appear nowhere', async () => {
  await using scene = await QmiWorld.create()
  scene.plug()
  const net = await scene.start()
  const provider = { apn: 'internet', username: 'someone', password: 'hidden-word' }
  await net.configure('wwan0', { type: 'qmi', serviceProviders: [provider], pin: '98761' })
  await net.until(at('connection'), 'internet')
  const shown = [
    net.getByPrefix([]),
    net.info(),
    net.snapshot(),
    net.plan('wwan0', { type: 'qmi', serviceProviders: [provider], pin: '98761' }),
    scene.world.logs,
  ]
  assert.not.match(JSON.stringify(shown), /hidden-word|98761/)
  const [start] = scene.modem.of('wds', 0x20)
  assert.is(start?.tlvs.text(0x18), 'hidden-word', 'the modem has it')
})

test('another access point is taken over without taking the link down', async () => {
  await using scene = await QmiWorld.create()
  scene.plug()
  const net = await scene.start()
  await net.configure('wwan0', CONFIG)
  await net.until(at('connection'), 'internet')
  await net.configure('wwan0', { ...CONFIG, serviceProviders: [{ apn: 'other' }] })
  await net.until(at('mobile', 'apn'), 'other')
  await net.until(at('connection'), 'internet')
  assert.equal(scene.attributes, ['raw_ip=Y'])
})

test('a modem without an address of its own word is asked by DHCP', async () => {
  await using scene = await QmiWorld.create()
  const { world, modem } = scene
  scene.plug()
  world.daemons.on('udhcpc')
  modem.on('wds', 0x2d, () => [])
  const net = await scene.start()
  await net.configure('wwan0', CONFIG)
  for (let asked = 1; asked <= 5; asked += 1) {
    await eventually('the settings are asked for', () => modem.of('wds', 0x2d).length === asked)
    await world.clock.advance(1_000)
  }
  await eventually('a DHCP client runs', () => world.daemons.running('udhcpc').length === 1)
  assert.is(modem.of('wds', 0x20).length, 1, 'the session goes on')
})

test.run()
