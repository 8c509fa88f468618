/** What is asked of a modem again and again. A question that fails costs its answer, and nothing else. */

import type { Timer } from '../../base/clock.js'
import type { PartContext } from '../plan.js'
import type { AtPort } from './at/port.js'
import { type CellProperties, NO_CELL, parseAccess, parseNetwork, parseRegistration } from './cell.js'
import type { MobileMonitor } from './modem.js'
import { type MobileSignal, parseSignal, UNKNOWN_SIGNAL } from './signal.js'

/** As often as a person looks. */
export const SIGNAL_WATCHED_MS = 5_000
/** While nobody subscribes: what is read once in a while is not older. */
export const SIGNAL_UNWATCHED_MS = 60_000
export const CELL_MS = 30_000
const SIGNAL_TIMEOUT_MS = 500
const CELL_TIMEOUT_MS = 1_000
/** A modem that has just started answers this late. */
const INFO_DELAY_MS = 500
const INFO_TIMEOUT_MS = 5_000

export interface Monitor {
  end(): void
}

export function startMonitors(names: readonly MobileMonitor[], port: AtPort, context: PartContext): Monitor[] {
  return names.map((name) => startMonitor(name, port, context))
}

function startMonitor(name: MobileMonitor, port: AtPort, context: PartContext): Monitor {
  switch (name) {
    case 'signal':
      return new SignalMonitor(port, context)
    case 'cell':
      return new CellMonitor(port, context)
    case 'info':
      return new InfoMonitor(port, context)
  }
}

/** Asks `ask` at once and every `intervalMs`, one at a time. */
class Poll {
  readonly #context: PartContext
  readonly #ask: () => Promise<void>
  #timer: Timer | undefined
  #asking = false
  #ended = false

  constructor(context: PartContext, ask: () => Promise<void>) {
    this.#context = context
    this.#ask = ask
  }

  start(intervalMs: number): void {
    this.#timer?.cancel()
    if (this.#ended) return
    this.#timer = this.#context.clock.setTimer(intervalMs, () => this.start(intervalMs))
    if (this.#asking) return
    this.#asking = true
    void this.#ask().finally(() => {
      this.#asking = false
    })
  }

  end(): void {
    this.#ended = true
    this.#timer?.cancel()
  }
}

/** Only while there is a connection: without one the modem is busy searching, and is asked for its registration. */
class SignalMonitor implements Monitor {
  readonly #context: PartContext
  readonly #poll: Poll
  readonly #subscriptions: { unsubscribe(): void }[]
  #online = false
  #watched = false

  constructor(port: AtPort, context: PartContext) {
    this.#context = context
    this.#poll = new Poll(context, async () => {
      if (this.#online) await port.try('AT+CSQ', SIGNAL_TIMEOUT_MS)
    })
    port.listen('+CSQ:', (line) => this.#online && this.#publish(parseSignal(line)))
    this.#subscriptions = [
      context.observe(['interface', context.ifname, 'connection'], (connection) => {
        this.#online = connection === 'internet'
        if (!this.#online) this.#publish(UNKNOWN_SIGNAL)
        this.#start()
      }),
      context.watched(['mobile'], (watched) => {
        this.#watched = watched
        this.#start()
      }),
    ]
  }

  end(): void {
    this.#poll.end()
    for (const subscription of this.#subscriptions) subscription.unsubscribe()
    this.#publish(UNKNOWN_SIGNAL)
  }

  #start(): void {
    this.#poll.start(this.#watched ? SIGNAL_WATCHED_MS : SIGNAL_UNWATCHED_MS)
  }

  #publish({ asu, dbm, bars }: MobileSignal): void {
    this.#context.put(['mobile', 'signal_asu'], asu)
    this.#context.put(['mobile', 'signal_dbm'], dbm)
    this.#context.put(['mobile', 'signal_4bars'], bars)
  }
}

/** The registration always; cell and network while there is a connection. */
class CellMonitor implements Monitor {
  readonly #port: AtPort
  readonly #context: PartContext
  readonly #poll: Poll
  readonly #subscription: { unsubscribe(): void }
  #online: boolean | undefined

  constructor(port: AtPort, context: PartContext) {
    this.#port = port
    this.#context = context
    this.#poll = new Poll(context, () => this.#ask())
    port.listen('+CREG:', (line) => this.#registration(line))
    port.listen('+QSPN:', (line) => this.#online && this.#publish(parseNetwork(line)))
    port.listen('+QNWINFO:', (line) => this.#online && this.#publish(parseAccess(line)))
    this.#subscription = context.observe(['interface', context.ifname, 'connection'], (connection) => {
      const online = connection === 'internet'
      if (online === this.#online) return
      this.#online = online
      if (!online) this.#publish(NO_CELL)
      this.#poll.start(CELL_MS)
    })
  }

  end(): void {
    this.#poll.end()
    this.#subscription.unsubscribe()
    this.#publish({ ...NO_CELL, registration: undefined })
  }

  async #ask(): Promise<void> {
    // Also after a modem's own restart, which forgets it.
    await this.#port.try('AT+CREG=2', CELL_TIMEOUT_MS)
    await this.#port.try('AT+CREG?', CELL_TIMEOUT_MS)
    if (!this.#online) return
    await this.#port.try('AT+QNWINFO', CELL_TIMEOUT_MS)
    await this.#port.try('AT+QSPN', CELL_TIMEOUT_MS)
  }

  #registration(line: string): void {
    const told = parseRegistration(line)
    if (told === undefined) return
    const { registration } = told
    this.#publish(this.#online ? told : { ...NO_CELL, registration })
  }

  #publish(properties: CellProperties | undefined): void {
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (value === undefined) this.#context.delete(['mobile', name])
      else this.#context.put(['mobile', name], value)
    }
  }
}

/** The numbers of subscriber and card, once. */
class InfoMonitor implements Monitor {
  readonly #context: PartContext
  readonly #timer: Timer
  #iccid: string | undefined

  constructor(port: AtPort, context: PartContext) {
    this.#context = context
    port.listen('+QCCID:', (line) => {
      this.#iccid = /^\+QCCID:\s*([0-9A-Fa-f]{10,22})$/.exec(line)?.[1]
    })
    this.#timer = context.clock.setTimer(INFO_DELAY_MS, () => void this.#ask(port))
  }

  end(): void {
    this.#timer.cancel()
  }

  async #ask(port: AtPort): Promise<void> {
    const [imsi, ...more] = await port.try('AT+CIMI', INFO_TIMEOUT_MS)
    const known = more.length === 0 && imsi !== undefined && /^\d{6,15}$/.test(imsi)
    this.#context.put(['mobile', 'imsi'], known ? imsi : 'Unknown')
    await port.try('AT+QCCID', INFO_TIMEOUT_MS)
    this.#context.put(['mobile', 'iccid'], this.#iccid ?? 'Unknown')
  }
}
