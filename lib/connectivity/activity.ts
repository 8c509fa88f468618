/** Passive inspection: asks the kernel for the TCP traffic of all processes, so that a check need not make any of its own. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { parseAddress, type Subnet } from '../config/ip.js'
import { messageOf, NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { TcpSocket } from '../kernel/sockets.js'
import { type ActivityVerdict, type Counters, reduceActivity } from './activity-logic.js'

/** The kernel answers within milliseconds; a check does not wait for more. */
const LIST_DEADLINE_MS = 1_000
/** An interface has few addresses; of one with more, some traffic is enough. */
const MAX_ADDRESSES_COUNT = 8

export interface ActivityDeps {
  readonly ifname: string
  readonly kernel: Pick<Kernel, 'sockets' | 'mirror'>
  readonly clock: Clock
  readonly logger: Logger
  /** The interface's addresses at this moment. */
  readonly addresses: () => readonly Subnet[]
}

/** Remembers the counters of the last look. */
export class Activity {
  readonly #deps: ActivityDeps
  #counters: Counters = new Map()
  #told = false

  constructor(deps: ActivityDeps) {
    this.#deps = deps
  }

  /** What the traffic since the last look says; `unknown` where the kernel does not tell. Never rejects. */
  async look(): Promise<ActivityVerdict> {
    const { kernel, ifname, addresses } = this.#deps
    const sockets = addresses().length === 0 ? [] : await this.#sockets()
    // What the interface has now counts: it may have changed while the kernel was asked.
    const step = reduceActivity(this.#counters, {
      sockets,
      ifindex: kernel.mirror.linkByName(ifname)?.ifindex,
      ownAddresses: addresses(),
      nearSubnets: kernel.mirror.addresses(),
    })
    this.#counters = step.counters
    return step.verdict
  }

  async #sockets(): Promise<readonly TcpSocket[]> {
    const { kernel, addresses, ifname, logger } = this.#deps
    const asked = addresses()
      .slice(0, MAX_ADDRESSES_COUNT)
      .map(({ address }) => {
        const bits = parseAddress(address)?.family === 4 ? 32 : 128
        return kernel.sockets({ states: ['established'], local: `${address}/${bits}` })
      })
    try {
      return (await this.#limited(Promise.all(asked))).flat()
    } catch (thrown) {
      if (!this.#told) logger.debug({ ifname }, `traffic is not looked at: ${messageOf(thrown)}`)
      this.#told = true
      return []
    }
  }

  async #limited<T>(work: Promise<T>): Promise<T> {
    const { clock } = this.#deps
    let expire: () => void = () => undefined
    const late = new Promise<never>((_, reject) => {
      expire = () => reject(new NetworkError('ERR_TIMEOUT', `no answer in ${LIST_DEADLINE_MS} ms`))
    })
    const timer = clock.setTimer(LIST_DEADLINE_MS, () => expire())
    try {
      return await Promise.race([work, late])
    } finally {
      timer.cancel()
      // Nobody else may be listening to the one that lost.
      late.catch(() => undefined)
      work.catch(() => undefined)
    }
  }
}
