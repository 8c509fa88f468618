/** The radio of a modem: set online when the conversation begins, off and on when sessions fail. */

import { messageOf } from '../../errors.js'
import { getOperatingMode, setOperatingMode } from './codec/dms.js'
import type { ModemScene } from './scene.js'

/** While the radio does not come on: a switch may be moved, a modem may settle. */
const RETRY_MS = 30_000
/** Modems need a moment between one mode and the other. */
const PAUSE_MS = 2_000
/** How often a radio that was switched off here is set online, before that counts as failed. */
const MAX_ONLINE_ATTEMPTS = 3
/** When everything ends, the modem is told within that, or not at all. */
const STOP_LIMIT_MS = 2_000

const REASON = 'the modem does not switch its radio on'
const REASON_OF_SWITCH = 'a switch of the hardware keeps the radio off'

export interface RadioOptions {
  readonly scene: ModemScene
  /** Why the radio is off; undefined: nothing is known against it. */
  readonly onReason: (reason: string | undefined) => void
}

export class Radio {
  readonly #options: RadioOptions
  /** A reason stands. */
  #failing = false
  /** It is off, by us. */
  #offline = false

  constructor(options: RadioOptions) {
    this.#options = options
  }

  /** Sets it online where it is not; goes on trying where that fails. Never rejects. */
  async start(): Promise<void> {
    const { ask, tell, warn } = this.#options.scene
    try {
      const { mode, hardwareRestricted } = await ask(getOperatingMode())
      tell('operating_mode', mode)
      if (mode === 'online') return this.works()
      if (!(await this.#setOnline())) return this.#fails(hardwareRestricted)
      // With a switch that is off modems may take the word and stay as they are.
      if (hardwareRestricted && (await ask(getOperatingMode())).mode !== 'online') return this.#fails(true)
      tell('operating_mode', 'online')
      this.works()
    } catch (thrown) {
      warn(messageOf(thrown))
      if (this.#failing) this.#again()
    }
  }

  /** Somebody has seen that it is on. */
  works(): void {
    const { scene, onReason } = this.#options
    scene.schedule.cancel('radio')
    this.#offline = false
    this.#failing = false
    onReason(undefined)
  }

  /** Off and on. Where it does not come on again, `reason` says so, and it is tried from time to time. Never rejects. */
  async restart(): Promise<void> {
    const { schedule, ask, tell, warn } = this.#options.scene
    schedule.cancel('radio')
    this.#offline = true
    await ask(setOperatingMode('offline')).catch((thrown: unknown) => warn(messageOf(thrown)))
    for (let attempt = 1; attempt <= MAX_ONLINE_ATTEMPTS; attempt += 1) {
      await this.#pause()
      // Whoever ends meanwhile sets it online.
      if (schedule.ended) return
      if (!(await this.#setOnline())) continue
      tell('operating_mode', 'online')
      return this.works()
    }
    this.#fails(false)
  }

  /** Leaves no radio off that was switched off here. Never rejects. */
  async end(): Promise<void> {
    if (!this.#offline) return
    const online = { ...setOperatingMode('online'), limitMs: STOP_LIMIT_MS }
    await this.#options.scene.ask(online).catch(() => undefined)
  }

  /** True where the modem took it. */
  async #setOnline(): Promise<boolean> {
    const { schedule, ask, warn } = this.#options.scene
    try {
      await ask(setOperatingMode('online'))
      return true
    } catch (thrown) {
      if (!schedule.ended) warn(messageOf(thrown))
      return false
    }
  }

  #fails(hardwareRestricted: boolean): void {
    if (this.#options.scene.schedule.ended) return
    this.#failing = true
    this.#options.onReason(hardwareRestricted ? REASON_OF_SWITCH : REASON)
    this.#again()
  }

  #again(): void {
    this.#options.scene.schedule.after('radio', RETRY_MS, () => this.start())
  }

  #pause(): Promise<void> {
    const { clock } = this.#options.scene.context
    return new Promise((resolve) => void clock.setTimer(PAUSE_MS, resolve))
  }
}
