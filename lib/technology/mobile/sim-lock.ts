/** The SIM card of one modem: what state it is in, and how it is unlocked. A PIN is sent once only, until it has opened the card. */

import type { Json, PartContext } from '../plan.js'
import type { AtReply } from './at/core.js'
import type { AtPort } from './at/port.js'
import { pinAttemptsLeft, type SimState, simStateOf, simStateOfLine } from './sim.js'

const QUESTION_TIMEOUT_MS = 5_000
/** A card takes a while to be read after it is unlocked. */
const UNLOCK_TIMEOUT_MS = 20_000
/** Of the usual three. The last two are left for a person: behind the third only the PUK opens the card. */
const LEAST_ATTEMPTS = 3
const REFUSED = 'the SIM card refused the PIN of the configuration'
const NOT_OPENED = 'the SIM card did not open by the PIN of the configuration, which is not sent again'

export class SimLock {
  readonly #pin: string | undefined
  readonly #context: PartContext
  #state: SimState | undefined
  /** It was sent and has not opened the card since: sending it again could block the card. Outlives the part as its note. */
  #sent: boolean
  /** Why it is not sent. */
  #reason = NOT_OPENED
  /** What the modem said last of the attempts that are left, since the card was open. */
  #left: number | undefined
  /** Since a question was asked. */
  #told: string | undefined
  #asking = false
  #onChange: () => void = () => undefined

  constructor(pin: string | undefined, context: PartContext) {
    this.#pin = pin
    this.#context = context
    this.#sent = wasSent(context.note)
  }

  /** What the next part that watches this card must know. */
  get note(): Json {
    return this.#sent ? { pinSent: true } : null
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

  /** A line of '+CPINR:'. */
  toldAttempts(line: string): void {
    this.#left = pinAttemptsLeft(line) ?? this.#left
  }

  /** Asks for the state, unlocks the card where that is needed and possible; resolves with what stands in the way. */
  async unlock(port: AtPort): Promise<string | undefined> {
    if (this.#asking) return undefined
    this.#asking = true
    try {
      await this.#ask(port)
      if (this.#state === 'pin' && this.#pin !== undefined && !this.#sent) return await this.#enter(port, this.#pin)
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
    // It was right, or somebody else has opened the card: the count of attempts begins anew.
    if (this.#state !== 'ready') return
    this.#left = undefined
    if (this.#sent) this.#mark(false)
  }

  async #enter(port: AtPort, pin: string): Promise<string | undefined> {
    const count = await port.send('AT+CPINR="SIM PIN"', { timeoutMs: QUESTION_TIMEOUT_MS })
    // A modem that does not know the command says so. One that says nothing now might not take the PIN either.
    if (count.type === 'closed' || count.type === 'timeout') return 'the modem does not answer: the PIN is not sent yet'
    if (this.#left !== undefined && this.#left < LEAST_ATTEMPTS) {
      return `the SIM card takes a PIN ${this.#left} times more only: unlock it by hand, so that it is not blocked`
    }
    // Before it is sent: whatever becomes of the answer, or of this part, the card may have counted it.
    this.#mark(true)
    const reply = await port.send(`AT+CPIN="${pin}"`, { timeoutMs: UNLOCK_TIMEOUT_MS })
    if (reply.type === 'closed' || reply.type === 'timeout') return 'the modem does not say whether the PIN is right'
    if (reply.type === 'error') this.#reason = REFUSED
    await this.#ask(port)
    return this.#problem()
  }

  #mark(sent: boolean): void {
    this.#sent = sent
    this.#reason = NOT_OPENED
    this.#context.leaveNote(this.note)
  }

  /** Undefined: the card is ready, or nobody knows. */
  #problem(): string | undefined {
    switch (this.#state) {
      case 'pin':
        return this.#sent ? this.#reason : 'the SIM card wants a PIN: the configuration has none (`pin`)'
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

/** Whether a part before this one has sent the PIN of the same configuration. */
function wasSent(note: Json): boolean {
  return (note as { readonly pinSent?: Json } | null)?.pinSent === true
}
