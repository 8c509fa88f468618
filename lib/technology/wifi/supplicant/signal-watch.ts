/** Keeps `wifi/signal` while somebody subscribes below `wifi/` and there is a connection; asks nothing otherwise. */

import type { Timer } from '../../../base/clock.js'
import type { Subscription } from '../../../base/disposable.js'
import type { PartContext } from '../../plan.js'
import { readSignal } from './signal.js'

/** As often as a person looks; a question costs the driver a message or two. */
export const SIGNAL_POLL_MS = 5_000
/** Between 'good' and 'weak'; the supplicant tells of each crossing, however long the next poll is away. */
const MONITOR = 'SIGNAL_MONITOR THRESHOLD=-70 HYSTERESIS=5'
const NO_MONITOR = 'SIGNAL_MONITOR'

const SIGNAL = ['wifi', 'signal']

export interface SignalWatchOptions {
  readonly context: PartContext
  readonly ask: (command: string) => Promise<string>
  /**
   * Whether the supplicant's own monitor may be set. Not where it scans in the background (bgscan): it has set the same
   * monitor itself, and would never roam again.
   */
  readonly monitor: boolean
}

export class SignalWatch {
  readonly #options: SignalWatchOptions
  #subscription: Subscription | undefined
  #watched = false
  #connected = false
  #timer: Timer | undefined
  #monitoring = false
  #asking = false
  #ended = false

  constructor(options: SignalWatchOptions) {
    this.#options = options
  }

  start(): void {
    this.#subscription = this.#options.context.watched(['wifi'], (watched) => {
      this.#watched = watched
      this.#update()
    })
  }

  /** A connection came, changed or went. */
  connected(connected: boolean): void {
    if (connected === this.#connected) return
    this.#connected = connected
    this.#update()
  }

  /** The supplicant says that the signal has changed: asks at once. */
  changed(): void {
    if (this.#watched && this.#connected) this.#poll()
  }

  end(): void {
    this.#ended = true
    this.#subscription?.unsubscribe()
    this.#timer?.cancel()
  }

  #update(): void {
    if (this.#ended) return
    const wanted = this.#watched && this.#connected
    this.#setMonitor(wanted)
    if (wanted) return this.#poll()
    this.#timer?.cancel()
    this.#timer = undefined
    this.#options.context.delete(SIGNAL)
  }

  #setMonitor(wanted: boolean): void {
    if (!this.#options.monitor || wanted === this.#monitoring) return
    this.#monitoring = wanted
    // A driver that has none refuses; then the polls are all there is.
    this.#options.ask(wanted ? MONITOR : NO_MONITOR).catch(() => undefined)
  }

  #poll(): void {
    this.#timer?.cancel()
    this.#timer = this.#options.context.clock.setTimer(SIGNAL_POLL_MS, () => this.#poll())
    if (this.#asking) return
    this.#asking = true
    this.#options
      .ask('SIGNAL_POLL')
      .then((answer) => this.#publish(answer))
      .catch(() => undefined)
      .finally(() => {
        this.#asking = false
      })
  }

  #publish(answer: string): void {
    if (this.#ended || !this.#watched || !this.#connected) return
    const signal = readSignal(answer)
    if (typeof signal === 'string') this.#options.context.delete(SIGNAL)
    else this.#options.context.put(SIGNAL, signal)
  }
}
