/** The name servers of one interface: offered to the resolver only while the link has carrier. */

import type { Resolver } from '../resolver/resolver.js'
import type { InterfaceNameServers } from '../technology/plan.js'

export class NameServerGate {
  readonly #ifname: string
  readonly #resolver: Pick<Resolver, 'setup' | 'clear'>
  #wanted: InterfaceNameServers | undefined
  #open = false

  constructor(ifname: string, resolver: Pick<Resolver, 'setup' | 'clear'>) {
    this.#ifname = ifname
    this.#resolver = resolver
  }

  /** What the interface supplies; undefined: nothing. */
  set(nameServers: InterfaceNameServers | undefined): void {
    this.#wanted = nameServers
    this.#apply()
  }

  carrier(lowerUp: boolean): void {
    if (lowerUp === this.#open) return
    this.#open = lowerUp
    this.#apply()
  }

  #apply(): void {
    if (this.#wanted === undefined || !this.#open) this.#resolver.clear(this.#ifname)
    else this.#resolver.setup(this.#ifname, this.#wanted)
  }
}
