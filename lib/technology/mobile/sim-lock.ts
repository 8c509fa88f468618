/** The SIM card of one modem: what state it is in, and how it is unlocked. A wrong PIN is sent once only. */

import type { PartContext } from '../plan.js'
import type { AtReply } from './at/core.js'
import type { AtPort } from './at/port.js'
import { pinAttemptsLeft, type SimState, simStateOf, simStateOfLine } from './sim.js'

const QUESTION_TIMEOUT_MS = 5_000
/** A card takes a while to be read after it is unlocked. */
const UNLOCK_TIMEOUT_MS = 20_000
/** Of the usual three. The last two are left for a person: behind the third only the PUK opens the card. */
const LEAST_ATTEMPTS = 3

export class SimLock {
  readonly #pin: string | undefined
  readonly #context: PartContext
  #state: SimState | undefined
  /** It was refused: sending it again would block the card. */
  #refused = false
  /** Since a question was asked. */
  #told: string | undefined
  #asking = false
  #onChange: () => void = () => undefined

  constructor(pin: string | undefined, context: PartContext) {
    this.#pin = pin
    this.#context = context
  }

  /** `listener` is called when the modem tells by itself that the card is another one, or in another state. */
  onChange(listener: () => void): void {
    this.#onChange = listener
  }

  /** A line of '+CPIN:', asked for or not. */
  told(line: string): void {
    this.#told = line
    if (!this.#asking && simStateOfLine(line) !== this.#state) this.#onChange()
  }

  /** Asks for the state, unlocks the card where that is needed and possible; resolves with what stands in the way. */
  async unlock(port: AtPort): Promise<string | undefined> {
    if (this.#asking) return undefined
    this.#asking = true
    try {
      await this.#ask(port)
      if (this.#state === 'pin' && this.#pin !== undefined && !this.#refused) return await this.#enter(port, this.#pin)
      return this.#problem()
    } finally {
      this.#asking = false
    }
  }

  async #ask(port: AtPort): Promise<void> {
    this.#told = undefined
    const reply: AtReply = await port.send('AT+CPIN?', { timeoutMs: QUESTION_TIMEOUT_MS })
    if (reply.type === 'closed') return
    this.#state = simStateOf(reply, this.#told)
    this.#context.put(['mobile', 'sim'], this.#state)
  }

  async #enter(port: AtPort, pin: string): Promise<string | undefined> {
    let left: number | undefined
    port.listen('+CPINR:', (line) => {
      left = pinAttemptsLeft(line) ?? left
    })
    await port.try('AT+CPINR="SIM PIN"', QUESTION_TIMEOUT_MS)
    if (left !== undefined && left < LEAST_ATTEMPTS) {
      this.#refused = true
      return `the SIM card takes a PIN ${left} times more only: unlock it by hand, so that it is not blocked`
    }
    const reply = await port.send(`AT+CPIN="${pin}"`, { timeoutMs: UNLOCK_TIMEOUT_MS })
    if (reply.type === 'closed' || reply.type === 'timeout') return 'the modem does not say whether the PIN is right'
    if (reply.type === 'error') this.#refused = true
    await this.#ask(port)
    return this.#problem()
  }

  /** Undefined: the card is ready, or nobody knows. */
  #problem(): string | undefined {
    switch (this.#state) {
      case 'pin':
        return this.#refused
          ? 'the SIM card refused the PIN of the configuration'
          : 'the SIM card wants a PIN: the configuration has none (`pin`)'
      case 'puk':
        return 'the SIM card is blocked: it wants its PUK'
      case 'blocked':
        return 'the modem or its SIM card has a lock that a PIN does not open'
      case 'missing':
        return 'there is no SIM card'
      case 'busy':
        return 'the SIM card is not ready yet'
      case 'ready':
      case 'unknown':
      case undefined:
        return undefined
    }
  }
}
