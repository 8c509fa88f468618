/** Steps that the kernel would not take: what to tell of them, and when to try again. */

import type { Clock, Timer } from '../base/clock.js'

/** First wait before a refused step is tried again. A refusal is rarely cured by itself, but a right or a module may come. */
const FIRST_RETRY_MS = 1_000
/** The wait doubles up to this. */
const MAX_RETRY_MS = 60_000

interface Refusal {
  /** '' for what belongs to no interface, such as leftovers of an earlier run. */
  readonly ifname: string
  /** Undefined where there is nothing to tell: the link is gone for the moment. */
  readonly problem: string | undefined
  readonly errno: number | undefined
  /** False: may be sent at the next occasion. */
  waiting: boolean
}

export interface RefusalsDeps {
  readonly clock: Clock
  /** Called when refused steps may be sent again. */
  readonly onRetry: () => void
}

/** The refused steps by key. One timer an interface, so that a hopeless interface costs one attempt a minute. */
export class Refusals {
  readonly #deps: RefusalsDeps
  readonly #refusals = new Map<string, Refusal>()
  readonly #retries = new Map<string, { timer: Timer | undefined; delayMs: number }>()

  constructor(deps: RefusalsDeps) {
    this.#deps = deps
  }

  get size(): number {
    return this.#refusals.size
  }

  isWaiting(key: string): boolean {
    return this.#refusals.get(key)?.waiting === true
  }

  /** Records a refusal. True when its problem is news; the same errno again is none, and keeps its first text. */
  note(key: string, refusal: { ifname: string; problem: string | undefined; errno: number | undefined }): boolean {
    const known = this.#refusals.get(key)
    const isKnown = known?.problem !== undefined && refusal.problem !== undefined && known.errno === refusal.errno
    this.#refusals.set(key, { ...refusal, problem: isKnown ? known.problem : refusal.problem, waiting: true })
    this.#schedule(refusal.ifname)
    return refusal.problem !== undefined && !isKnown
  }

  /** Lets the interface's refused steps be sent at the next occasion: something about it has changed. */
  release(ifname: string): void {
    if (this.#refusals.size === 0) return
    for (const refusal of this.#refusals.values()) {
      if (refusal.ifname === ifname) refusal.waiting = false
    }
  }

  /** Forgets the refusals of steps that are no longer to be taken, or were taken at last. */
  keepOnly(keys: ReadonlySet<string>): void {
    if (this.#refusals.size === 0) return
    for (const key of this.#refusals.keys()) {
      if (!keys.has(key)) this.#refusals.delete(key)
    }
    const refused = new Set([...this.#refusals.values()].map(({ ifname }) => ifname))
    for (const [ifname, retry] of this.#retries) {
      if (refused.has(ifname)) continue
      retry.timer?.cancel()
      this.#retries.delete(ifname)
    }
  }

  /** What is wrong with the interface's routes, each problem once. */
  problems(ifname: string): string[] {
    const problems = new Set<string>()
    for (const refusal of this.#refusals.values()) {
      if (refusal.ifname === ifname && refusal.problem !== undefined) problems.add(refusal.problem)
    }
    return [...problems]
  }

  /** Forgets everything and ends every timer. */
  stop(): void {
    this.keepOnly(new Set())
  }

  #schedule(ifname: string): void {
    const known = this.#retries.get(ifname)
    if (known?.timer !== undefined) return
    const delayMs = known === undefined ? FIRST_RETRY_MS : Math.min(known.delayMs * 2, MAX_RETRY_MS)
    const timer = this.#deps.clock.setTimer(delayMs, () => {
      this.#retries.set(ifname, { timer: undefined, delayMs })
      this.release(ifname)
      this.#deps.onRetry()
    })
    this.#retries.set(ifname, { timer, delayMs })
  }
}
