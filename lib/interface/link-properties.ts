/** Publishes what the kernel says of every link: present, hw_path, lower_up, mac_address, addresses. */

import type { Logger } from '../base/logger.js'
import { prefixToMask } from '../config/ip.js'
import { messageOf } from '../errors.js'
import type { Kernel, KernelChange } from '../kernel/kernel.js'
import type { Address, Link } from '../kernel/messages.js'
import type { PropertyTable } from '../properties/property-table.js'

export interface LinkPropertiesDeps {
  readonly kernel: Kernel
  readonly properties: PropertyTable
  readonly logger: Logger
}

/** One entry of the property `addresses`. */
export interface AddressProperty {
  readonly family: 'inet' | 'inet6'
  /** universe, site, link, host, nowhere, or the kernel's number. */
  readonly scope: string
  readonly address: string
  readonly prefixLength: number
  readonly netmask: string
}

/** What is published of one link, by its index; the name may change. */
interface Published {
  ifname: string
  /** Undefined until the kernel was asked; nothing is published before. */
  hwPath?: string
  /** Newest first. */
  addresses: Address[]
}

const LINK_PROPERTIES = ['present', 'hw_path', 'lower_up', 'mac_address', 'addresses'] as const

/** RT_SCOPE_* of linux/rtnetlink.h. */
const SCOPE_WORDS: ReadonlyMap<number, string> = new Map([
  [0, 'universe'],
  [200, 'site'],
  [253, 'link'],
  [254, 'host'],
  [255, 'nowhere'],
])

export class LinkProperties {
  readonly #deps: LinkPropertiesDeps
  readonly #links = new Map<number, Published>()

  constructor(deps: LinkPropertiesDeps) {
    this.#deps = deps
  }

  /** Publishes what the mirror holds; resolves when every link is published. */
  async start(): Promise<void> {
    const { mirror } = this.#deps.kernel
    await Promise.all(mirror.links().map((link) => this.#appear(link)))
  }

  /** Publishes the changes of one batch. Called inside the kernel's turn. */
  apply(changes: readonly KernelChange[]): void {
    for (const change of changes) {
      switch (change.type) {
        case 'link':
          this.#link(change)
          break
        case 'linkGone':
          this.#gone(change.ifindex)
          break
        case 'address':
          this.#address(change)
          break
        case 'addressGone':
          this.#addressGone(change)
          break
        case 'route':
        case 'routeGone':
        case 'rule':
        case 'ruleGone':
        case 'neighbour':
        case 'neighbourGone':
        case 'nexthop':
        case 'nexthopGone':
        case 'ndOption':
        case 'overrun':
        case 'order':
          break
      }
    }
  }

  #link(link: Link): void {
    const known = this.#links.get(link.ifindex)
    if (known !== undefined && known.ifname === link.ifname) return this.#publishState(known, link)
    if (known !== undefined) this.#gone(link.ifindex)
    this.#appear(link).catch((thrown: unknown) => {
      this.#deps.logger.error({ ifname: link.ifname }, `publishing a link: ${messageOf(thrown)}`)
    })
  }

  /** The device path comes from another command: nothing is published before it is known, so that `present` never stands alone. */
  async #appear(link: Link): Promise<void> {
    const { kernel } = this.#deps
    const entry: Published = { ifname: link.ifname, addresses: kernel.mirror.addresses(link.ifindex).reverse() }
    this.#links.set(link.ifindex, entry)
    entry.hwPath = await kernel.hwPath(link.ifname).catch(() => '')
    const now = kernel.mirror.link(link.ifindex)
    if (this.#links.get(link.ifindex) !== entry || now === undefined || now.ifname !== entry.ifname) return
    this.#publishState(entry, now)
    this.#publishAddresses(entry)
  }

  #publishState(entry: Published, link: Link): void {
    if (entry.hwPath === undefined) return
    this.#deps.properties.putMany([
      [path(entry.ifname, 'present'), true],
      [path(entry.ifname, 'hw_path'), entry.hwPath],
      [path(entry.ifname, 'lower_up'), link.lowerUp],
    ])
    if (link.macAddress === undefined) this.#deps.properties.delete(path(entry.ifname, 'mac_address'))
    else this.#deps.properties.put(path(entry.ifname, 'mac_address'), link.macAddress)
  }

  #gone(ifindex: number): void {
    const entry = this.#links.get(ifindex)
    if (entry === undefined) return
    this.#links.delete(ifindex)
    for (const name of LINK_PROPERTIES) this.#deps.properties.delete(path(entry.ifname, name))
  }

  #address(address: Address): void {
    const entry = this.#links.get(address.ifindex)
    if (entry === undefined) return
    entry.addresses = [address, ...entry.addresses.filter((other) => !sameAddress(other, address))]
    this.#publishAddresses(entry)
  }

  #addressGone(address: Address): void {
    const entry = this.#links.get(address.ifindex)
    if (entry === undefined) return
    entry.addresses = entry.addresses.filter((other) => !sameAddress(other, address))
    this.#publishAddresses(entry)
  }

  #publishAddresses(entry: Published): void {
    if (entry.hwPath === undefined) return
    this.#deps.properties.put(path(entry.ifname, 'addresses'), entry.addresses.map(toProperty))
  }
}

function path(ifname: string, name: string): string[] {
  return ['interface', ifname, name]
}

function sameAddress(one: Address, other: Address): boolean {
  return one.address === other.address && one.prefixLength === other.prefixLength
}

function toProperty(address: Address): AddressProperty {
  return {
    family: address.family === 4 ? 'inet' : 'inet6',
    scope: SCOPE_WORDS.get(address.scope) ?? String(address.scope),
    address: address.address,
    prefixLength: address.prefixLength,
    netmask: prefixToMask(address.family, address.prefixLength),
  }
}
