/** Things with an end: subscriptions, and stacks of owners that stop in reverse order of start. */

export interface Subscription {
  /** Ends the subscription; harmless when called again. */
  unsubscribe(): void
}

/** Owners in order of start; `disposeAll` stops them in reverse, all of them, whatever one throws. */
export class DisposableStack {
  readonly #stops: { name: string; stop: () => Promise<void> | void }[] = []

  defer(name: string, stop: () => Promise<void> | void): void {
    this.#stops.push({ name, stop })
  }

  /** Stops everything; returns what was thrown, each with its owner's name. */
  async disposeAll(): Promise<{ name: string; thrown: unknown }[]> {
    const failures: { name: string; thrown: unknown }[] = []
    for (let entry = this.#stops.pop(); entry !== undefined; entry = this.#stops.pop()) {
      try {
        await entry.stop()
      } catch (thrown) {
        failures.push({ name: entry.name, thrown })
      }
    }
    return failures
  }
}
