/**
 * Which dumps are outstanding. A need is met by the first dump that begins after the need arose: the engine's stream is
 * one timeline, so a `snapshotBegin` behind an event means a dump that saw what the event told.
 */

export interface DumpTrackerDeps {
  readonly askForRoutes: () => void
  /** Calls `answerDoubt` some time. */
  readonly askWhetherSilent: () => void
}

/** Asks for route dumps, at most one at a time that has not begun, and knows when all have been read. */
export class DumpTracker {
  readonly #deps: DumpTrackerDeps
  /** All is needed from the start: the engine begins with a dump of everything. */
  #allNeeded = true
  #routesNeeded = false
  /** Whether they are needed has been asked. */
  #routesDoubted = false
  #reading: 'all' | 'routes' | undefined
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []

  constructor(deps: DumpTrackerDeps) {
    this.#deps = deps
  }

  /** The mirror has found that it may hold routes that the kernel does not. */
  needRoutes(): void {
    if (this.#routesNeeded) return
    this.#routesNeeded = true
    this.#deps.askForRoutes()
  }

  /** The mirror holds routes that the kernel has dropped, if it does so without a word. */
  doubtRoutes(): void {
    if (this.#routesNeeded || this.#routesDoubted) return
    this.#routesDoubted = true
    this.#deps.askWhetherSilent()
  }

  answerDoubt(silent: boolean): void {
    if (!this.#routesDoubted) return
    this.#routesDoubted = false
    if (silent) this.needRoutes()
  }

  /** Notifications were lost; the engine dumps everything unasked. */
  overrun(): void {
    this.#allNeeded = true
  }

  begin(what: 'all' | 'routes'): void {
    this.#reading = what
    this.#routesNeeded = false
    this.#routesDoubted = false
    if (what === 'all') this.#allNeeded = false
  }

  end(): void {
    this.#reading = undefined
  }

  /** The engine could not dump: waiting longer is of no use. */
  giveUp(): void {
    this.#routesNeeded = false
  }

  /** True from an overrun to the end of the dump that makes up for it: the mirror lacks what was lost. */
  get catchingUp(): boolean {
    return this.#allNeeded || this.#reading === 'all'
  }

  get outstanding(): boolean {
    return this.#allNeeded || this.#routesNeeded || this.#routesDoubted || this.#reading !== undefined
  }

  /** Resolves when nothing is outstanding. */
  settled(): Promise<void> {
    if (!this.outstanding) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** To be called when a batch has been read. */
  wake(): void {
    if (this.outstanding) return
    for (const waiting of this.#waiting.splice(0)) waiting.resolve()
  }

  stop(error: Error): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error)
  }
}
