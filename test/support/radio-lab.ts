/**
 * The radio lab: simulated radios for a lab's host, and around it access points with a network behind them, other clients and
 * mesh nodes. It works in the virtual machine only, one at a time.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.js'
import { mustRun } from './lab/command.js'
import { enterWorld } from './lab/enter-world.js'
import { type ClientCertificates, makeCertificates } from './radio-lab/certificates.js'
import { AirNetwork, type AirNetworkOptions } from './radio-lab/network.js'
import { loadRadios, type Radio, unloadRadios } from './radio-lab/radio.js'
import { Supplicant } from './radio-lab/supplicant.js'

export { AccessPoint } from './radio-lab/access-point.js'
export { type BssOptions, EAP_USER, PASSPHRASE, type Security, WEP_KEY } from './radio-lab/bss.js'
export { QUICK_COUNTRY } from './radio-lab/radio.js'
export { AirNetwork, type Radio, Supplicant }

/** Where a radio is taken to; made where it does not exist. */
async function ensureNamespace(name: string): Promise<void> {
  const names = (await mustRun('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0])
  if (names.includes(name)) return
  await mustRun('ip', ['netns', 'add', name])
  await mustRun('ip', ['-n', name, 'link', 'set', 'dev', 'lo', 'up'])
}

/** One radio lab. Made by `create`, ended by `destroy`, whatever happened in between. */
export class RadioLab implements AsyncDisposable {
  readonly #folder: string
  readonly #free: Radio[]
  readonly #networks: AirNetwork[] = []
  readonly #supplicants: Supplicant[] = []
  readonly #namespaces = new Set<string>()
  #failure: Error | undefined
  #destroyed = false

  /** Loads the simulation with that many radios (default 2), which are given out one by one. */
  static async create({ radios = 2 }: { readonly radios?: number | undefined } = {}): Promise<RadioLab> {
    await enterWorld()
    const folder = await mkdtemp(join(tmpdir(), 'vintage-net-radio-lab-'))
    return new RadioLab(folder, await loadRadios(radios))
  }

  private constructor(folder: string, radios: Radio[]) {
    this.#folder = folder
    this.#free = radios
  }

  /** Moves the next free radio into a named network namespace (made where there is none). */
  async radio(namespace: string): Promise<Radio> {
    const radio = this.#free.shift()
    if (radio === undefined) throw new Error('every radio is in use: ask RadioLab.create for more')
    await ensureNamespace(namespace)
    this.#namespaces.add(namespace)
    await radio.moveTo(namespace)
    return radio
  }

  /** A network that access points can be set up in: a bridge, an address, a DHCP server, an Internet. */
  async network(options: AirNetworkOptions): Promise<AirNetwork> {
    const network = await AirNetwork.create(options, {
      folder: await mkdtemp(join(this.#folder, `${options.name}-`)),
      certificates: join(this.#folder, 'certificates'),
      takeRadio: (namespace) => this.radio(namespace),
      onFailure: (error) => this.#fail(error),
    })
    this.#networks.push(network)
    return network
  }

  /** Starts a wpa_supplicant by hand on a radio's link; `config` is its file but for `ctrl_interface`. */
  async supplicant(namespace: string, ifname: string, config: string): Promise<Supplicant> {
    const folder = await mkdtemp(join(this.#folder, `${ifname}-`))
    const onFailure = (error: Error): void => this.#fail(error)
    const supplicant = await Supplicant.start({ namespace, ifname, config, folder, onFailure })
    this.#supplicants.push(supplicant)
    return supplicant
  }

  /** The certificates that networks of kind `eap` ask for. */
  async certificates(): Promise<ClientCertificates> {
    const folder = join(this.#folder, 'certificates')
    await mkdir(folder, { recursive: true })
    return makeCertificates(folder)
  }

  /** Ends its daemons, its namespaces and the simulation. Rejects, after all is gone, when a daemon had ended unasked. */
  async destroy(): Promise<void> {
    if (this.#destroyed) return
    this.#destroyed = true
    await Promise.all(this.#supplicants.map((supplicant) => supplicant.stop()))
    await Promise.all(this.#networks.map((network) => network.destroy()))
    const removed = [...this.#namespaces].map((name) => mustRun('ip', ['netns', 'delete', name]).catch(() => undefined))
    await Promise.all(removed)
    // A radio comes back when its namespace is gone, a moment later.
    await eventually('the radios are unloaded', () => unloadRadios().then(() => true))
    await rm(this.#folder, { recursive: true, force: true })
    if (this.#failure !== undefined) throw this.#failure
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy()
  }

  #fail(error: Error): void {
    this.#failure ??= error
  }
}
