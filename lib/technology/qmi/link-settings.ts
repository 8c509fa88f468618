/** What sessions bring to the link: addresses, routes, name servers, MTU. */

import { isNetworkError, messageOf } from '../../errors.js'
import { type CurrentSettings, getCurrentSettings, type IpFamily } from './codec/wds.js'
import { equalJson } from './equal-json.js'
import { addressesOf, mtuOf, type SessionAddresses } from './ip-settings.js'
import type { ModemScene } from './scene.js'

/** Where a modem tells no MTU. */
const MTU_RETRY_MS = 300_000
/** A modem that has just begun a session may need a moment to know its address. */
const ADDRESS_RETRY_MS = 1_000
const MAX_ADDRESS_RETRIES = 5
/** Where it refuses to tell, or is silent. */
const UNTOLD_RETRY_MS = 5_000

const NOTHING: SessionAddresses = addressesOf([], undefined)

export interface LinkSettingsOptions {
  readonly scene: ModemScene
  /** A DHCP client brings the IPv4 address. */
  readonly dhcp: boolean
  /** The modem has told no IPv4 address: a DHCP client must ask for one. Called at most once. */
  readonly onNoAddress: () => void
}

export class LinkSettings {
  readonly #scene: ModemScene
  readonly #onNoAddress: () => void
  #dhcp: boolean
  #applied: SessionAddresses = NOTHING
  /** The MTU that was there before ours. */
  #formerMtu: number | undefined
  #retries = 0

  constructor({ scene, dhcp, onNoAddress }: LinkSettingsOptions) {
    this.#scene = scene
    this.#onNoAddress = onNoAddress
    this.#dhcp = dhcp
  }

  /** Reads and applies what the sessions of these families have. */
  async refresh(families: readonly IpFamily[]): Promise<void> {
    const settings = await this.#read(families)
    // What was not told says nothing: what stands stays, and it is asked again.
    if (settings === undefined)
      return this.#scene.schedule.after('address', UNTOLD_RETRY_MS, () => this.refresh(families))
    this.#adoptMtu(families, settings)
    await this.#adoptAddresses(families, settings)
  }

  /** The sessions are over. */
  async withdraw(): Promise<void> {
    const { context, schedule } = this.#scene
    schedule.cancel('mtu')
    schedule.cancel('address')
    this.#retries = 0
    const { addresses } = this.#applied
    this.#applied = NOTHING
    if (addresses.length > 0) {
      context.clearRoutes()
      context.clearNameServers()
    }
    for (const address of addresses) await context.deleteAddress(address)
    if (this.#formerMtu === undefined) return
    await this.#setMtu(this.#formerMtu)
    this.#formerMtu = undefined
  }

  /** By a DHCP client in the place of the modem's word. */
  get usesDhcp(): boolean {
    return this.#dhcp
  }

  /** Undefined: the modem did not tell. */
  async #read(families: readonly IpFamily[]): Promise<CurrentSettings[] | undefined> {
    const read: CurrentSettings[] = []
    for (const family of families) {
      try {
        const settings = await this.#scene.ask(getCurrentSettings(), family === 6 ? 'wds-ipv6' : 'wds')
        read.push({ ...settings, family: settings.family ?? family })
      } catch (thrown) {
        this.#scene.warn(messageOf(thrown))
        return undefined
      }
    }
    return read
  }

  async #adoptAddresses(families: readonly IpFamily[], settings: readonly CurrentSettings[]): Promise<void> {
    const { context, args, schedule } = this.#scene
    const told = addressesOf(this.#dhcp ? settings.map((one) => ({ ...one, ipv4: undefined })) : settings, args.metric)
    if (told.addresses.length === 0) {
      if (this.#dhcp || !families.includes(4)) return
      this.#retries += 1
      if (this.#retries <= MAX_ADDRESS_RETRIES) {
        return schedule.after('address', ADDRESS_RETRY_MS, () => this.refresh(families))
      }
      context.logger.info({ ifname: context.ifname }, 'the modem tells no address: a DHCP client asks for one')
      this.#dhcp = true
      return this.#onNoAddress()
    }
    // The client's lease has the interface's routes then; the kernel takes IPv6 from router advertisements.
    if (this.#dhcp || equalJson(told, this.#applied)) return
    const old = this.#applied.addresses.filter((one) => !told.addresses.some((other) => equalJson(one, other)))
    this.#applied = told
    context.setNameServers(told.nameServers)
    for (const address of told.addresses) await context.addAddress(address)
    context.setRoutes(told.routes)
    for (const address of old) await context.deleteAddress(address)
  }

  #adoptMtu(families: readonly IpFamily[], settings: readonly CurrentSettings[]): void {
    const { args, schedule } = this.#scene
    if (args.mtu !== undefined) return
    const mtu = mtuOf(settings)
    if (mtu === undefined) return schedule.after('mtu', MTU_RETRY_MS, () => this.refresh(families))
    schedule.run(() => this.#useMtu(mtu))
  }

  async #useMtu(mtu: number): Promise<void> {
    const { kernel, ifname } = this.#scene.context
    const present = kernel.mirror.linkByName(ifname)?.mtu
    if (present === undefined || present === mtu) return
    this.#formerMtu ??= present
    await this.#setMtu(mtu)
  }

  async #setMtu(mtu: number): Promise<void> {
    const { kernel, ifname } = this.#scene.context
    const [result] = await kernel.send([{ type: 'setLink', ifname, mtu }])
    if (isNetworkError(result)) this.#scene.warn(`the MTU of the modem: ${result.message}`)
  }
}
