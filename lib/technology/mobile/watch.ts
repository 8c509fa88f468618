/**
 * The part beside pppd: waits for the modem's ports, unlocks its SIM card, then lets pppd dial; watches signal and cell over
 * the AT port. What goes wrong there keeps nobody from dialling: without an AT port that answers, pppd may.
 */

import type { Timer } from '../../base/clock.js'
import { messageOf } from '../../errors.js'
import type { Json, PartContext } from '../plan.js'
import { AtPort } from './at/port.js'
import type { MobileMonitor } from './modem.js'
import { type Monitor, startMonitors } from './monitors.js'
import { SimLock } from './sim-lock.js'

/** A modem that is plugged in or restarted has its ports after seconds. */
export const PRESENCE_MS = 2_000
/** So often one that was found is looked for, while it starts anew, before another one is. */
export const PRESENCE_COUNT = 4
/** A port that could not be opened, or broke off, is opened again after that; doubling. */
export const REOPEN_MS = 1_000
const MAX_REOPEN_MS = 30_000
/** A card is put in, or unlocked by somebody else, at any time. */
export const SIM_POLL_MS = 10_000
/** After so many commands in a row without an answer the modem counts as silent. */
const SILENT_COMMANDS = 3
const SETUP_TIMEOUT_MS = 2_000

interface WatchArgs {
  readonly modem: string
  /** The daemon that dials. */
  readonly daemon: string
  readonly pppPort: string
  readonly atPort?: string
  readonly speed: number
  readonly monitors: readonly MobileMonitor[]
  readonly pin?: string
  /** It was found by its USB device: when it goes, another one may come. */
  readonly found?: boolean
}

/** Resolves at once: what it waits for is told by `reason`. */
export async function startModemWatch(args: Json, context: PartContext): Promise<AsyncDisposable> {
  return new ModemWatch(args as unknown as WatchArgs, context)
}

class ModemWatch implements AsyncDisposable {
  readonly #args: WatchArgs
  readonly #context: PartContext
  readonly #sim: SimLock
  #timer: Timer | undefined
  #port: AtPort | undefined
  #monitors: readonly Monitor[] = []
  #reopenMs = REOPEN_MS
  #unanswered = 0
  /** How often in a row the port that dials was not there. */
  #missed = 0
  /** The port that is being talked to for the first time. */
  #settingUp: AtPort | undefined
  #ended = false
  /** What stands in the way, by what is looked at. */
  readonly #problems = new Map<'ports' | 'answer' | 'sim', string>()

  constructor(args: WatchArgs, context: PartContext) {
    this.#args = args
    this.#context = context
    this.#sim = new SimLock(args.pin, context)
    context.put(['mobile', 'modem'], args.modem)
    void this.#look()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#timer?.cancel()
    await this.#closePort()
  }

  /** Whether the ports are there; goes on looking while no open one would tell that they go. */
  async #look(): Promise<void> {
    const { pppPort, atPort, daemon, found } = this.#args
    const missing = (await this.#exists(pppPort)) ? undefined : `${pppPort}: no such device: the modem is waited for`
    if (this.#ended) return
    if (missing !== undefined) await this.#closePort()
    this.#problem('ports', missing)
    this.#missed = missing === undefined ? 0 : this.#missed + 1
    if (missing !== undefined) {
      this.#context.setOpen(daemon, false)
      // The note goes along: it may be the same card that comes back.
      if (found === true && this.#missed > PRESENCE_COUNT) {
        return this.#context.takePlan(undefined, this.#sim.note)
      }
      return this.#later(PRESENCE_MS, () => this.#look())
    }
    if (atPort === undefined) {
      this.#context.setOpen(daemon, true)
      return this.#later(PRESENCE_MS, () => this.#look())
    }
    await this.#openPort(atPort)
  }

  async #exists(path: string): Promise<boolean> {
    try {
      return await this.#context.serialPorts.exists(path)
    } catch {
      return false
    }
  }

  async #openPort(path: string): Promise<void> {
    try {
      this.#unanswered = 0
      const port = await AtPort.open(this.#context, {
        path,
        speed: this.#args.speed,
        onClosed: (reason) => this.#lost(reason),
        onAnswer: (answered) => this.#answered(path, answered),
      })
      if (this.#ended) return await port.close()
      this.#port = port
    } catch (thrown) {
      if (this.#ended) return
      this.#problem('answer', messageOf(thrown))
      // Without it nothing is known of the card.
      this.#context.setOpen(this.#args.daemon, true)
      return this.#again()
    }
    this.#problem('answer', undefined)
    // Modems say that when they have started, by themselves or by a command of somebody else's.
    for (const word of ['RDY', '^SYSSTART']) this.#port.listen(word, () => void this.#setUp())
    this.#port.listen('+CPIN:', (line) => this.#sim.told(line))
    this.#port.listen('+CPINR:', (line) => this.#sim.toldAttempts(line))
    this.#sim.onChange(() => void this.#setUp())
    await this.#setUp()
  }

  /** Begins to talk: no echo, errors as numbers, then the card. Called again when the modem has started anew. */
  async #setUp(): Promise<void> {
    const port = this.#port
    if (port === undefined || this.#settingUp === port) return
    this.#settingUp = port
    this.#timer?.cancel()
    try {
      await this.#setUpPort(port)
    } finally {
      if (this.#settingUp === port) this.#settingUp = undefined
    }
  }

  async #setUpPort(port: AtPort): Promise<void> {
    await port.try('ATE0', SETUP_TIMEOUT_MS)
    await port.try('AT+CMEE=1', SETUP_TIMEOUT_MS)
    const problem = await this.#sim.unlock(port)
    if (this.#port !== port) return
    this.#problem('sim', problem)
    this.#context.setOpen(this.#args.daemon, problem === undefined)
    if (problem !== undefined) {
      this.#endMonitors()
      return this.#later(SIM_POLL_MS, () => this.#setUp())
    }
    // Only now: a port that opens and breaks off again and again must not be opened ever faster.
    this.#reopenMs = REOPEN_MS
    if (this.#monitors.length === 0) this.#monitors = startMonitors(this.#args.monitors, port, this.#context)
    // Nothing is known of the card of a modem that says nothing.
    if (this.#unanswered > 0) this.#later(SIM_POLL_MS, () => this.#setUp())
  }

  /** The port broke off: unplugged, restarting, or taken away. Whether pppd may go on is told by the ports. */
  #lost(reason: string): void {
    if (this.#ended) return
    this.#endMonitors()
    this.#port = undefined
    this.#problem('answer', reason)
    this.#again()
  }

  #again(): void {
    const delayMs = this.#reopenMs
    this.#reopenMs = Math.min(delayMs * 2, MAX_REOPEN_MS)
    this.#later(delayMs, () => this.#look())
  }

  #answered(path: string, answered: boolean): void {
    this.#unanswered = answered ? 0 : this.#unanswered + 1
    if (answered) this.#problem('answer', undefined)
    else if (this.#unanswered === SILENT_COMMANDS) {
      this.#problem('answer', `${path}: the modem does not answer: it hangs, or another program reads its answers`)
    }
  }

  #later(delayMs: number, then: () => Promise<void>): void {
    this.#timer?.cancel()
    if (!this.#ended) this.#timer = this.#context.clock.setTimer(delayMs, () => void then())
  }

  #problem(kind: 'ports' | 'answer' | 'sim', text: string | undefined): void {
    if (text === undefined) this.#problems.delete(kind)
    else this.#problems.set(kind, text)
    this.#context.setProblem([...this.#problems.values()].join('; '))
  }

  #endMonitors(): void {
    for (const monitor of this.#monitors) monitor.end()
    this.#monitors = []
  }

  async #closePort(): Promise<void> {
    this.#endMonitors()
    const port = this.#port
    this.#port = undefined
    this.#problems.delete('answer')
    this.#problems.delete('sim')
    await port?.close()
  }
}
