/** Signals of the process as orders to the daemon. */

export type Order = 'reload' | 'stop'

/** The parts of `process` that tell of signals, and end it. */
export interface SignalHost {
  on(event: 'SIGHUP' | 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  off(event: 'SIGHUP' | 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  exit(status: number): unknown
}

/** Signals as orders, in the order in which they came; the same order twice in a row is one. */
export class Orders {
  readonly #host: SignalHost
  readonly #waiting: Order[] = []
  #wake: () => void = () => undefined
  #stopping = false
  readonly #reload = (): void => this.#take('reload')
  readonly #stop = (): void => {
    // Who sends it again will not wait, whatever is under way: a start, a reload or the stop itself.
    if (this.#stopping) return void this.#host.exit(1)
    this.#stopping = true
    this.#take('stop')
  }

  constructor(host: SignalHost) {
    this.#host = host
    host.on('SIGHUP', this.#reload)
    host.on('SIGTERM', this.#stop)
    host.on('SIGINT', this.#stop)
  }

  /** Resolves with the next order; an order to stop goes before those to reload. */
  async next(): Promise<Order> {
    while (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#stopping) return 'stop'
    return this.#waiting.shift() ?? 'stop'
  }

  close(): void {
    this.#host.off('SIGHUP', this.#reload)
    this.#host.off('SIGTERM', this.#stop)
    this.#host.off('SIGINT', this.#stop)
  }

  #take(order: Order): void {
    if (this.#waiting.at(-1) !== order) this.#waiting.push(order)
    this.#wake()
  }
}
