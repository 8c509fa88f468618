/** Tells subscribers of changes: after the turn in which they were written, each change once, in order of writing. */

import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { Change } from './change.js'
import { type Path, type Pattern, pathText } from './path.js'
import { PathTree } from './path-tree.js'

/** What it returns or throws touches nobody else; a promise is not awaited, only its rejection is logged. */
export type ChangeListener = (change: Change) => void | Promise<void>

export interface DispatcherDeps {
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Listeners that write cause a further round. Chains of decisions need two or three; after so many in a row the next
 * round waits for a timer, so that listeners that feed each other cannot starve the event loop.
 */
const MAX_ROUNDS_COUNT = 64

interface Subscriber {
  readonly listener: ChangeListener
  /** Position in the order of subscribing, which is the order of calls. */
  readonly order: number
  active: boolean
}

interface Notification {
  readonly change: Change
  readonly subscribers: readonly Subscriber[]
}

export class Dispatcher {
  readonly #deps: DispatcherDeps
  readonly #index = new PathTree<Set<Subscriber>>()
  #subscriberCount = 0
  #lastOrder = 0
  /** Grows within one turn only: a flush follows it, whatever happens in between. */
  #queue: Notification[] = []
  #scheduled = false
  #delivering = false
  /** Rounds in a row that were caused by the listeners of the round before. */
  #roundCount = 0
  #timer: Timer | undefined

  constructor(deps: DispatcherDeps) {
    this.#deps = deps
  }

  /** Changes at or below `pattern` that are published from now on. */
  subscribe(pattern: Pattern, listener: ChangeListener): Subscription {
    this.#lastOrder += 1
    const subscriber: Subscriber = { listener, order: this.#lastOrder, active: true }
    const key = [...pattern]
    const subscribers = this.#index.get(key)
    if (subscribers === undefined) this.#index.set(key, new Set([subscriber]))
    else subscribers.add(subscriber)
    this.#subscriberCount += 1
    return { unsubscribe: () => this.#remove(key, subscriber) }
  }

  /** The subscribers are looked up now, so one that comes later never sees an earlier change. */
  publish(path: Path, makeChange: () => Change): void {
    if (this.#subscriberCount === 0) return
    const subscribers: Subscriber[] = []
    for (const some of this.#index.covering(path)) for (const subscriber of some) subscribers.push(subscriber)
    if (subscribers.length === 0) return
    if (subscribers.length > 1) subscribers.sort((a, b) => a.order - b.order)
    this.#queue.push({ change: makeChange(), subscribers })
    this.#schedule(path)
  }

  /** Delivers what is pending, and what listeners write meanwhile. Inside a listener it does nothing. */
  flush(): void {
    if (this.#delivering) return
    for (let round = 0; round < MAX_ROUNDS_COUNT && this.#queue.length > 0; round += 1) this.#deliverRound()
  }

  /** Drops every subscription and every pending notification. */
  close(): void {
    this.#timer?.cancel()
    for (const subscribers of this.#index.select([], 'below')) {
      for (const subscriber of subscribers) subscriber.active = false
    }
    this.#subscriberCount = 0
    this.#queue = []
  }

  #remove(pattern: Pattern, subscriber: Subscriber): void {
    if (!subscriber.active) return
    subscriber.active = false
    this.#subscriberCount -= 1
    const subscribers = this.#index.get(pattern)
    subscribers?.delete(subscriber)
    if (subscribers?.size === 0) this.#index.delete(pattern)
  }

  #schedule(path: Path): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#roundCount = this.#delivering ? this.#roundCount + 1 : 0
    if (this.#roundCount < MAX_ROUNDS_COUNT) {
      queueMicrotask(() => this.#runScheduled())
      return
    }
    this.#deps.logger.warn({ path }, `listeners keep writing properties (${pathText(path)}); other work goes first`)
    this.#timer = this.#deps.clock.setTimer(0, () => this.#runScheduled())
  }

  #runScheduled(): void {
    this.#scheduled = false
    this.#deliverRound()
  }

  #deliverRound(): void {
    const round = this.#queue
    this.#queue = []
    this.#delivering = true
    try {
      for (const { change, subscribers } of round) {
        for (const subscriber of subscribers) {
          if (subscriber.active) this.#call(subscriber.listener, change)
        }
      }
    } finally {
      this.#delivering = false
    }
  }

  #call(listener: ChangeListener, change: Change): void {
    try {
      const result = listener(change)
      if (result instanceof Promise) result.catch((thrown: unknown) => this.#logThrown(change, thrown))
    } catch (thrown) {
      this.#logThrown(change, thrown)
    }
  }

  #logThrown(change: Change, thrown: unknown): void {
    this.#deps.logger.error({ path: change.path, error: messageOf(thrown) }, 'a property listener threw')
  }
}
