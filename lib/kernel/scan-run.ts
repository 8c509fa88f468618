/** One scan, from the request to its end: a small machine that events and answers drive. */

import type { Clock, Timer } from '../base/clock.js'
import { NetworkError } from '../errors.js'
import { type Asked, noSuchLink } from './kernel-error.js'
import type { EngineError, EngineRequest, TriggerScan, WirelessEvent } from './messages.js'
import type { Waiter } from './requests.js'
import { genericRefusal } from './wireless-error.js'

/** A driver is also busy with what is no scan and whose end nobody tells: so it is asked again. */
const BUSY_RETRY_MS = 1_000
/** libuv's ECANCELED. */
const ECANCELED = 125

export interface ScanRunDeps {
  readonly clock: Clock
  /** Hands a request to the engine; returns its id. */
  readonly transmit: (request: EngineRequest, waiter?: Waiter) => number
  /** Called once, with nothing when the kernel's list may be read. */
  readonly end: (error?: NetworkError) => void
}

export interface ScanWish {
  readonly request: TriggerScan
  readonly asked: Asked
  readonly signal: AbortSignal | undefined
  readonly deadlineMs: number
}

/** asking: the request is on its way. scanning: our scan runs. busy: another one does. */
type State = 'asking' | 'scanning' | 'busy' | 'ended'

/** Deliver events to it from its begin to its end. */
export class ScanRun {
  readonly #deps: ScanRunDeps
  readonly #wish: ScanWish
  readonly #deadline: Timer
  readonly #abort = (): void => this.#giveUp('ERR_CANCELLED', 'cancelled')
  #state: State = 'asking'
  /** How a scan of the interface ended since the request left, if it began since then. */
  #began = false
  #ownEnd: 'done' | 'aborted' | undefined
  /** The kernel took a request of ours, whose end may be lost. */
  #taken = false
  /** A scan of anybody ended since the request left. */
  #anyEnded = false
  #retry: Timer | undefined

  constructor(deps: ScanRunDeps, wish: ScanWish) {
    this.#deps = deps
    this.#wish = wish
    this.#deadline = deps.clock.setTimer(wish.deadlineMs, () =>
      this.#giveUp('ERR_TIMEOUT', `no end within ${wish.deadlineMs} ms`),
    )
    wish.signal?.addEventListener('abort', this.#abort)
    this.#ask()
  }

  hear(event: WirelessEvent): void {
    const { ifindex } = this.#wish.request
    if (event.type === 'interfaceGone' && event.ifindex === ifindex) {
      this.#end(noSuchLink(ifindex, this.#wish.asked))
    } else if (event.type === 'overrun') {
      // The end may be among what was lost: the kernel's answer tells whether the scan still runs.
      if (this.#state === 'scanning' || this.#state === 'busy') this.#ask()
    } else if (event.type === 'scan') {
      if (event.stage === 'started') this.#begin(event.ifindex)
      else this.#heardEnd(event.ifindex, event.stage)
    }
  }

  /** The kernel has been closed. */
  stop(error: NetworkError): void {
    this.#end(error)
  }

  #begin(ifindex: number): void {
    if (ifindex !== this.#wish.request.ifindex) return
    this.#began = true
    this.#ownEnd = undefined
  }

  #heardEnd(ifindex: number, stage: 'done' | 'aborted'): void {
    this.#anyEnded = true
    if (ifindex === this.#wish.request.ifindex && this.#began) this.#ownEnd = stage
    const own = ifindex === this.#wish.request.ifindex
    if (own && (this.#state === 'scanning' || (this.#state === 'busy' && this.#taken))) this.#conclude(stage)
    // What another scan heard need not be all: it may have called others, on few channels.
    else if (this.#state === 'busy') this.#ask()
  }

  #ask(): void {
    this.#state = 'asking'
    this.#retry?.cancel()
    this.#began = false
    this.#ownEnd = undefined
    this.#anyEnded = false
    this.#deps.transmit(this.#wish.request, {
      answer: (event) => this.#answered(event.type === 'reply' ? event.error : undefined),
      reject: (error) => this.#end(error),
    })
  }

  #answered(error: EngineError | undefined): void {
    if (this.#state === 'ended') {
      // Given up while the request was on its way.
      if (error === undefined) this.#abortOurs()
    } else if (error === undefined) {
      this.#state = 'scanning'
      this.#taken = true
      if (this.#ownEnd !== undefined) this.#conclude(this.#ownEnd)
    } else if (error.code === 'EBUSY') {
      this.#state = 'busy'
      if (this.#anyEnded) this.#ask()
      else this.#retry = this.#deps.clock.setTimer(BUSY_RETRY_MS, () => this.#ask())
    } else this.#end(genericRefusal(error, this.#wish.asked, true))
  }

  #conclude(stage: 'done' | 'aborted'): void {
    if (stage === 'done') this.#end()
    else {
      const { asked } = this.#wish
      const details = { errno: ECANCELED, operation: asked.operation, ifname: asked.ifname }
      const text = `${asked.description}: the scan was ended before it was done (ECANCELED)`
      this.#end(new NetworkError('ERR_KERNEL_REFUSED', text, details))
    }
  }

  #giveUp(code: 'ERR_CANCELLED' | 'ERR_TIMEOUT', why: string): void {
    const { asked } = this.#wish
    if (this.#state === 'scanning') this.#abortOurs()
    const details = { operation: asked.operation, ifname: asked.ifname }
    this.#end(new NetworkError(code, `${asked.description}: ${why}`, details))
  }

  /** Nobody hears of the answer: the scan may have ended by itself. */
  #abortOurs(): void {
    this.#deps.transmit({ type: 'abortScan', ifindex: this.#wish.request.ifindex })
  }

  #end(error?: NetworkError): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#retry?.cancel()
    this.#deadline.cancel()
    this.#wish.signal?.removeEventListener('abort', this.#abort)
    this.#deps.end(error)
  }
}
