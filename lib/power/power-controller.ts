/** Keeps one power manager: calls it as power-control.ts says, one call at a time, with one timer and a watchdog. */

import { Actor } from '../base/actor.js'
import { assertNever } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import { settlesWithin } from '../supervision/deadline.js'
import {
  canReset,
  initialPowerControl,
  type PowerControl,
  type PowerEffect,
  type PowerEvent,
  reducePower,
  retryDelayMs,
  TRANSIENT_MS,
} from './power-control.js'
import { powerStateOf, powerText } from './power-info.js'
import type { PowerInfo, PowerManager, PowerState } from './power-manager.js'

/**
 * Signs of life besides petting, read when the watchdog's time is over: `alive` counts as petted; `dead` does not; `unjudged`
 * means that nobody judges the interface, and counts as petted unless somebody has petted before, who then is the judge.
 */
export type SignOfLife = 'alive' | 'dead' | 'unjudged'

export interface PowerControllerDeps {
  readonly ifname: string
  readonly manager: PowerManager
  readonly watchdogTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
  signOfLife(): SignOfLife
  onState(state: PowerState): void
  /** Why the power is not as it should be; undefined: it is. */
  onProblem(text: string | undefined): void
}

/** A call that has not ended by then counts as failed: hardware that hangs must not keep its interface waiting for ever. */
const CALL_LIMIT_MS = 30_000
/** init and isOn hold up the start of everything. */
const START_LIMIT_MS = 5_000

type CallName = 'powerOn' | 'startPoweringOff' | 'powerOff'

const CALL_TEXTS: Readonly<Record<CallName, string>> = {
  powerOn: 'power on',
  startPoweringOff: 'beginning to power off',
  powerOff: 'power off',
}

export class PowerController {
  readonly #deps: PowerControllerDeps
  readonly #calls = new Actor()
  #control: PowerControl = initialPowerControl(undefined)
  #timer: { readonly timer: Timer; readonly dueMs: number } | undefined
  /** The last call; the end of an earlier one is ignored. */
  #call: object | undefined
  #problem: string | undefined
  /** Why the manager is not used: its init failed. */
  #disabled: string | undefined
  #petted = false
  #started = false
  #stopped = false

  constructor(deps: PowerControllerDeps) {
    this.#deps = deps
  }

  /** Makes the manager ready and asks it whether the hardware is on. Never rejects: a manager that fails is not used. */
  async start(): Promise<void> {
    const { manager, logger, ifname } = this.#deps
    try {
      await this.#limited('init', START_LIMIT_MS, async () => manager.init?.())
    } catch (thrown) {
      this.#disabled = `init: ${messageOf(thrown)}`
      logger.error({ ifname }, `${ifname}: its power manager is not used: ${this.#disabled}`)
      this.#tell(`power manager not used: ${this.#disabled}`)
      this.#publish()
      return
    }
    this.#control = initialPowerControl(await this.#askIsOn())
    this.#started = true
    this.#publish()
  }

  /** Whether the power shall be on; the same again changes nothing. */
  want(on: boolean): void {
    this.#feed(on ? 'powerOn' : 'powerOff')
  }

  /** The hardware works, as somebody has found out. */
  pet(): void {
    this.#petted = true
    this.#feed('pet')
  }

  /** Resets the hardware; false where it is off, or being switched already. */
  forceReset(): boolean {
    const can = this.#usable && canReset(this.#control)
    if (can) this.#deps.logger.info({ ifname: this.#deps.ifname }, `${this.#deps.ifname}: power reset asked for`)
    this.#feed('forceReset')
    return can
  }

  /** Hands a message over; what is thrown is logged. */
  send(message: unknown): void {
    const { manager, logger, ifname } = this.#deps
    if (!this.#usable) return
    this.#limited('message', CALL_LIMIT_MS, async () => manager.message?.(message)).catch((thrown: unknown) => {
      logger.error({ ifname }, `${ifname}: a message to its power manager failed: ${messageOf(thrown)}`)
    })
  }

  info(): PowerInfo {
    const { manager } = this.#deps
    const name = managerName(manager)
    if (this.#disabled !== undefined) return { manager: name, state: 'disabled', text: `not used: ${this.#disabled}` }
    const { phase } = this.#control
    const dueMs = this.#timer?.dueMs
    const timeLeftMs = dueMs === undefined ? undefined : Math.max(0, dueMs - this.#deps.clock.nowMs())
    const text = powerText(phase, timeLeftMs, this.#problem)
    const info = { manager: name, state: powerStateOf(phase), text }
    return timeLeftMs === undefined ? info : { ...info, timeLeftMs }
  }

  /** Leaves the hardware as it is; resolves when no call is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    await this.#calls.idle()
  }

  get #usable(): boolean {
    return this.#started && !this.#stopped
  }

  async #askIsOn(): Promise<boolean | undefined> {
    const { manager, logger, ifname } = this.#deps
    try {
      const answer = await this.#limited('isOn', START_LIMIT_MS, async () => manager.isOn?.())
      return typeof answer === 'boolean' ? answer : undefined
    } catch (thrown) {
      logger.warn({ ifname }, `${ifname}: whether its power is on cannot be told: ${messageOf(thrown)}`)
      return undefined
    }
  }

  #feed(event: PowerEvent): void {
    if (!this.#usable) return
    const { control, effects } = reducePower(this.#control, event)
    this.#control = control
    for (const effect of effects) this.#perform(effect)
    this.#publish()
  }

  #perform(effect: PowerEffect): void {
    switch (effect) {
      case 'powerOn':
      case 'startPoweringOff':
      case 'powerOff':
        return this.#callManager(effect)
      case 'watchdog':
        return this.#setTimer(this.#deps.watchdogTimeoutMs, () => this.#watchdogEnded())
      case 'transient':
        return this.#setTimer(TRANSIENT_MS, () => this.#feed('timeout'))
      case 'retry':
        return this.#setTimer(retryDelayMs(this.#control), () => this.#feed('timeout'))
      default:
        return assertNever(effect)
    }
  }

  #watchdogEnded(): void {
    const { ifname, logger, watchdogTimeoutMs } = this.#deps
    const sign = this.#deps.signOfLife()
    if (sign === 'alive' || (sign === 'unjudged' && !this.#petted)) return this.#feed('pet')
    logger.warn({ ifname }, `${ifname}: no sign of life for ${watchdogTimeoutMs} ms: its power is reset`)
    this.#feed('timeout')
  }

  #callManager(name: CallName): void {
    const call = {}
    this.#call = call
    this.#cancelTimer()
    const ended = this.#calls.run(() => this.#limited(name, CALL_LIMIT_MS, () => this.#invoke(name)))
    ended.then(
      (delayMs) => this.#succeeded(call, name, delayMs),
      (thrown: unknown) => this.#failed(call, name, thrown),
    )
  }

  async #invoke(name: CallName): Promise<number> {
    const { manager, logger, ifname } = this.#deps
    logger.info({ ifname }, `${ifname}: ${CALL_TEXTS[name]}`)
    switch (name) {
      case 'powerOn':
        return this.#delay(name, (await manager.powerOn())?.holdMs)
      case 'startPoweringOff':
        return this.#delay(name, (await manager.startPoweringOff())?.limitMs)
      case 'powerOff':
        return this.#delay(name, (await manager.powerOff())?.minimumOffMs)
      default:
        return assertNever(name)
    }
  }

  /** A manager that has done its work and answers nonsense has done its work all the same. */
  #delay(name: CallName, delayMs: unknown): number {
    if (typeof delayMs === 'number' && delayMs >= 0) return delayMs
    const { logger, ifname } = this.#deps
    logger.warn({ ifname }, `${ifname}: its power manager's ${name} answered no number of milliseconds; 0 is taken`)
    return 0
  }

  #succeeded(call: object, name: CallName, delayMs: number): void {
    if (this.#call !== call || !this.#usable) return
    if (name !== 'startPoweringOff') this.#tell(undefined)
    this.#setTimer(delayMs, () => this.#feed('timeout'))
  }

  #failed(call: object, name: CallName, thrown: unknown): void {
    const { logger, ifname } = this.#deps
    logger.error({ ifname }, `${ifname}: ${CALL_TEXTS[name]} failed: ${messageOf(thrown)}`)
    if (this.#call !== call || !this.#usable) return
    // An orderly end that cannot be begun is no reason to keep the power on.
    if (name === 'startPoweringOff') return this.#setTimer(0, () => this.#feed('timeout'))
    this.#problem = `${name}: ${messageOf(thrown)}`
    this.#tell(`${CALL_TEXTS[name]} failed: ${messageOf(thrown)}`)
    this.#feed(name === 'powerOn' ? 'powerOnFailed' : 'powerOffFailed')
  }

  /** A call that throws at once rejects too. */
  async #limited<T>(name: string, limitMs: number, call: () => Promise<T>): Promise<T> {
    const answer = Promise.resolve().then(call)
    if (await settlesWithin(answer, this.#deps.clock, limitMs)) return await answer
    throw new NetworkError('ERR_TIMEOUT', `${name} has not ended within ${limitMs} ms`, { operation: name })
  }

  #setTimer(delayMs: number, callback: () => void): void {
    this.#cancelTimer()
    const { clock } = this.#deps
    const timer = clock.setTimer(delayMs, () => {
      this.#timer = undefined
      callback()
    })
    this.#timer = { timer, dueMs: clock.nowMs() + delayMs }
  }

  #cancelTimer(): void {
    this.#timer?.timer.cancel()
    this.#timer = undefined
  }

  #tell(text: string | undefined): void {
    if (text === undefined) this.#problem = undefined
    this.#deps.onProblem(text)
  }

  #publish(): void {
    this.#deps.onState(this.#disabled === undefined ? powerStateOf(this.#control.phase) : 'disabled')
  }
}

function managerName(manager: PowerManager): string {
  if (typeof manager.name === 'string') return manager.name
  const made = manager.constructor?.name
  return made === undefined || made === '' || made === 'Object' ? 'power manager' : made
}
