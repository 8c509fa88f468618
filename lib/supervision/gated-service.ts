/** A service that runs only while its gate is open, such as a DHCP client while the link has carrier. */

import { Actor } from '../base/actor.js'
import { messageOf } from '../errors.js'
import type { Service } from './service-group.js'

interface Run {
  readonly onEnd: (reason: string) => void
  readonly signal: AbortSignal
}

/** To its group it runs even while the gate is closed; then nothing of it exists. */
export class GatedService implements Service {
  readonly name: string
  readonly #inner: Service
  readonly #actor = new Actor()
  #open: boolean
  /** Present from start to stop or to the end of the service. */
  #run: Run | undefined
  #innerRuns = false

  constructor(inner: Service, open: boolean) {
    this.name = inner.name
    this.#inner = inner
    this.#open = open
  }

  /**
   * Opens or closes the gate; resolves when the service runs or is gone. Never rejects: a failure is an end. Each closing
   * stops the service, however soon the gate opens again: behind a link that blinked may be another network.
   */
  setOpen(open: boolean): Promise<void> {
    this.#open = open
    return this.#actor.run(async () => {
      const run = this.#run
      try {
        await (open ? this.#startInner() : this.#stopInner())
      } catch (thrown) {
        if (run !== undefined) this.#ended(run, messageOf(thrown))
      }
    })
  }

  start(onEnd: (reason: string) => void, signal: AbortSignal): Promise<void> {
    return this.#actor.run(() => {
      this.#run = { onEnd, signal }
      return this.#startInner()
    })
  }

  stop(): Promise<void> {
    this.#run = undefined
    return this.#actor.run(() => this.#stopInner())
  }

  async #startInner(): Promise<void> {
    const run = this.#run
    // The gate as it is now: where it was closed again meanwhile, a start would be for nothing.
    if (run === undefined || !this.#open || this.#innerRuns) return
    this.#innerRuns = true
    await this.#inner.start((reason) => this.#ended(run, reason), run.signal)
  }

  async #stopInner(): Promise<void> {
    if (!this.#innerRuns) return
    this.#innerRuns = false
    await this.#inner.stop()
  }

  /** The group decides when to start it again. */
  #ended(run: Run, reason: string): void {
    if (this.#run !== run) return
    this.#run = undefined
    run.onEnd(reason)
  }
}
