/** Applies the MTU that a DHCP server asks for (option 26), and puts the former one back. */

import { isNetworkError, messageOf } from '../errors.js'
import type { StepContext } from '../technology/plan.js'
import type { Overwritten } from './overwritten.js'

/** Below it the kernel turns IPv6 off on the link (RFC 8200, section 5). */
const MIN_MTU = 1_280

interface Change {
  readonly ifindex: number
  readonly former: number
  readonly applied: number
}

/** One interface's. Its calls follow one another. */
export class LeaseMtu {
  readonly #context: StepContext
  readonly #overwritten: Pick<Overwritten, 'note' | 'forget'>
  #change: Change | undefined

  constructor(context: StepContext, overwritten: Pick<Overwritten, 'note' | 'forget'>) {
    this.#context = context
    this.#overwritten = overwritten
  }

  get #key(): string {
    return `mtu of the lease of ${this.#context.ifname}`
  }

  /**
   * Applies the MTU of a lease; a server may make packets shorter than the link has them, never longer. What it asks for
   * beyond that is left out. Never rejects.
   */
  async apply(mtu: number | undefined): Promise<void> {
    const link = this.#link()
    const change = this.#change?.ifindex === link?.ifindex ? this.#change : undefined
    const former = change?.former ?? link?.mtu
    if (link === undefined || former === undefined) return
    if (mtu === undefined || mtu < MIN_MTU || mtu >= former) return await this.restore()
    this.#change = { ifindex: link.ifindex, former, applied: mtu }
    await this.#overwritten.note(this.#key, { type: 'setLink', ifname: this.#context.ifname, mtu: former })
    if (link.mtu !== mtu) await this.#set(mtu)
  }

  /** Puts the former MTU back, unless somebody else has set another one since. Never rejects. */
  async restore(): Promise<void> {
    const change = this.#change
    this.#change = undefined
    const link = this.#link()
    if (change === undefined) return
    if (link?.ifindex === change.ifindex && link.mtu === change.applied) await this.#set(change.former)
    await this.#overwritten.forget([this.#key])
  }

  #link() {
    const { kernel, ifname } = this.#context
    return kernel.mirror.linkByName(ifname)
  }

  async #set(mtu: number): Promise<void> {
    const { kernel, ifname, logger } = this.#context
    const [result] = await kernel.send([{ type: 'setLink', ifname, mtu }])
    if (isNetworkError(result)) logger.warn({ ifname, mtu }, `the MTU of the lease: ${messageOf(result)}`)
  }
}
