/** Addresses of the host names in the list, as they were last resolved. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { parseAddress } from '../config/ip.js'
import { messageOf } from '../errors.js'
import type { Candidate, HostAddress } from './host-list.js'
import type { ResolvedName } from './name-resolver.js'

/** A resolver that has not answered by then has failed for this check; its answer still serves the next. */
const RESOLVE_DEADLINE_MS = 5_000
/** A name with more addresses than this gains nothing by the rest. */
const MAX_ADDRESSES_COUNT = 16
/** A shorter time to live would have every quick check ask. */
const MIN_TTL_MS = 5_000
/** A longer one would keep an address that has moved for a day and more. */
const MAX_TTL_MS = 3_600_000

export interface NameCacheDeps {
  readonly ifname: string
  readonly clock: Clock
  readonly logger: Logger
  /** Settles in the end, and soon after an abort: a name is not asked for again before. */
  readonly resolve: (host: string, signal: AbortSignal) => Promise<ResolvedName>
}

interface Known {
  readonly addresses: readonly string[]
  readonly expiresMs: number
}

interface Question {
  readonly ended: Promise<void>
  readonly controller: AbortController
}

/**
 * One question a name at a time, asked again when the answer's time to live is over. What was answered serves until there is
 * a better answer: a name server that is down takes nothing away (RFC 8767).
 */
export class NameCache {
  readonly #deps: NameCacheDeps
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, Question>()

  constructor(deps: NameCacheDeps) {
    this.#deps = deps
  }

  /** The hosts that can be probed now. */
  candidates(hosts: readonly HostAddress[]): Candidate[] {
    return hosts.flatMap(({ type, host, port }) => {
      const addresses = type === 'address' ? [host] : (this.#known.get(host)?.addresses ?? [])
      return addresses.map((address) => ({ address, port }))
    })
  }

  /** True while an answer is outstanding. */
  get busy(): boolean {
    return this.#asking.size > 0
  }

  /** Asks for every name of the list that has no answer, or one that is too old. */
  refresh(hosts: readonly HostAddress[]): void {
    for (const { type, host } of hosts) {
      if (type !== 'name' || this.#asking.has(host)) continue
      const expiresMs = this.#known.get(host)?.expiresMs
      if (expiresMs === undefined || expiresMs <= this.#deps.clock.nowMs()) this.#ask(host)
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
      void Promise.all([...this.#asking.values()].map(({ ended }) => ended)).then(end)
    })
  }

  /** Ends what is being asked, and has every name asked again: the network may be another one now. */
  expire(): void {
    for (const { controller } of this.#asking.values()) controller.abort()
    this.#asking.clear()
    for (const [host, { addresses }] of this.#known) this.#known.set(host, { addresses, expiresMs: 0 })
  }

  #ask(host: string): void {
    const controller = new AbortController()
    const ended = this.#resolve(host, controller.signal).finally(() => {
      if (this.#asking.get(host)?.controller === controller) this.#asking.delete(host)
    })
    this.#asking.set(host, { ended, controller })
  }

  /** Never rejects. */
  async #resolve(name: string, signal: AbortSignal): Promise<void> {
    const { clock, logger, ifname, resolve } = this.#deps
    try {
      const answer = await resolve(name, signal)
      if (signal.aborted) return
      const addresses = answer.addresses
        .flatMap((text) => parseAddress(text)?.address ?? [])
        .slice(0, MAX_ADDRESSES_COUNT)
      const ttlMs = Math.min(Math.max(answer.ttlMs, MIN_TTL_MS), MAX_TTL_MS)
      if (addresses.length > 0) this.#known.set(name, { addresses, expiresMs: clock.nowMs() + ttlMs })
    } catch (thrown) {
      if (!signal.aborted) logger.debug({ ifname, name }, `cannot resolve ${name}: ${messageOf(thrown)}`)
    }
  }
}
