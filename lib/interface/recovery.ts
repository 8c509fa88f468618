/** Gets the internet back where it was had before: one step a period, from a new lease to a power cycle. For all interfaces. */

import { assertNever } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { Plan } from '../technology/plan.js'
import {
  initialRecovery,
  type RecoveryEffect,
  type RecoveryInput,
  type RecoveryState,
  type RecoveryStep,
  reduceRecovery,
} from './recovery-logic.js'

export interface RecoveryDeps {
  readonly properties: PropertyTable
  readonly clock: Clock
  readonly logger: Logger
  /** How long the internet must be missing; 0: nothing is ever tried. */
  readonly recoverAfterMs: number
  /** What could be tried now. */
  steps(ifname: string): readonly RecoveryStep[]
  perform(ifname: string, step: RecoveryStep): Promise<void>
}

/** The property `recovery`; times are milliseconds of CLOCK_MONOTONIC. */
export interface RecoveryProperty {
  /** What was tried last. */
  readonly step: RecoveryStep
  /** How many steps were tried since the internet went. */
  readonly attempts: number
  readonly lastAtMs: number
  /** When the next step is due. */
  readonly nextAtMs: number
}

interface Entry {
  state: RecoveryState
  timer: Timer | undefined
  dueMs: number
}

export class Recovery {
  readonly #deps: RecoveryDeps
  readonly #entries = new Map<string, Entry>()
  #subscription: Subscription | undefined
  #holds = 0
  #stopped = false

  constructor(deps: RecoveryDeps) {
    this.#deps = deps
  }

  start(): void {
    if (this.#deps.recoverAfterMs === 0) return
    this.#subscription = this.#deps.properties.subscribe(['interface', '*', 'connection'], ({ path }) => {
      const ifname = path[1]
      // The connection as it is now: one of the turn before may be that of another configuration.
      if (ifname !== undefined) this.#readConnection(ifname)
    })
  }

  /** An interface has got another plan, which has begun to be applied. */
  configured({ ifname, connectivity }: Pick<Plan, 'ifname' | 'connectivity'>): void {
    const judged = connectivity !== 'none' && connectivity !== 'lan'
    this.#feed(ifname, { type: 'configured', judged })
    this.#readConnection(ifname)
  }

  /** Until `release` nothing is tried: a step that falls due waits for another period. Holds add up. */
  hold(): void {
    this.#holds += 1
  }

  release(): void {
    this.#holds = Math.max(0, this.#holds - 1)
  }

  stop(): void {
    this.#stopped = true
    this.#subscription?.unsubscribe()
    for (const [ifname, entry] of this.#entries) {
      entry.timer?.cancel()
      if (entry.state.attempts > 0) this.#clear(ifname)
    }
    this.#entries.clear()
  }

  #readConnection(ifname: string): void {
    const internet = this.#deps.properties.get(['interface', ifname, 'connection']) === 'internet'
    this.#feed(ifname, { type: 'connection', internet })
  }

  #feed(ifname: string, input: RecoveryInput): void {
    const { recoverAfterMs } = this.#deps
    if (this.#stopped || recoverAfterMs === 0) return
    const entry = this.#entries.get(ifname) ?? { state: initialRecovery, timer: undefined, dueMs: 0 }
    this.#entries.set(ifname, entry)
    const { state, effects } = reduceRecovery(entry.state, input, recoverAfterMs)
    entry.state = state
    for (const effect of effects) this.#carryOut(ifname, entry, effect)
  }

  #carryOut(ifname: string, entry: Entry, effect: RecoveryEffect): void {
    switch (effect.type) {
      case 'wait':
        return this.#wait(ifname, entry, effect.delayMs)
      case 'cancelWait':
        return entry.timer?.cancel()
      case 'perform':
        return this.#perform(ifname, entry, effect.step)
      case 'clear':
        return this.#clear(ifname)
      default:
        return assertNever(effect)
    }
  }

  #wait(ifname: string, entry: Entry, delayMs: number): void {
    const { clock } = this.#deps
    entry.timer?.cancel()
    entry.dueMs = clock.nowMs() + delayMs
    entry.timer = clock.setTimer(delayMs, () => {
      this.#feed(ifname, { type: 'due', available: this.#deps.steps(ifname), held: this.#holds > 0 })
    })
  }

  #perform(ifname: string, entry: Entry, step: RecoveryStep): void {
    const { clock, logger, properties, perform } = this.#deps
    const { attempts } = entry.state
    logger.warn({ ifname, step, attempts }, `${ifname}: the internet is missing: ${step}`)
    const value: RecoveryProperty = { step, attempts, lastAtMs: clock.nowMs(), nextAtMs: entry.dueMs }
    properties.put(['interface', ifname, 'recovery'], value)
    perform(ifname, step).catch((thrown: unknown) => {
      logger.warn({ ifname, step }, `${ifname}: ${step} failed: ${messageOf(thrown)}`)
    })
  }

  #clear(ifname: string): void {
    this.#deps.properties.delete(['interface', ifname, 'recovery'])
  }
}
