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
  /** A scan of anybody ended since the request left. */
  #anyEnd: { readonly ifindex: number; readonly done: boolean } | undefined
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
    this.#anyEnd = { ifindex, done: stage === 'done' }
    if (ifindex === this.#wish.request.ifindex && this.#began) this.#ownEnd = stage
    if (this.#state === 'busy') this.#afterOther(this.#anyEnd)
    else if (this.#state === 'scanning' && ifindex === this.#wish.request.ifindex) this.#conclude(stage)
  }

  #ask(): void {
    this.#state = 'asking'
    this.#retry?.cancel()
    this.#began = false
    this.#ownEnd = undefined
    this.#anyEnd = undefined
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
      if (this.#ownEnd !== undefined) this.#conclude(this.#ownEnd)
    } else if (error.code === 'EBUSY') {
      this.#state = 'busy'
      this.#retry = this.#deps.clock.setTimer(BUSY_RETRY_MS, () => this.#ask())
      if (this.#anyEnd !== undefined) this.#afterOther(this.#anyEnd)
    } else this.#end(genericRefusal(error, this.#wish.asked, true))
  }

  /** What another scan heard serves as well, unless something particular is wanted. */
  #afterOther({ ifindex, done }: { readonly ifindex: number; readonly done: boolean }): void {
    const { ssids, frequenciesMhz, passive, flush, ifindex: ours } = this.#wish.request
    const particular = ssids ?? frequenciesMhz ?? (passive === true || flush === true ? true : undefined)
    if (done && ifindex === ours && particular === undefined) this.#end()
    else this.#ask()
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
