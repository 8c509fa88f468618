/** The SIM card: waits until it is usable, enters its PIN once, tells its state. */

import { messageOf } from '../../errors.js'
import { modemErrorOf } from './channel.js'
import { type Card, getCardStatus, registerCardEvents, verifyPin } from './codec/uim.js'
import type { ModemScene } from './scene.js'
import { type SimState, type SimView, simStateOf } from './sim-state.js'

/** Cards need seconds; a modem without indications tells nothing by itself. */
const POLL_MS = 5_000
/** The last attempt is left to somebody who knows the PIN: behind it is the PUK. */
const MIN_PIN_RETRIES = 2

const REASONS: Readonly<Record<Exclude<SimState, 'ready' | 'busy'>, string>> = {
  missing: 'there is no SIM card',
  pin: 'the SIM card asks for its PIN',
  puk: 'the SIM card asks for its PUK: it was given a wrong PIN too often',
  blocked: 'the SIM card is blocked for good',
  unknown: 'the SIM card does not work',
}

export interface SimOptions {
  readonly scene: ModemScene
  /** The card is usable; false: not any more. */
  readonly onReady: (ready: boolean) => void
  /** Why it is not; undefined: it is, or is about to be. */
  readonly onReason: (reason: string | undefined) => void
}

export class Sim {
  readonly #options: SimOptions
  #ready: boolean | undefined
  /** The PIN has been entered: never twice for one card, whatever came of it. */
  #pinEntered = false
  #pinRefused = false

  constructor(options: SimOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { scene } = this.#options
    await scene.ask(registerCardEvents()).catch((thrown: unknown) => {
      if (modemErrorOf(thrown) === undefined) throw thrown
    })
    await this.#poll()
  }

  /** The indication, or the answer to a question. */
  async tell(cards: readonly Card[]): Promise<void> {
    const view = simStateOf(cards)
    const { scene, onReason } = this.#options
    const { state } = view
    scene.tell('sim', state)
    scene.tell('pin_retries', view.pinRetries)
    if (state === 'missing') {
      this.#pinEntered = false
      this.#pinRefused = false
    }
    const reason = state === 'ready' || state === 'busy' ? undefined : this.#reasonOf(state)
    if (state === 'pin' && this.#mayEnter(view)) return await this.#enterPin(scene.args.pin ?? '')
    onReason(reason)
    this.#setReady(state === 'ready')
    if (state !== 'ready') scene.schedule.after('sim', POLL_MS, () => this.#poll())
  }

  async #poll(): Promise<void> {
    const { scene } = this.#options
    try {
      await this.tell(await scene.ask(getCardStatus()))
    } catch (thrown) {
      // Modems that are older than the service have a card all the same.
      if (['not_supported', 'invalid_qmi_command', 'invalid_service_type'].includes(modemErrorOf(thrown) ?? '')) {
        return this.#setReady(true)
      }
      scene.warn(messageOf(thrown))
      scene.schedule.after('sim', POLL_MS, () => this.#poll())
    }
  }

  #mayEnter({ pinRetries = 0 }: SimView): boolean {
    const { pin } = this.#options.scene.args
    return pin !== undefined && !this.#pinEntered && pinRetries >= MIN_PIN_RETRIES
  }

  async #enterPin(pin: string): Promise<void> {
    const { scene } = this.#options
    this.#pinEntered = true
    try {
      await scene.ask(verifyPin(pin))
    } catch (thrown) {
      this.#pinRefused = modemErrorOf(thrown) !== undefined
      scene.warn(messageOf(thrown))
    }
    await this.#poll()
  }

  #reasonOf(state: keyof typeof REASONS): string {
    if (state !== 'pin' || this.#options.scene.args.pin === undefined) return REASONS[state]
    if (this.#pinRefused) return 'the SIM card refused the PIN'
    return this.#pinEntered
      ? 'the SIM card asks for its PIN, which was entered'
      : 'the SIM card has one attempt left: its PIN is not tried'
  }

  #setReady(ready: boolean): void {
    if (ready === this.#ready) return
    this.#ready = ready
    this.#options.onReady(ready)
  }
}
