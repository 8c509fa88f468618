/** Two radios and a cable over fakes, and a library that knows nothing of it: where recipes are tried. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as wifi from '../../lib/technology/wifi/quick.js'
import { ScriptedSupplicant } from '../../lib/testing/scripted-supplicant.js'
import { FakeWorld } from './fake-instance.js'
import { Kitchen } from './kitchen.js'
import type { Ingredients, Recipe } from './recipes.js'

const INTERFACES = ['wlan0', 'wlan1', 'mesh0']

export class WifiKitchen extends Kitchen {
  readonly #supplicants: ReadonlyMap<string, ScriptedSupplicant>

  static override async create(): Promise<WifiKitchen> {
    const world = await FakeWorld.create()
    const { lab } = world.kernel
    lab.radios.addRadio({ ifname: 'wlan0' })
    lab.radios.addRadio({ ifname: 'wlan1' })
    lab.addLink({ ifname: 'eth0' })
    lab.probes(() => ({ outcome: 'connected', ms: 1 }))
    world.daemons.on('wpa_supplicant')
    const kitchen = new WifiKitchen(world)
    await kitchen.start({ persistence: 'none' })
    return kitchen
  }

  private constructor(world: FakeWorld) {
    super(world)
    const { kernel, clock } = world
    this.#supplicants = new Map(
      INTERFACES.map((ifname) => [
        ifname,
        new ScriptedSupplicant({ kernel, clock, path: this.#file('wpa_supplicant', ifname) }),
      ]),
    )
  }

  override cook(recipe: Recipe, more: Ingredients = {}): Promise<void> {
    return super.cook(recipe, { wifi, ...more })
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

  /** The interface's supplicant joins a network. */
  join(bssid: string, ifname = 'wlan0'): void {
    this.supplicant(ifname).event(`CTRL-EVENT-CONNECTED - Connection to ${bssid} completed [id=0 id_str=]`)
    this.world.kernel.lab.setCarrier(ifname, true)
  }

  /** How often a program was started. */
  started(program: string): number {
    return this.world.daemons.children.filter((child) => child.program === program).length
  }

  #file(...names: string[]): string {
    return join(this.world.folder, 'run', 'private', ...names)
  }
}
