/** How records of iproute2 become ours, for one noun. */

import type { IpRecord } from './ip-record.js'

export type Ours = Readonly<Record<string, unknown>>

export interface Noun {
  /** Every field of ours that the record tells of. */
  toOurs(record: IpRecord, names: Names, family: 4 | 6): object
  /** What tells one object from another. */
  key(ours: Ours): string
  /** Names in `ip`'s record for which we have no field, on purpose. */
  readonly leftOut: readonly string[]
  /** Fields of ours that this `ip` cannot tell. */
  readonly untold: readonly string[]
  /** Fields, and members of fields as 'field.member', whose change the kernel announces to nobody: only a dump has them exact. */
  readonly silent?: readonly string[]
}

/** Names of links, for `ip` writes names where the kernel, and we, have numbers. */
export class Names {
  readonly #indices: ReadonlyMap<string, number>

  constructor(links: readonly { readonly ifname: string; readonly ifindex: number }[]) {
    this.#indices = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]))
  }

  index(ifname: string | undefined): number | undefined {
    if (ifname === undefined) return undefined
    const ifindex = this.#indices.get(ifname)
    if (ifindex === undefined) throw new Error(`ip names a link that it does not list: ${ifname}`)
    return ifindex
  }
}

/** Without the members that have no value. */
export function present(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
