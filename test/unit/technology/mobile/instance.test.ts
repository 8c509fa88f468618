/** A mobile interface in a whole instance. */

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Modem } from '../../../../lib/index.js'
import { eventually } from '../../../support/eventually.js'
import { ADDRESS, at, EC25, PEER, PppScene, SERVERS } from '../../../support/ppp-scene.js'

const defaultRoutes = async ({ world }: PppScene) =>
  (await world.kernel.routes({ table: 254 }))
    .filter(({ destination, protocol }) => destination === 'default' && protocol === 183)
    .map(({ gateway }) => gateway)

test('E12: what pppd tells becomes routes, name servers and a connection, and goes with ip-down', async () => {
  await using scene = await PppScene.create()
  const { world } = scene
  const pppd = await scene.online()
  assert.equal(await defaultRoutes(scene), [PEER])
  const rules = await world.kernel.rules()
  assert.ok(rules.some(({ from, protocol }) => from === `${ADDRESS}/32` && protocol === 183))
  await eventually('the file has both', () => {
    const text = readFileSync(world.resolvConf, 'utf8')
    return SERVERS.every((server) => text.includes(`nameserver ${server}`))
  })
  assert.equal(scene.net.get(['available_interfaces']), ['ppp0'])
  assert.is(scene.net.get(at('reason')), undefined)

  await scene.ends(pppd, 16)
  await world.during(eventually('it is told', () => scene.net.get(at('connection')) === 'disconnected'))
  await eventually('no servers', () => (scene.net.get(['name_servers']) as unknown[]).length === 0)
  assert.equal(await defaultRoutes(scene), [])
  assert.equal(scene.net.get(['available_interfaces']), [])
})

test('E12: one name server, or none, is as good', async () => {
  await using scene = await PppScene.create()
  scene.plug()
  await scene.start()
  await scene.connected(await scene.pppd(), { DNS2: '' })
  await scene.world.during(scene.net.until(at('connection'), 'internet'))
  assert.equal(
    (scene.net.get(['name_servers']) as { address: string }[]).map(({ address }) => address),
    SERVERS.slice(0, 1),
  )
})

test('E23: pppd is started anew when it ends, and the reason says why it ended', async () => {
  await using scene = await PppScene.create()
  const { world, net } = await (async () => {
    scene.plug()
    return { world: scene.world, net: await scene.start() }
  })()
  const reasonAfter = async (exitCode: number, ...lines: string[]): Promise<unknown> => {
    await scene.ends(await scene.pppd(), exitCode, lines)
    return net.get(at('reason'))
  }
  assert.is(await reasonAfter(19, 'PAP authentication failed'), 'pppd: the network refused the user name or password')
  assert.is(await reasonAfter(8, 'Failed (NO CARRIER)'), 'pppd: the modem answered NO CARRIER')
  assert.is(await reasonAfter(16, 'No response to 3 echo-requests'), 'pppd: the network has stopped answering')
  assert.match(String(await reasonAfter(77)), 'status 77')
  const pppd = await scene.pppd()
  await scene.connected(pppd)
  await world.during(net.until(at('connection'), 'internet'))
  assert.is(net.get(at('reason')), undefined)
  assert.is(JSON.stringify(world.logs).includes('sunny-day-42'), false)
})

test('E23: without pppd the reason says so, and it is tried again', async () => {
  await using scene = await PppScene.create()
  scene.plug()
  scene.world.daemons.missing('pppd')
  const net = await scene.start()
  await scene.world.during(eventually('it is told', () => /pppd/.test(String(net.get(at('reason'))))))
  assert.match(String(net.get(at('reason'))), 'not found')
  scene.world.daemons.on('pppd')
  await scene.pppd()
})

test('E32: a conversation with the modem that goes wrong in every way drops no session', async () => {
  await using scene = await PppScene.create()
  const { world } = scene
  const pppd = await scene.online()
  scene.modem.silence(true)
  await world.clock.advance(120_000)
  scene.modem.silence(false)
  scene.modem.answer(/./, '\r\nERROR\r\n')
  await world.clock.advance(120_000)
  scene.modem.answer(/./, () => '~}#!\r\n+CSQ: x\r\n+CREG: \r\n+QSPN: "\r\nOK\r\n')
  await world.clock.advance(120_000)
  // Only the port of the conversation goes, as when another program takes it.
  scene.ports.unplug('/dev/ttyUSB2')
  await world.clock.advance(120_000)
  assert.ok(pppd.running)
  assert.is(world.daemons.children.filter(({ program }) => program === 'pppd').length, 1)
  assert.is(scene.net.get(at('connection')), 'internet')
})

test('E24: a modem that is unplugged ends pppd; when it is back, all is as before', async () => {
  await using scene = await PppScene.create()
  const pppd = await scene.online()
  scene.unplug()
  await scene.ends(pppd, 16, ['Modem hangup'])
  await scene.world.clock.advance(60_000)
  assert.match(String(scene.net.get(at('reason'))), '/dev/ttyUSB3: no such device')
  assert.is(scene.world.daemons.running('pppd').length, 0)
  scene.plug()
  await scene.connected(await scene.pppd())
  await scene.world.during(scene.net.until(at('connection'), 'internet'))
  assert.is(scene.net.get(at('reason')), undefined)
})

test('E33: another interface notices nothing, and nothing is left after the stop', async () => {
  await using scene = await PppScene.create()
  const { world } = scene
  world.kernel.lab.addLink({ ifname: 'eth0' })
  const ipv4 = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' } as const
  scene.plug()
  const net = await scene.start({ config: { ppp0: EC25, eth0: { type: 'ethernet', ipv4 } } })
  await world.during(net.until(['interface', 'eth0', 'connection'], 'internet'))
  const changed: string[] = []
  net.subscribe(['interface', 'eth0'], ({ path }) => changed.push(path.join('/')))
  const pppd = await scene.pppd()
  await scene.connected(pppd)
  await world.during(net.until(at('connection'), 'internet'))
  assert.equal(net.get(['available_interfaces']), ['eth0', 'ppp0'])
  scene.modem.answer('AT+CPIN?', '\r\n+CME ERROR: 10\r\n')
  scene.modem.tell('RDY')
  await scene.ends(pppd, 16)
  await world.clock.advance(60_000)
  assert.equal(changed, [])
  await world.during(net.stop())
  assert.is(scene.ports.isOpen('/dev/ttyUSB2'), false)
  assert.is(world.daemons.running('pppd').length, 0)
  assert.equal(net.match(at('mobile', '*')), [])
  assert.equal(
    (await world.kernel.routes()).filter(({ protocol }) => protocol === 183),
    [],
  )
})

test('E6: an automatic modem is found, used, given up and found again; its configuration stays automatic', async () => {
  await using scene = await PppScene.create()
  const { world } = scene
  const config = { ...EC25, modem: 'automatic' }
  const net = await scene.start({ config: {} })
  await net.configure('ppp0', config)
  await world.clock.advance(60_000)
  assert.match(String(net.get(at('reason'))), 'no modem is there')
  scene.plug('2c7c:0121')
  const pppd = await scene.pppd()
  await world.during(net.until(at('mobile', 'modem'), 'quectel-ec21'))
  assert.equal(net.getConfiguration('ppp0'), config)
  scene.unplug()
  await scene.ends(pppd, 16)
  await world.during(eventually('it is looked for', () => /no modem is there/.test(String(net.get(at('reason'))))))
  scene.plug('2c7c:0296')
  await world.during(net.until(at('mobile', 'modem'), 'quectel-bg96'))
})

test('E6: an automatic modem whose ports come one after the other is waited for, and its plan is taken once', async () => {
  await using scene = await PppScene.create()
  const { world } = scene
  scene.ports.plug('/dev/ttyUSB0', { usbId: '2c7c:0125' })
  const net = await scene.start({ config: {} })
  const models: unknown[] = []
  net.subscribe(at('mobile', 'modem'), ({ newValue }) => models.push(newValue))
  await net.configure('ppp0', { ...EC25, modem: 'automatic' })
  await world.clock.advance(60_000)
  assert.match(String(net.get(at('reason'))), '/dev/ttyUSB3: not there')
  assert.equal(models, [])
  scene.plug()
  await scene.connected(await scene.pppd())
  await world.during(net.until(at('connection'), 'internet'))
  assert.equal(models, ['quectel-ec25'])
})

test('E19: a modem of the user is dialled without a line of the package changed', async () => {
  await using scene = await PppScene.create()
  scene.ports.plug('/dev/ttyAMA0')
  const acme: Modem = {
    name: 'acme-9000',
    pppTty: 'ttyAMA0',
    speed: 921_600,
    monitors: [],
    script: () => ['OK AT^ACME'],
  }
  await scene.start({ modems: [acme], config: { ppp0: { ...EC25, modem: 'acme-9000' } } })
  const { request } = await scene.pppd()
  assert.ok(request.args.includes('/dev/ttyAMA0'))
  assert.ok(request.args.includes('921600'))
  assert.match(readFileSync(`${scene.world.folder}/run/private/chatscript.ppp0`, 'utf8'), 'OK AT^ACME')
})

test('E19: what is no modem is refused by the name of the option', async () => {
  await using scene = await PppScene.create()
  const wrong = [{}, { name: 'X', speed: 1, monitors: [] }, { name: 'automatic', speed: 1, monitors: [] }, null, 'x']
  for (const modem of wrong) {
    const thrown = await scene.start({ modems: [modem as Modem] }).then(
      () => undefined,
      (error: { code?: string; field?: string }) => error,
    )
    assert.is(thrown?.code, 'ERR_INVALID_CONFIG', JSON.stringify(modem))
    assert.is(thrown?.field, 'modems')
  }
})

test('E34: a change of the PIN leaves pppd alone, a change of the provider does not', async () => {
  await using scene = await PppScene.create()
  const pppd = await scene.online()
  const { net, world } = scene
  await net.configure('ppp0', { ...EC25, pin: '1234' })
  await world.during(net.until(at('state'), 'configured'))
  await world.clock.advance(1_000)
  assert.ok(pppd.running)
  assert.is(net.get(at('connection')), 'internet')
  await net.configure('ppp0', { ...EC25, serviceProviders: [{ apn: 'other.example' }] })
  await world.during(eventually('it has ended', () => !pppd.running))
  assert.match(readFileSync(`${world.folder}/run/private/chatscript.ppp0`, 'utf8'), 'other.example')
  await scene.pppd()
})

test.run()
