/** Tells subscribers of changes: after the turn in which they were written, each change once, in order of writing. */

import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { Change } from './change.js'
import { ANY_SEGMENT, type Path, type Pattern, pathText } from './path.js'
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
  readonly pattern: Pattern
  readonly listener: ChangeListener
  /** Position in the order of subscribing, which is the order of calls. */
  readonly order: number
  active: boolean
}

/** Hears whether anybody subscribes at or below a path. */
interface Watch {
  readonly path: Path
  readonly listener: (watched: boolean) => void
  subscriberCount: number
}

interface Notification {
  readonly change: Change
  readonly subscribers: readonly Subscriber[]
}

export class Dispatcher {
  readonly #deps: DispatcherDeps
  readonly #index = new PathTree<Set<Subscriber>>()
  readonly #watches = new Set<Watch>()
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
    const key = [...pattern]
    const subscriber: Subscriber = { pattern: key, listener, order: this.#lastOrder, active: true }
    const subscribers = this.#index.get(key)
    if (subscribers === undefined) this.#index.set(key, new Set([subscriber]))
    else subscribers.add(subscriber)
    this.#subscriberCount += 1
    this.#tellWatches(key, 1)
    return { unsubscribe: () => this.#remove(subscriber) }
  }

  /**
   * Calls `listener` now, and whenever the answer changes, with whether a pattern of somebody lies at or below `path`; a
   * pattern that ends above it does not count.
   */
  watch(path: Path, listener: (watched: boolean) => void): Subscription {
    const watch: Watch = { path: [...path], listener, subscriberCount: 0 }
    for (const subscribers of this.#index.select([], 'below')) {
      for (const { pattern } of subscribers) if (reaches(pattern, watch.path)) watch.subscriberCount += 1
    }
    this.#watches.add(watch)
    listener(watch.subscriberCount > 0)
    return { unsubscribe: () => void this.#watches.delete(watch) }
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
    this.#watches.clear()
  }

  #remove(subscriber: Subscriber): void {
    if (!subscriber.active) return
    const { pattern } = subscriber
    subscriber.active = false
    this.#subscriberCount -= 1
    const subscribers = this.#index.get(pattern)
    subscribers?.delete(subscriber)
    if (subscribers?.size === 0) this.#index.delete(pattern)
    this.#tellWatches(pattern, -1)
  }

  #tellWatches(pattern: Pattern, change: 1 | -1): void {
    for (const watch of this.#watches) {
      if (!reaches(pattern, watch.path)) continue
      const before = watch.subscriberCount > 0
      watch.subscriberCount += change
      const watched = watch.subscriberCount > 0
      if (watched !== before) watch.listener(watched)
    }
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

/** Whether the pattern can match what lies at or below the path, and nothing beside it. */
function reaches(pattern: Pattern, path: Path): boolean {
  return (
    pattern.length >= path.length &&
    path.every((segment, index) => pattern[index] === ANY_SEGMENT || pattern[index] === segment)
  )
}
