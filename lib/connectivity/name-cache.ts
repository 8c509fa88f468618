/** Addresses of the host names in the list, as they were last resolved. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { parseAddress } from '../config/ip.js'
import { messageOf } from '../errors.js'
import type { Candidate, HostAddress } from './host-list.js'

/** A resolver that has not answered by then has failed for this check; its answer still serves the next. */
const RESOLVE_DEADLINE_MS = 5_000
/** A name with more addresses than this gains nothing by the rest. */
const MAX_ADDRESSES_COUNT = 16

export interface NameCacheDeps {
  readonly ifname: string
  readonly clock: Clock
  readonly logger: Logger
  /** Settles in the end: a name is not asked for again before. */
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** One question a name at a time; an answer holds until the next one that has addresses. */
export class NameCache {
  readonly #deps: NameCacheDeps
  readonly #addresses = new Map<string, readonly string[]>()
  readonly #asking = new Map<string, Promise<void>>()

  constructor(deps: NameCacheDeps) {
    this.#deps = deps
  }

  /** The hosts that can be probed now. */
  candidates(hosts: readonly HostAddress[]): Candidate[] {
    return hosts.flatMap(({ type, host, port }) => {
      const addresses = type === 'address' ? [host] : (this.#addresses.get(host) ?? [])
      return addresses.map((address) => ({ address, port }))
    })
  }

  /** True while an answer is outstanding. */
  get busy(): boolean {
    return this.#asking.size > 0
  }

  /** Asks for every name of the list that is not being asked for. */
  refresh(hosts: readonly HostAddress[]): void {
    for (const { type, host } of hosts) {
      if (type !== 'name' || this.#asking.has(host)) continue
      this.#asking.set(
        host,
        this.#resolve(host).finally(() => this.#asking.delete(host)),
      )
    }
  }

  /** Resolves when all answers are there, at the latest after the deadline or on abort. */
  answered(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = this.#deps.clock.setTimer(RESOLVE_DEADLINE_MS, end)
      signal.addEventListener('abort', end)
      void Promise.all(this.#asking.values()).then(end)
    })
  }

  /** Never rejects. */
  async #resolve(name: string): Promise<void> {
    try {
      const answer = await this.#deps.resolve(name)
      const addresses = answer.flatMap((text) => parseAddress(text)?.address ?? []).slice(0, MAX_ADDRESSES_COUNT)
      if (addresses.length > 0) this.#addresses.set(name, addresses)
    } catch (thrown) {
      this.#deps.logger.debug({ ifname: this.#deps.ifname, name }, `cannot resolve ${name}: ${messageOf(thrown)}`)
    }
  }
}
