/** A bounded queue between a producer that cannot wait and one reader with `for await`. */

import { NetworkError } from '../errors.js'

export interface BoundedStreamOptions {
  /** Items kept for a reader that is behind; one more ends the stream with ERR_OVERFLOW. */
  readonly limitCount: number
  /** Called once when the stream takes no more items, whoever ended it. */
  readonly onEnd: () => void
}

/** What was pushed, in order and without gaps; after an overflow the items before it, then ERR_OVERFLOW. */
export class BoundedStream<Item extends object> implements AsyncIterableIterator<Item, undefined> {
  readonly #options: BoundedStreamOptions
  readonly #readers: ((result: IteratorResult<Item, undefined>) => void)[] = []
  #items: Item[] = []
  #ended = false
  /** Thrown once, after the last item. */
  #error: NetworkError | undefined

  constructor(options: BoundedStreamOptions) {
    this.#options = options
  }

  /** Hands an item to the reader, now or when it asks. */
  push(item: Item): void {
    if (this.#ended) return
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader({ value: item, done: false })
    } else if (this.#items.length < this.#options.limitCount) {
      this.#items.push(item)
    } else {
      const message = `the reader is more than ${this.#options.limitCount} items behind`
      this.#error = new NetworkError('ERR_OVERFLOW', message)
      this.end()
    }
  }

  /** Takes no more items; those that wait are still read. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#options.onEnd()
    for (const reader of this.#readers.splice(0)) reader({ value: undefined, done: true })
  }

  /** Ends at once: items that wait are dropped. */
  cancel(): void {
    this.#items = []
    this.#error = undefined
    this.end()
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    const item = this.#items.shift()
    if (item !== undefined) return Promise.resolve({ value: item, done: false })
    const error = this.#error
    this.#error = undefined
    if (error !== undefined) return Promise.reject(error)
    if (this.#ended) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.cancel()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
