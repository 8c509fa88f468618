/** The property table: what the library knows, under paths, with the time of each value and news of each change. */

import type { Clock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { BoundedStream } from './bounded-stream.js'
import type { Change } from './change.js'
import { type ChangeListener, Dispatcher } from './dispatcher.js'
import { checkListener, checkWaitOptions } from './options.js'
import { checkPath, checkPattern, comparePaths, type Path, type Pattern, pathKey } from './path.js'
import { PathTree } from './path-tree.js'
import { type UntilOptions, until, type ValuePredicate } from './until.js'
import { equalValues, frozenCopy } from './value.js'

export interface PropertyTableDeps {
  readonly clock: Clock
  readonly logger: Logger
}

/** A path with its value. */
export type PropertyEntry = readonly [path: Path, value: unknown]

/** A reader that is so far behind has stopped reading; a scan or a start writes a few dozen changes at once. */
const MAX_BUFFERED_CHANGES_COUNT = 4_096

interface Property {
  readonly path: Path
  readonly value: unknown
  readonly timestampMs: number
}

/**
 * Values are plain JSON, copied and frozen when written; null is a value, undefined is not. A write is visible to `get`
 * at once; subscribers are called after the turn. Writing an equal value changes nothing, not even the timestamp.
 */
export class PropertyTable {
  readonly #clock: Clock
  readonly #dispatcher: Dispatcher
  readonly #properties = new PathTree<Property>()
  /** What ends with the table: streams and waits. */
  readonly #closers = new Set<() => void>()
  readonly #startMs: number
  #closed = false

  constructor(deps: PropertyTableDeps) {
    this.#clock = deps.clock
    this.#dispatcher = new Dispatcher(deps)
    this.#startMs = deps.clock.nowMs()
  }

  /**
   * Writes first values without telling anyone; all of them or, when one is refused, none.
   * @throws NetworkError `ERR_INVALID_CONFIG` as for `put`.
   */
  seed(entries: Iterable<PropertyEntry>): void {
    const checked = checkEntries(entries)
    const timestampMs = this.#clock.nowMs()
    for (const [path, value] of checked) this.#properties.set(path, { path, value, timestampMs })
  }

  /**
   * Writes one value. After `close` it does nothing, because parts that are stopping still report.
   * @throws NetworkError `ERR_INVALID_CONFIG` for a path that is no list of strings, or a value that is not JSON.
   */
  put(path: Path, value: unknown): void {
    checkPath(path)
    this.#write(path, frozenCopy(value), this.#clock.nowMs())
  }

  /**
   * Writes several values with one timestamp, all of them or, when one is refused, none; a path listed twice keeps its
   * last value and its first place in the order.
   * @throws NetworkError `ERR_INVALID_CONFIG` as for `put`.
   */
  putMany(entries: Iterable<PropertyEntry>): void {
    const lastValues = new Map<string, PropertyEntry>()
    for (const entry of checkEntries(entries)) lastValues.set(pathKey(entry[0]), entry)
    const nowMs = this.#clock.nowMs()
    for (const [path, value] of lastValues.values()) this.#write(path, value, nowMs)
  }

  /** Removes one property; one that does not exist is no change. */
  delete(path: Path): void {
    checkPath(path)
    const property = this.#properties.get(path)
    if (property !== undefined) this.#remove(property, this.#clock.nowMs())
  }

  /** Removes every property at or below `pattern`, with one timestamp, in the order of their paths. */
  deleteMatches(pattern: Pattern): void {
    const nowMs = this.#clock.nowMs()
    for (const property of this.#select(pattern, 'below')) this.#remove(property, nowMs)
  }

  /** The value, or `fallback` when there is no such property. */
  get(path: Path, fallback?: unknown): unknown {
    checkPath(path)
    const property = this.#properties.get(path)
    return property === undefined ? fallback : property.value
  }

  has(path: Path): boolean {
    checkPath(path)
    return this.#properties.get(path) !== undefined
  }

  /** When the present value was written, in ms of CLOCK_MONOTONIC. */
  timestamp(path: Path): number | undefined {
    checkPath(path)
    return this.#properties.get(path)?.timestampMs
  }

  /** The properties whose whole path matches, sorted by path. */
  match(pattern: Pattern): PropertyEntry[] {
    return this.#select(pattern, 'exact').map(({ path, value }) => [path, value])
  }

  /** The properties whose path begins with a match, sorted by path. */
  getByPrefix(pattern: Pattern): PropertyEntry[] {
    return this.#select(pattern, 'below').map(({ path, value }) => [path, value])
  }

  /**
   * Calls `listener` after the turn, once for every change at or below `pattern` that is written from now on, in order
   * of writing; nothing is merged, and `get` inside it shows the state after the turn.
   */
  subscribe(pattern: Pattern, listener: ChangeListener): Subscription {
    checkPattern(pattern)
    checkListener(listener)
    if (this.#closed) return { unsubscribe: () => undefined }
    return this.#dispatcher.subscribe(pattern, listener)
  }

  /**
   * Calls `listener` now, and whenever that changes, with whether anybody subscribes to something at or below `path`: for
   * values that cost something to keep up to date. A subscription to more than that does not count.
   */
  watched(path: Path, listener: (watched: boolean) => void): Subscription {
    checkPath(path)
    if (!this.#closed) return this.#dispatcher.watch(path, listener)
    listener(false)
    return { unsubscribe: () => undefined }
  }

  /**
   * What `subscribe` tells, from now on, as an iterable for one reader. An abort ends it without an error, closing the table ends it
   * after what waits to be read; a reader that is too far behind reads what came before and then gets `ERR_OVERFLOW`.
   */
  changes(pattern: Pattern, options: { readonly signal?: AbortSignal | undefined } = {}): AsyncIterable<Change> {
    checkWaitOptions(options)
    const { signal } = options
    const endings: (() => void)[] = []
    const stream = new BoundedStream<Change>({
      limitCount: MAX_BUFFERED_CHANGES_COUNT,
      onEnd: () => {
        for (const end of endings.splice(0)) end()
      },
    })
    const subscription = this.subscribe(pattern, (change) => stream.push(change))
    const closing = this.#onClose(() => stream.end())
    const cancel = (): void => stream.cancel()
    signal?.addEventListener('abort', cancel)
    endings.push(
      () => subscription.unsubscribe(),
      () => closing.unsubscribe(),
      () => signal?.removeEventListener('abort', cancel),
    )
    if (this.#closed || signal?.aborted === true) stream.cancel()
    return stream
  }

  /**
   * Resolves with the value as soon as the property has it, or satisfies the predicate; undefined waits for absence.
   * Rejects with `ERR_TIMEOUT`, with `ERR_CANCELLED` on abort, with `ERR_STOPPED` when the table closes.
   */
  until(path: Path, predicate: ValuePredicate, options?: UntilOptions): Promise<unknown>
  until(path: Path, value: unknown, options?: UntilOptions): Promise<unknown>
  async until(path: Path, wanted: unknown, options: UntilOptions = {}): Promise<unknown> {
    checkWaitOptions(options)
    const source = {
      clock: this.#clock,
      closed: this.#closed,
      get: (exact: Path) => this.get(exact),
      subscribe: (exact: Path, listener: ChangeListener) =>
        this.subscribe(exact, (change) => (change.path.length === exact.length ? listener(change) : undefined)),
      flush: () => this.flush(),
      onClose: (stop: () => void) => this.#onClose(stop),
    }
    return until(source, { path, wanted, ...options })
  }

  /** Delivers pending notifications now, and those that listeners cause by writing; inside a listener it does nothing. */
  flush(): void {
    this.#dispatcher.flush()
  }

  /** Delivers what is pending, then ends every subscription, stream and wait. The values stay readable. */
  close(): void {
    if (this.#closed) return
    this.flush()
    this.#closed = true
    this.#dispatcher.close()
    for (const stop of [...this.#closers]) stop()
    this.#closers.clear()
  }

  #onClose(stop: () => void): Subscription {
    this.#closers.add(stop)
    return { unsubscribe: () => void this.#closers.delete(stop) }
  }

  #select(pattern: Pattern, reach: 'exact' | 'below'): Property[] {
    checkPattern(pattern)
    return this.#properties.select(pattern, reach).sort((a, b) => comparePaths(a.path, b.path))
  }

  #write(path: Path, value: unknown, nowMs: number): void {
    if (this.#closed) return
    const old = this.#properties.get(path)
    if (old !== undefined && equalValues(old.value, value)) return
    const property = { path: old?.path ?? Object.freeze([...path]), value, timestampMs: nowMs }
    this.#properties.set(path, property)
    this.#publish(old, property)
  }

  #remove(old: Property, nowMs: number): void {
    if (this.#closed) return
    this.#properties.delete(old.path)
    this.#publish(old, { path: old.path, value: undefined, timestampMs: nowMs })
  }

  #publish(old: Property | undefined, { path, value, timestampMs }: Property): void {
    this.#dispatcher.publish(path, () =>
      Object.freeze({
        path,
        oldValue: old?.value,
        newValue: value,
        metadata: Object.freeze({ oldTimestamp: old?.timestampMs ?? this.#startMs, newTimestamp: timestampMs }),
      }),
    )
  }
}

function checkEntries(entries: Iterable<PropertyEntry>): PropertyEntry[] {
  return Array.from(entries, ([path, value]) => {
    checkPath(path)
    return [Object.freeze([...path]), frozenCopy(value)] as const
  })
}
