/** Two radios and a cable over fakes, and a library that knows nothing of it: where recipes are tried. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as wifi from '../../lib/technology/wifi/quick.js'
import { type ScriptedChild, udhcpcEvent } from '../../lib/testing/scripted-daemon.js'
import { ScriptedSupplicant } from '../../lib/testing/scripted-supplicant.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from './eventually.js'
import { FakeWorld } from './fake-instance.js'
import { type Recipe, runRecipe } from './recipes.js'

/** Against the real time between two questions so little that no limit passes while a disk is slow. */
const STEP_MS = 50
const PROGRAMS = ['wpa_supplicant', 'udhcpc', 'udhcpd', 'dnsd']
const INTERFACES = ['wlan0', 'wlan1', 'mesh0']

export class WifiKitchen implements AsyncDisposable {
  readonly net: VintageNet
  readonly world: FakeWorld
  /** What the recipe has printed. */
  readonly printed: string[] = []
  readonly #supplicants: ReadonlyMap<string, ScriptedSupplicant>

  static async create(): Promise<WifiKitchen> {
    const world = await FakeWorld.create()
    const { lab } = world.kernel
    lab.radios.addRadio({ ifname: 'wlan0' })
    lab.radios.addRadio({ ifname: 'wlan1' })
    lab.addLink({ ifname: 'eth0' })
    lab.probes(() => ({ outcome: 'connected', ms: 1 }))
    for (const program of PROGRAMS) world.daemons.on(program)
    return new WifiKitchen(world, await world.start({ persistence: 'none' }))
  }

  private constructor(world: FakeWorld, net: VintageNet) {
    this.world = world
    this.net = net
    const { kernel, clock } = world
    this.#supplicants = new Map(
      INTERFACES.map((ifname) => [
        ifname,
        new ScriptedSupplicant({ kernel, clock, path: this.#file('wpa_supplicant', ifname) }),
      ]),
    )
  }

  /** Begins a recipe; it may wait for what happens next. */
  cook(recipe: Recipe): Promise<void> {
    const print = (...values: unknown[]): void => {
      this.printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))
    }
    const running = runRecipe(recipe, { net: this.net, wifi, console: { log: print } })
    running.catch(() => undefined)
    return running
  }

  supplicant(ifname = 'wlan0'): ScriptedSupplicant {
    const supplicant = this.#supplicants.get(ifname)
    if (supplicant === undefined) throw new Error(`there is no supplicant of ${ifname}`)
    return supplicant
  }

  /** The file that the interface's supplicant was started with, once somebody talks to it. */
  async conf(ifname = 'wlan0'): Promise<string> {
    await this.until(`${ifname} is talked to`, () => this.property(ifname, 'wifi', 'clients') !== undefined)
    return await readFile(this.#file(`wpa_supplicant.conf.${ifname}`), 'utf8')
  }

  property(ifname: string, ...path: string[]): unknown {
    return this.net.get(['interface', ifname, ...path])
  }

  /** The interface's supplicant joins a network. */
  join(bssid: string, ifname = 'wlan0'): void {
    this.supplicant(ifname).event(`CTRL-EVENT-CONNECTED - Connection to ${bssid} completed [id=0 id_str=]`)
    this.world.kernel.lab.setCarrier(ifname, true)
  }

  /** A DHCP server grants the interface's client an address. */
  async lease(ifname: string, ip: string): Promise<void> {
    const own = ({ request }: ScriptedChild): boolean => request.args.includes(ifname)
    const clients = (): ScriptedChild[] => this.world.daemons.running('udhcpc').filter(own)
    await this.until(`${ifname} asks for an address`, () => clients().length > 0)
    const lease = { interface: ifname, ip, mask: '24', router: ip.replace(/\d+$/, '1'), lease: '86400' }
    clients()[0]?.writeStdout(udhcpcEvent('bound', lease))
  }

  /** How often a program was started. */
  started(program: string): number {
    return this.world.daemons.children.filter((child) => child.program === program).length
  }

  addresses(ifname: string): string[] {
    const { mirror } = this.world.kernel
    return mirror.addresses(mirror.linkByName(ifname)?.ifindex).map(({ address }) => address)
  }

  /** Waits for what files and turns bring about; simulated time goes on slowly meanwhile. */
  async until(what: string, ask: () => boolean): Promise<void> {
    await eventually(what, async () => {
      if (ask()) return true
      await this.world.clock.advance(STEP_MS)
      return ask()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]()
  }

  #file(...names: string[]): string {
    return join(this.world.folder, 'run', 'private', ...names)
  }
}
