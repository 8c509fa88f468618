/** Mobile: the library's pppd against another one, and AT commands over a serial port of USB. */

import { readFile } from 'node:fs/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../lib/base/clock.js'
import type { VintageNet } from '../../lib/index.js'
import type { SerialPort } from '../../lib/serial/serial-ports.js'
import { systemSerialPorts } from '../../lib/serial/system-serial-ports.js'
import { AtPort } from '../../lib/technology/mobile/at/port.js'
import { ScriptedModem } from '../../lib/testing/scripted-modem.js'
import { eventually } from '../support/eventually.js'
import { recordingLogger } from '../support/fake-instance.js'
import { mustRun } from '../support/lab/command.js'
import { FAR_ADDRESS, MobileNetwork, NAME_SERVERS, OUR_ADDRESS } from '../support/mobile-network.js'
import { SystemScene } from '../support/system-scene.js'

const test = suite('mobile')

/** An emulated machine: a program takes seconds to start. */
const CALL_DEADLINE = { deadlineMs: 90_000 }
const at = (...path: string[]): string[] => ['interface', 'ppp0', ...path]

/** A host whose only way out is a modem. */
class Scene implements AsyncDisposable {
  readonly system: SystemScene
  readonly network: MobileNetwork

  static async create(): Promise<Scene> {
    const system = await SystemScene.create()
    // Its router is the mobile network's; its cable to our host is not used.
    const { routerNamespace } = await system.uplink('eth1', 'none')
    return new Scene(system, await MobileNetwork.create(routerNamespace))
  }

  private constructor(system: SystemScene, network: MobileNetwork) {
    this.system = system
    this.network = network
  }

  async online(): Promise<VintageNet> {
    const net = await this.system.start({ config: { ppp0: this.network.config() } })
    await this.told(net.until(at('connection'), 'internet', CALL_DEADLINE))
    return net
  }

  /** The same; where it fails, with what pppd has said. */
  async told<T>(waiting: Promise<T>): Promise<T> {
    return await waiting.catch((cause: unknown) => {
      const said = this.system.logs.map(({ message }) => message).filter((line) => line.startsWith('pppd'))
      throw new Error(`pppd said:\n${said.slice(-40).join('\n')}`, { cause })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network[Symbol.asyncDispose]()
    await this.system[Symbol.asyncDispose]()
  }
}

test('address, routes and name servers come with a call, the modem is watched beside it, and nothing is left', async () => {
  await using scene = await Scene.create()
  const { system, network } = scene
  const net = await scene.online()
  assert.equal(
    (await system.addresses('ppp0')).map(({ local }) => local),
    [OUR_ADDRESS],
  )
  assert.is(await system.wayOut(), 'ppp0')
  const ways = (await system.routes('main')).filter(({ dst }) => dst === 'default')
  assert.equal(
    ways.map(({ dev, gateway, protocol }) => [dev, gateway, protocol]),
    [['ppp0', FAR_ADDRESS, '183']],
  )
  const text = await readFile(system.resolvConf, 'utf8')
  for (const server of NAME_SERVERS) assert.match(text, `nameserver ${server}`)
  assert.is((await net.ping('203.0.113.3', { ifname: 'ppp0', deadlineMs: 10_000 })).outcome, 'connected')

  // Somebody looks: the signal is asked for at once.
  net.subscribe(at('mobile'), () => undefined)
  await net.until(at('mobile', 'signal_asu'), 17, CALL_DEADLINE)
  await net.until(at('mobile', 'network'), 'Acme Mobile', CALL_DEADLINE)
  assert.is(net.get(at('mobile', 'sim')), 'ready')
  assert.ok(network.dialler.commands.includes('AT+CGDCONT=1,"IP","internet.example"'))
  assert.ok(network.dialler.commands.includes('ATDT*99***1#'))
  assert.is(JSON.stringify(system.logs).includes('et#1'), false)

  await net.stop()
  assert.equal(await system.pids('pppd'), [])
  assert.equal(await system.ours(), [])
  assert.is(
    (await system.links()).some(({ ifname }) => ifname === 'ppp0'),
    false,
  )
  assert.equal(net.match(at('mobile', '*')), [])
})

test('a call that the network ends is made again; a number that is engaged is told, and tried until it is free', async () => {
  await using scene = await Scene.create()
  const net = await scene.online()
  const [first] = await scene.system.pids('pppd')
  scene.network.setBusy(true)
  await scene.network.endCall()
  await net.until(at('connection'), 'disconnected', CALL_DEADLINE)
  const busy = (reason: unknown): boolean => /the modem answered BUSY/.test(String(reason))
  await scene.told(net.until(at('reason'), busy, CALL_DEADLINE))
  assert.is(await scene.system.wayOut(), undefined)
  scene.network.setBusy(false)
  await net.until(at('connection'), 'internet', CALL_DEADLINE)
  assert.is(await scene.system.wayOut(), 'ppp0')
  assert.is.not((await scene.system.pids('pppd'))[0], first)
  assert.is(net.get(at('reason')), undefined)
})

test('a wrong password is a reason, and the right one mends it', async () => {
  await using scene = await Scene.create()
  const net = await scene.system.start({ config: { ppp0: scene.network.config({ password: 'wr"ong' }) } })
  const refused = (reason: unknown): boolean => /refused the user name or password/.test(String(reason))
  await scene.told(net.until(at('reason'), refused, CALL_DEADLINE))
  await net.configure('ppp0', scene.network.config(), { persist: false })
  await net.until(at('connection'), 'internet', CALL_DEADLINE)
  assert.is(net.get(at('reason')), undefined)
})

/** Both ends of a serial port that a USB gadget offers: ttyGS0 is the modem's, ttyACM0 ours. */
test('AT commands over a serial port of USB: answers, echoes, garbage, silence, and the device goes', async () => {
  for (const module of ['dummy_hcd', 'cdc_acm', 'g_serial']) await mustRun('modprobe', [module])
  const [GADGET, HOST] = ['/dev/ttyGS0', '/dev/ttyACM0']
  const bothThere = async () => (await systemSerialPorts.exists(GADGET)) && (await systemSerialPorts.exists(HOST))
  await eventually('both ends are there', bothThere, { deadlineMs: 20_000 })
  const ours = (await systemSerialPorts.list()).find(({ path }) => path === HOST)
  assert.equal(ours, { path: HOST, usbId: '0525:a4a7' })

  let far: SerialPort | undefined
  const modem = new ScriptedModem((text) => void far?.write(Buffer.from(text, 'latin1')))
  const listener = { data: (octets: Uint8Array) => modem.received(octets), closed: () => undefined }
  far = await systemSerialPorts.open({ path: GADGET, baudRate: 115_200 }, listener)
  const ends: string[] = []
  const context = { clock: systemClock, logger: recordingLogger([]), serialPorts: systemSerialPorts, ifname: 'ppp0' }
  const onClosed = (reason: string) => void ends.push(reason)
  const port = await AtPort.open(context, { path: HOST, speed: 115_200, onClosed })
  const heard: string[] = []
  port.listen('+CSQ:', (line) => heard.push(line))

  assert.equal(await port.send('ATE0'), { type: 'ok', lines: [] })
  assert.equal(await port.send('AT+CIMI'), { type: 'ok', lines: ['001010123456789'] })
  modem.echo(true)
  modem.answer('AT+CSQ', '~}#!\r\nRING\r\n+CSQ: 21,99\r\n\r\nOK\r\n')
  const noisy = await port.send('AT+CSQ')
  assert.is(noisy.type, 'ok')
  assert.equal(heard, ['+CSQ: 21,99'])
  assert.equal(await port.send('AT+NONE'), { type: 'error', line: 'ERROR' })
  modem.silence(true)
  const [silent, behind] = [port.send('AT+CSQ', { timeoutMs: 300 }), port.send('AT+CIMI', { timeoutMs: 5_000 })]
  assert.equal(await silent, { type: 'timeout' })
  modem.silence(false)
  assert.equal(await behind, { type: 'ok', lines: ['001010123456789'] })

  modem.silence(true)
  const waiting = port.send('AT', { timeoutMs: 60_000 })
  await far.close()
  await mustRun('modprobe', ['-r', 'g_serial'])
  assert.equal(await waiting, { type: 'closed' })
  assert.equal(ends.length, 1)
  assert.match(ends[0] ?? '', HOST)
  await port.close()
  await eventually('the port is gone', async () => !(await systemSerialPorts.exists(HOST)))
})

test.run()
