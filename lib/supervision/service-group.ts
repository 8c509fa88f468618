/** Keeps a list of services running: starts them in order, restarts them after an end, stops them in reverse. */

import { Actor } from '../base/actor.js'
import type { Clock, Timer } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import { type BackoffState, initialBackoff, nextBackoff } from './backoff.js'
import { settlesWithin } from './deadline.js'

/** Something that runs until it is stopped: a daemon, or a part of the library. */
export interface Service {
  readonly name: string
  /**
   * Resolves when it runs; a rejection counts as an end. `onEnd` is called when it ends by itself; `signal` aborts when
   * the group is stopped meanwhile.
   */
  start(onEnd: (reason: string) => void, signal: AbortSignal): Promise<void>
  /** Resolves when it has ended; harmless where it does not run. */
  stop(): Promise<void>
}

/** What else is restarted when one service ends: everything, nothing, or what stands after it in the list. */
export type RestartStrategy = 'one-for-all' | 'one-for-one' | 'rest-for-one'

export interface ServiceState {
  readonly name: string
  readonly running: boolean
  /** How often it was started again. */
  readonly restarts: number
  /** Why it does not run; absent where it was never started or was stopped with its group. */
  readonly reason?: string | undefined
  /** The service whose end took this one along. */
  readonly because?: string | undefined
}

export interface ServiceGroupOptions {
  readonly services: readonly Service[]
  readonly strategy: RestartStrategy
  readonly clock: Clock
  readonly logger: Logger
  readonly onState?: ((state: ServiceState) => void) | undefined
}

/** Daemons end within 4 s by their own limits; a part that hangs must not keep the interface from going on. */
const STOP_LIMIT_MS = 5_000

interface Entry {
  readonly service: Service
  /** The current run; a new object each, so that an end of an earlier run is told from one of this. */
  run: object | undefined
  startedAtMs: number | undefined
  startCount: number
  backoff: BackoffState
  /** Pending restart that this entry's end brought about. */
  timer: Timer | undefined
  /** A pending restart, of this entry or of an earlier one, will start it. */
  waiting: boolean
}

/** One life: started once, stopped once; its list of services may change in between. */
export class ServiceGroup {
  readonly #options: ServiceGroupOptions
  #entries: readonly Entry[]
  #strategy: RestartStrategy
  readonly #actor = new Actor()
  readonly #abort = new AbortController()
  readonly #aborted: Promise<void>

  constructor(options: ServiceGroupOptions) {
    this.#options = options
    this.#strategy = options.strategy
    this.#aborted = new Promise((resolve) => {
      this.#abort.signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#entries = options.services.map(newEntry)
  }

  /** Resolves when each service was started once, or is waiting to be tried again; never rejects. */
  start(): Promise<void> {
    return this.#actor.run(() => this.#startAll(this.#entries))
  }

  /** Stops these services in reverse order and drops them; the others go on. */
  retire(services: ReadonlySet<Service>): Promise<void> {
    return this.#actor.run(async () => {
      const retired = this.#entries.filter(({ service }) => services.has(service))
      for (const entry of retired.toReversed()) {
        cancelTimer(entry)
        entry.waiting = false
        await this.#stopOne(entry)
      }
      this.#entries = this.#entries.filter((entry) => !retired.includes(entry))
    })
  }

  /** Makes this the list: services that are in it already go on, the others are started in order. Resolves as `start` does. */
  adopt(services: readonly Service[], strategy: RestartStrategy): Promise<void> {
    return this.#actor.run(async () => {
      this.#strategy = strategy
      const known = new Map(this.#entries.map((entry) => [entry.service, entry]))
      this.#entries = services.map((service) => known.get(service) ?? newEntry(service))
      await this.#startAll(this.#entries)
    })
  }

  /** Treats a running service as if it had ended by itself, stopping it first; one that does not run is left alone. */
  fail(service: Service, reason: string): void {
    const entry = this.#entries.find((one) => one.service === service)
    if (entry?.run !== undefined) this.#ended(entry, entry.run, reason)
  }

  /** Stops every service in reverse order; a pending restart is dropped at once. */
  stop(): Promise<void> {
    this.#abort.abort()
    for (const entry of this.#entries) cancelTimer(entry)
    return this.#actor.run(async () => {
      for (const entry of this.#entries.toReversed()) await this.#stopOne(entry)
    })
  }

  get #stopping(): boolean {
    return this.#abort.signal.aborted
  }

  /** Starts entries in order. Where they depend on each other, those behind one that fails wait with it. */
  async #startAll(entries: readonly Entry[]): Promise<void> {
    for (const entry of entries) {
      if (this.#stopping || entry.run !== undefined) continue
      // A restart is pending: what stands behind it, and depends on it, waits with it.
      if (entry.timer !== undefined && this.#strategy !== 'one-for-one') return this.#waitBehind(entries, entry)
      if (entry.timer !== undefined) continue
      const failure = await this.#startOne(entry)
      if (failure === undefined || this.#stopping) continue
      await this.#restartLater(entry, failure)
      if (this.#strategy !== 'one-for-one') return
    }
  }

  #waitBehind(entries: readonly Entry[], cause: Entry): void {
    for (const entry of entries.slice(entries.indexOf(cause))) entry.waiting = true
  }

  /** Undefined, or why it did not start. */
  async #startOne(entry: Entry): Promise<string | undefined> {
    const run = {}
    entry.run = run
    entry.waiting = false
    entry.startCount += 1
    entry.startedAtMs = undefined
    try {
      await this.#untilStopped(entry.service.start((reason) => this.#ended(entry, run, reason), this.#abort.signal))
    } catch (thrown) {
      return messageOf(thrown)
    }
    if (this.#stopping) return undefined
    entry.startedAtMs = this.#options.clock.nowMs()
    this.#publish(entry, true)
    return undefined
  }

  /** Once the group is stopped, a start that pays no heed to its signal is waited for no longer than a stop. */
  async #untilStopped(start: Promise<void>): Promise<void> {
    await Promise.race([start, this.#aborted])
    if (this.#stopping) await settlesWithin(start, this.#options.clock, STOP_LIMIT_MS)
  }

  /** Called by a service in any turn. */
  #ended(entry: Entry, run: object, reason: string): void {
    this.#actor
      .run(() => (entry.run === run && !this.#stopping ? this.#restartLater(entry, reason) : undefined))
      .catch((thrown: unknown) => this.#options.logger.error({ thrown: messageOf(thrown) }, 'a service group failed'))
  }

  /** Stops what depends on the entry that ended, and starts it all again after the entry's own wait. */
  async #restartLater(cause: Entry, reason: string): Promise<void> {
    const { clock, logger } = this.#options
    const ranForMs = cause.startedAtMs === undefined ? 0 : clock.nowMs() - cause.startedAtMs
    const { state, delayMs } = nextBackoff(cause.backoff, ranForMs)
    cause.backoff = state
    logger.warn({ service: cause.service.name, delayMs }, `${reason}; starting it again in ${delayMs} ms`)
    const affected = this.#affectedBy(cause)
    for (const entry of affected.toReversed()) {
      cancelTimer(entry)
      entry.waiting = true
      if (entry === cause) await this.#stopOne(entry, { reason })
      else await this.#stopOne(entry, dependentOn(cause.service.name))
    }
    if (this.#stopping) return
    cause.timer = clock.setTimer(delayMs, () => {
      cause.timer = undefined
      void this.#actor.run(() => this.#startAll(this.#affectedBy(cause).filter((entry) => entry.waiting)))
    })
  }

  #affectedBy(cause: Entry): readonly Entry[] {
    switch (this.#strategy) {
      case 'one-for-all':
        return this.#entries
      case 'rest-for-one':
        return this.#entries.slice(this.#entries.indexOf(cause))
      case 'one-for-one':
        return [cause]
    }
  }

  /** Also for an entry that ended by itself, which may have things to release. */
  async #stopOne(entry: Entry, why: Pick<ServiceState, 'reason' | 'because'> = {}): Promise<void> {
    if (entry.run === undefined) return
    entry.run = undefined
    const { clock, logger } = this.#options
    this.#publish(entry, false, why)
    const stopped = entry.service.stop().catch((thrown: unknown) => {
      logger.error({ service: entry.service.name, thrown: messageOf(thrown) }, 'a service failed to stop')
    })
    if (await settlesWithin(stopped, clock, STOP_LIMIT_MS)) return
    logger.error({ service: entry.service.name }, `a service did not stop within ${STOP_LIMIT_MS} ms`)
  }

  #publish(entry: Entry, running: boolean, why: Pick<ServiceState, 'reason' | 'because'> = {}): void {
    const restarts = Math.max(0, entry.startCount - 1)
    try {
      this.#options.onState?.({ name: entry.service.name, running, restarts, ...why })
    } catch (thrown) {
      this.#options.logger.error({ thrown: messageOf(thrown) }, 'a listener of service states threw')
    }
  }
}

function dependentOn(because: string): Pick<ServiceState, 'reason' | 'because'> {
  return { reason: `stopped because ${because} ended`, because }
}

function newEntry(service: Service): Entry {
  return {
    service,
    run: undefined,
    startedAtMs: undefined,
    startCount: 0,
    backoff: initialBackoff,
    timer: undefined,
    waiting: false,
  }
}

function cancelTimer(entry: Entry): void {
  entry.timer?.cancel()
  entry.timer = undefined
}
