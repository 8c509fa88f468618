/** The links that plans have taken up for what stands on them, such as a VLAN's parent: the last to leave takes them down. */

import type { Kernel } from '../kernel/kernel.js'

export interface RaisedLinksDeps {
  readonly kernel: Pick<Kernel, 'mirror' | 'send'>
  /** Whether an interface of ours has a configuration of its own: whether that link is up is not for others to say. */
  isConfigured(ifname: string): boolean
}

/** Who needs a link up; compared by identity. */
type Holder = object

/** Shared by all interfaces. */
export class RaisedLinks {
  readonly #deps: RaisedLinksDeps
  /** By index of the link. */
  readonly #holders = new Map<number, Set<Holder>>()

  constructor(deps: RaisedLinksDeps) {
    this.#deps = deps
  }

  /**
   * Somebody is about to take the link up. One that is up without us was so before, and is nobody's to take down; one that
   * an interface of ours keeps up goes down with its configuration, and is then raised for the holder.
   */
  hold(holder: Holder, ifname: string): void {
    const link = this.#deps.kernel.mirror.linkByName(ifname)
    if (link === undefined) return
    const holders = this.#holders.get(link.ifindex)
    if (holders !== undefined) holders.add(holder)
    else if (!link.up || this.#deps.isConfigured(ifname)) this.#holders.set(link.ifindex, new Set([holder]))
  }

  /** Takes down what nobody holds any more, but for interfaces of ours and links on which somebody's link stands. */
  async release(holder: Holder): Promise<void> {
    const { kernel } = this.#deps
    const left = [...this.#holders].filter(([, holders]) => holders.delete(holder) && holders.size === 0)
    const indices = left.map(([ifindex]) => ifindex).filter((ifindex) => this.#isFree(ifindex))
    await kernel.send(indices.map((ifindex) => ({ type: 'setLink', ifindex, up: false })))
    // Who came meanwhile takes it up again, and holds it.
    for (const [ifindex, holders] of left) if (holders.size === 0) this.#holders.delete(ifindex)
  }

  #isFree(ifindex: number): boolean {
    const { kernel, isConfigured } = this.#deps
    const link = kernel.mirror.link(ifindex)
    if (link === undefined || isConfigured(link.ifname)) return false
    // Of a pair, each is the parent of the other, and neither stands on it.
    return !kernel.mirror.links().some(({ parent, kind }) => parent === ifindex && kind !== 'veth')
  }
}
