/** A store of somebody else's: what never settles there must not keep an interface waiting for ever. */

import type { Clock } from '../base/clock.js'
import { withDeadline } from '../base/deadline.js'
import { NetworkError } from '../errors.js'
import type { Persistence } from './store.js'

/** A database on the other side of a slow network, and then some. */
export const STORE_LIMIT_MS = 30_000

export class LimitedStore implements Persistence {
  readonly #store: Persistence
  readonly #clock: Clock

  constructor(store: Persistence, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  list(): Promise<readonly string[]> {
    return this.#limit('list', async () => await this.#store.list())
  }

  load(ifname: string): Promise<unknown> {
    return this.#limit('load', async () => await this.#store.load(ifname))
  }

  save(ifname: string, config: unknown): Promise<void> {
    return this.#limit('save', async () => await this.#store.save(ifname, config))
  }

  clear(ifname: string): Promise<void> {
    return this.#limit('clear', async () => await this.#store.clear(ifname))
  }

  #limit<T>(name: string, call: () => Promise<T>): Promise<T> {
    const text = `the store's ${name} has not ended within ${STORE_LIMIT_MS} ms`
    const late = (): Error => new NetworkError('ERR_TIMEOUT', text, { operation: name })
    return withDeadline(call(), { clock: this.#clock, limitMs: STORE_LIMIT_MS, late })
  }
}
