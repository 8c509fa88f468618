/** The property `reason` of one interface: what stands in its way, from every part that knows something. */

import type { PropertyTable } from '../properties/property-table.js'

const ORDER = ['lifecycle', 'naming', 'power', 'configuration', 'service', 'address', 'routing', 'technology'] as const

/** Who gives a reason; the property names them in this order. */
export type ReasonSource = (typeof ORDER)[number]

export class Reasons {
  readonly #path: readonly string[]
  readonly #properties: PropertyTable
  readonly #texts = new Map<ReasonSource, string>()

  constructor(ifname: string, properties: PropertyTable) {
    this.#path = ['interface', ifname, 'reason']
    this.#properties = properties
  }

  /** Replaces the text of one source; undefined or '' takes it away. */
  set(source: ReasonSource, text: string | undefined): void {
    if (text === undefined || text === '') this.#texts.delete(source)
    else this.#texts.set(source, text)
    const texts = ORDER.flatMap((name) => this.#texts.get(name) ?? [])
    if (texts.length === 0) this.#properties.delete(this.#path)
    else this.#properties.put(this.#path, texts.join('; '))
  }
}
