/** Asks a supplicant that has been quiet whether it still lives. */

import type { Clock, Timer } from '../../../base/clock.js'
import { isPong, PING } from './request-queue.js'

/**
 * A supplicant that hangs keeps its association for a while, and nobody can tell; a device that is steered by it should
 * know within seconds. One datagram in ten seconds of silence is nothing beside the beacons that it hears meanwhile.
 */
export const KEEP_ALIVE_MS = 10_000

export interface KeepAliveOptions {
  readonly clock: Clock
  readonly ask: (command: string) => Promise<string>
  /** PING got another answer than PONG. No answer is told by whoever asks. */
  readonly onWrong: (reason: string) => void
}

export class KeepAlive {
  readonly #options: KeepAliveOptions
  #lastMs: number
  #timer: Timer | undefined
  #ended = false

  constructor(options: KeepAliveOptions) {
    this.#options = options
    this.#lastMs = options.clock.nowMs()
    this.#arm(KEEP_ALIVE_MS)
  }

  /** The supplicant has said something. */
  heard(): void {
    this.#lastMs = this.#options.clock.nowMs()
  }

  end(): void {
    this.#ended = true
    this.#timer?.cancel()
  }

  /** One timer for any number of datagrams: it looks, and is set anew for what is left. */
  #arm(delayMs: number): void {
    if (this.#ended) return
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      const leftMs = this.#lastMs + KEEP_ALIVE_MS - this.#options.clock.nowMs()
      if (leftMs > 0) this.#arm(leftMs)
      else this.#ping()
    })
  }

  #ping(): void {
    const { ask, onWrong } = this.#options
    ask(PING)
      .then((answer) => {
        if (!isPong(answer) && !this.#ended) onWrong('wpa_supplicant answered PING with something else than PONG')
      })
      // A time-out is the queue's to tell; anything else ends with the endpoint.
      .catch(() => undefined)
      .finally(() => this.#arm(KEEP_ALIVE_MS))
  }
}
