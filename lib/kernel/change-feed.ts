/** Who hears of changes: listeners, called in the same turn, and watches, which read a bounded queue at their own pace. */

import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { KernelChange, KernelSnapshot } from './kernel.js'

/** Most changes that a watch may lag behind: a full dump of a large routing table, and no more than some 50 MB. */
export const WATCH_LIMIT_CHANGES = 131_072

export type Listener = (changes: readonly KernelChange[]) => void
export type WatchItem = KernelSnapshot | KernelChange

export interface ChangeFeedOptions {
  readonly logger: Logger
  readonly watchLimitChanges?: number | undefined
}

interface Entry {
  readonly listener: Listener
  /** Also in the midst of a batch. */
  left: boolean
}

/** Hands each batch of changes to all who asked, in order of asking. */
export class ChangeFeed {
  readonly #logger: Logger
  readonly #watchLimitChanges: number
  /** Made anew when one comes or goes: a batch goes to those who were there when it came. */
  #listeners: readonly Entry[] = []
  readonly #watches = new Set<WatchQueue>()
  #ended: { readonly error?: NetworkError } | undefined

  constructor(options: ChangeFeedOptions) {
    this.#logger = options.logger
    this.#watchLimitChanges = options.watchLimitChanges ?? WATCH_LIMIT_CHANGES
  }

  subscribe(listener: Listener): Subscription {
    const entry: Entry = { listener, left: false }
    this.#listeners = [...this.#listeners, entry]
    return {
      unsubscribe: () => {
        entry.left = true
        this.#listeners = this.#listeners.filter((other) => other !== entry)
      },
    }
  }

  publish(changes: readonly KernelChange[]): void {
    if (changes.length === 0) return
    for (const watch of this.#watches) watch.push(changes)
    for (const entry of this.#listeners) {
      if (entry.left) continue
      try {
        entry.listener(changes)
      } catch (thrown) {
        this.#logger.error({ error: messageOf(thrown) }, 'a listener for kernel changes threw')
      }
    }
  }

  /** Each iteration starts with its own snapshot and ends on abort, overflow, or when the feed ends. */
  watch(snapshot: () => KernelSnapshot, signal: AbortSignal | undefined): AsyncIterable<WatchItem> {
    return {
      [Symbol.asyncIterator]: () => {
        const queue = new WatchQueue(this.#watchLimitChanges, () => {
          this.#watches.delete(queue)
          signal?.removeEventListener('abort', end)
        })
        const end = (): void => queue.end()
        if (this.#ended !== undefined) queue.end(this.#ended.error)
        else if (signal?.aborted === true) queue.end()
        else {
          queue.push([snapshot()])
          this.#watches.add(queue)
          signal?.addEventListener('abort', end)
        }
        return queue
      },
    }
  }

  /** Ends every watch, with the error if one is given. */
  end(error?: NetworkError): void {
    this.#ended ??= error === undefined ? {} : { error }
    for (const entry of this.#listeners) entry.left = true
    this.#listeners = []
    for (const watch of [...this.#watches]) watch.end(error)
  }
}

/** One reader's queue. Items that were queued when it ends are dropped: a reader told to stop wants no more. */
class WatchQueue implements AsyncIterator<WatchItem, undefined> {
  readonly #limitChanges: number
  readonly #onEnd: () => void
  #items: WatchItem[] = []
  #head = 0
  #waiting: { resolve: (result: IteratorResult<WatchItem, undefined>) => void; reject: (error: Error) => void }[] = []
  #ended = false
  #error: NetworkError | undefined

  constructor(limitChanges: number, onEnd: () => void) {
    this.#limitChanges = limitChanges
    this.#onEnd = onEnd
  }

  push(items: readonly WatchItem[]): void {
    if (this.#ended) return
    for (const item of items) {
      const reader = this.#waiting.shift()
      if (reader === undefined) this.#items.push(item)
      else reader.resolve({ done: false, value: item })
    }
    if (this.#items.length - this.#head <= this.#limitChanges) return
    this.end(
      new NetworkError('ERR_OVERFLOW', `a watch was more than ${this.#limitChanges} changes behind`, {
        operation: 'watch',
      }),
    )
  }

  end(error?: NetworkError): void {
    if (this.#ended) return
    this.#ended = true
    this.#items = []
    this.#head = 0
    this.#error = error
    this.#onEnd()
    for (const reader of this.#waiting.splice(0)) this.#finish(reader)
  }

  next(): Promise<IteratorResult<WatchItem, undefined>> {
    return new Promise((resolve, reject) => {
      const item = this.#items[this.#head]
      if (item !== undefined) {
        this.#take()
        resolve({ done: false, value: item })
      } else if (this.#ended) this.#finish({ resolve, reject })
      else this.#waiting.push({ resolve, reject })
    })
  }

  return(): Promise<IteratorResult<WatchItem, undefined>> {
    this.end()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** The error is told once; afterwards the iteration is simply over. */
  #finish(reader: {
    resolve: (result: IteratorResult<WatchItem, undefined>) => void
    reject: (e: Error) => void
  }): void {
    const error = this.#error
    this.#error = undefined
    if (error === undefined) reader.resolve({ done: true, value: undefined })
    else reader.reject(error)
  }

  /** Read items are dropped in bulk: shifting an array once an item would cost its length each time. */
  #take(): void {
    this.#head += 1
    if (this.#head * 2 < this.#items.length) return
    this.#items = this.#items.slice(this.#head)
    this.#head = 0
  }
}
