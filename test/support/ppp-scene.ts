/** A whole instance with a mobile interface: a fake kernel, a modem behind fake serial ports, and a pppd that a test plays. */

import type { VintageNet, VintageNetOptions } from '../../lib/index.js'
import { FakeSerialPorts } from '../../lib/testing/fake-serial-ports.js'
import { daemonEvent, type ScriptedChild } from '../../lib/testing/scripted-daemon.js'
import { ScriptedModem } from '../../lib/testing/scripted-modem.js'
import { eventually } from './eventually.js'
import { FakeWorld } from './fake-instance.js'
import { AT_PORT, PPP_PORT } from './modem-scene.js'

export const ADDRESS = '10.64.0.9'
export const PEER = '10.64.64.64'
export const SERVERS = ['198.51.100.1', '198.51.100.2']
/** EC25 of a usual provider. */
export const EC25 = {
  type: 'mobile',
  modem: 'quectel-ec25',
  serviceProviders: [{ apn: 'm2m.example', user: 'modem', password: 'sunny-day-42' }],
} as const

export const at = (...path: string[]): string[] => ['interface', 'ppp0', ...path]

export class PppScene implements AsyncDisposable {
  readonly world: FakeWorld
  readonly ports = new FakeSerialPorts()
  readonly modem = new ScriptedModem((text) => this.ports.say(AT_PORT, text))
  #net: VintageNet | undefined
  #ifindex: number | undefined

  static async create(): Promise<PppScene> {
    const scene = new PppScene(await FakeWorld.create())
    scene.world.daemons.on('pppd')
    for (const program of ['mknod', 'mkdir']) scene.world.daemons.on(program, (child) => child.exit(0))
    scene.world.kernel.lab.probes(() => ({ outcome: 'connected', ms: 1 }))
    return scene
  }

  private constructor(world: FakeWorld) {
    this.world = world
  }

  get net(): VintageNet {
    if (this.#net === undefined) throw new Error('nothing was started')
    return this.#net
  }

  plug(usbId = '2c7c:0125'): void {
    this.ports.plug(AT_PORT, { usbId, modem: this.modem })
    this.ports.plug(PPP_PORT, { usbId })
  }

  unplug(): void {
    this.ports.unplug(AT_PORT)
    this.ports.unplug(PPP_PORT)
  }

  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    this.#net = await this.world.start({ serialPorts: this.ports, config: { ppp0: EC25 }, ...options })
    return this.#net
  }

  /** The pppd that runs, once one does. */
  async pppd(): Promise<ScriptedChild> {
    const running = (): ScriptedChild | undefined => this.world.daemons.running('pppd')[0]
    return await this.world.during(eventually('pppd runs', running))
  }

  /** The network has let us in: pppd makes its link, gives it an address, and tells. */
  async connected(pppd: ScriptedChild, environment: Record<string, string> = {}): Promise<void> {
    const { lab } = this.world.kernel
    this.#ifindex = lab.addLink({ ifname: 'ppp0', kind: 'ppp' })
    lab.foreign([
      { type: 'setLink', ifname: 'ppp0', up: true },
      { type: 'addAddress', ifname: 'ppp0', address: ADDRESS, peer: PEER, prefixLength: 32 },
    ])
    const variables = {
      IFNAME: 'ppp0',
      IPLOCAL: ADDRESS,
      IPREMOTE: PEER,
      DNS1: SERVERS[0] ?? '',
      DNS2: SERVERS[1] ?? '',
    }
    pppd.writeEvents(daemonEvent(['ip-up', 'ppp0', PPP_PORT, '9600', ADDRESS, PEER], { ...variables, ...environment }))
    await this.world.clock.advance(0)
  }

  /** The end of pppd, whose link goes with it. */
  async ends(pppd: ScriptedChild, exitCode: number, lines: readonly string[] = []): Promise<void> {
    for (const line of lines) pppd.writeStdout(`${line}\n`)
    await this.world.clock.advance(0)
    if (this.#ifindex !== undefined) this.world.kernel.lab.removeLink('ppp0')
    this.#ifindex = undefined
    pppd.exit(exitCode)
    await this.world.clock.advance(0)
  }

  /** Online, from the start. */
  async online(options: VintageNetOptions = {}): Promise<ScriptedChild> {
    this.plug()
    await this.start(options)
    const pppd = await this.pppd()
    await this.connected(pppd)
    await this.world.during(this.net.until(at('connection'), 'internet'))
    return pppd
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]()
  }
}
