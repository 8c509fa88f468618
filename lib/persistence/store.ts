/** The contract of a store for configurations; users may bring their own. */

/** A value, now or later. */
export type Awaitable<Value> = Value | Promise<Value>

/** Keeps one configuration per interface over restarts. Every member may be async. */
export interface Persistence {
  /** The interfaces that have a saved configuration, sorted. */
  list(): Awaitable<readonly string[]>
  /** The saved configuration, undefined where nothing is saved; rejects when what is saved cannot be used. */
  load(ifname: string): Awaitable<unknown>
  /** Replaces the saved configuration; resolves when it will survive a power cut. */
  save(ifname: string, config: unknown): Awaitable<void>
  /** Removes the saved configuration; nothing saved is no failure. */
  clear(ifname: string): Awaitable<void>
}
