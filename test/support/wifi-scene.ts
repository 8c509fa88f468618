/** The library on a simulated radio: a system scene whose host has `wlan0`, and networks in the air around it. */

import type { VintageNet, VintageNetOptions } from '../../lib/index.js'
import { type AccessPoint, type AirNetwork, QUICK_COUNTRY, type Radio, RadioLab } from './radio-lab.js'
import { SystemScene } from './system-scene.js'

/** An emulated machine under load: what takes 3 s on a quiet one may take 20. */
export const AIR_DEADLINE = { deadlineMs: 45_000 }

export class WifiScene implements AsyncDisposable {
  readonly system: SystemScene
  readonly radios: RadioLab
  readonly network: AirNetwork
  /** The host's. */
  readonly radio: Radio

  /** `radios`: the host's, and one for each access point or other station. */
  static async create({ radios = 2 }: { readonly radios?: number | undefined } = {}): Promise<WifiScene> {
    const system = await SystemScene.create()
    const lab = await RadioLab.create({ radios })
    try {
      const network = await lab.network({ name: 'air', network: '198.51.100', internet: true })
      return new WifiScene(system, lab, { network, radio: await lab.radio(system.lab.name) })
    } catch (error) {
      await lab.destroy()
      await system[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(system: SystemScene, radios: RadioLab, air: { network: AirNetwork; radio: Radio }) {
    this.system = system
    this.radios = radios
    this.network = air.network
    this.radio = air.radio
  }

  /** Starts the library; its radios keep to the quick bands. */
  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    return this.system.start({ regulatoryDomain: QUICK_COUNTRY, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.system[Symbol.asyncDispose]()
    } finally {
      await this.radios.destroy()
    }
  }
}

const under = (name: string): readonly string[] => ['interface', 'wlan0', ...name.split('/')]

/** Resolves when wlan0 is associated with that network, has a lease and reaches the Internet behind it. */
export async function online(net: VintageNet, ssid: string): Promise<void> {
  const isIt = (value: unknown): boolean => (value as AccessPointProperty | null | undefined)?.ssid === ssid
  await net.until(under('wifi/current_ap'), isIt, AIR_DEADLINE)
  await net.until(under('connection'), 'internet', AIR_DEADLINE)
}

/** Resolves when wlan0 is associated with nothing. */
export async function apart(net: VintageNet): Promise<void> {
  await net.until(under('wifi/current_ap'), null, AIR_DEADLINE)
}

/** What the properties of an access point have that tests look at. */
export interface AccessPointProperty {
  readonly ssid: string
  readonly bssid: string
  readonly frequency: number
  readonly channel: number
  readonly signalDbm: number
  readonly flags: readonly string[]
}

/** The property `wifi/current_ap`. */
export function currentAp(net: VintageNet): AccessPointProperty | null {
  return net.get(under('wifi/current_ap')) as AccessPointProperty | null
}

/** The configuration of a client of one network. */
export function client(network: Readonly<Record<string, unknown>>) {
  return { type: 'wifi' as const, wifi: { networks: [network] }, ipv4: { method: 'dhcp' as const } }
}

export { type AccessPoint, QUICK_COUNTRY }
