/** A supplicant that says what a test, or a recording, has it say; it lives behind a fake kernel's datagram sockets. */

import type { Clock, Timer } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { DatagramSender } from './fake-datagrams.js'
import type { FakeKernel } from './fake-kernel.js'

/** A datagram of a recorded conversation; the text has one character for each octet. */
export interface RecordedDatagram {
  /** 'sent' to the supplicant, 'received' from it. */
  readonly direction: 'sent' | 'received'
  readonly atMs: number
  readonly text: string
}

export interface ScriptedSupplicantOptions {
  readonly kernel: FakeKernel
  readonly clock: Clock
  /** Path of the control socket, such as '/run/net/wpa_supplicant/wlan0'. */
  readonly path: string
}

/** What a command gets: text, nothing at all, or what a function makes of it. */
export type ScriptedAnswer = string | null | ((command: string) => string | null)

const UNKNOWN = 'UNKNOWN COMMAND\n'

/** What every supplicant answers; a networks's entry begins at 0. */
const DEFAULTS: readonly (readonly [RegExp, string])[] = [
  [/^PING$/, 'PONG\n'],
  [/^(ATTACH|DETACH|SIGNAL_MONITOR.*|SCAN|WPS_PBC)$/, 'OK\n'],
  [/^STATUS$/, 'wpa_state=DISCONNECTED\n'],
  [/^(STA-FIRST|STA-NEXT .*)$/, ''],
  [/^SIGNAL_POLL$/, 'FAIL\n'],
]

/**
 * Answers commands at once, in order, to whoever sent them, and tells events to whoever has attached. Text is sent with one
 * octet for each character.
 */
export class ScriptedSupplicant {
  /** What it was asked, in order; also what it did not answer. */
  readonly commands: string[] = []
  readonly #options: ScriptedSupplicantOptions
  readonly #served: Subscription
  readonly #answers: { readonly command: RegExp; readonly answer: ScriptedAnswer }[] = []
  readonly #attached = new Map<string, DatagramSender>()
  readonly #timers = new Set<Timer>()
  #entries: readonly string[] = []
  /** Commands that came while it was stopped. */
  #unread: { readonly command: string; readonly from: DatagramSender }[] = []
  #frozen = false

  constructor(options: ScriptedSupplicantOptions) {
    this.#options = options
    this.#served = options.kernel.lab.serveDatagrams(options.path, (bytes, from) => {
      const command = fromOctets(bytes)
      this.commands.push(command)
      if (this.#frozen) this.#unread.push({ command, from })
      else this.#read(command, from)
    })
  }

  /** From now on a command (or all that match) gets this answer; null: none. The latest rule counts. */
  answer(command: string | RegExp, answer: ScriptedAnswer): void {
    const pattern =
      typeof command === 'string' ? new RegExp(`^${command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : command
    this.#answers.unshift({ command: pattern, answer })
  }

  /** Answers a command, and any other that matches, only `delayMs` later; what comes meanwhile is answered meanwhile. */
  answerLate(command: string | RegExp, answer: string, delayMs: number): void {
    this.answer(command, () => {
      const [from] = this.#attached.values()
      this.#later(delayMs, () => from?.send(toOctets(answer)))
      return null
    })
  }

  /** The networks in range, each as the lines of its entry: for `BSS` by number, by address and by range. */
  networks(entries: readonly string[]): void {
    this.#entries = entries
  }

  /** Tells an event, such as 'CTRL-EVENT-SCAN-RESULTS ', to everybody who has attached. */
  event(text: string): void {
    this.say(`<3>${text}`)
  }

  /** Sends a datagram that nobody has asked for to everybody who has attached. */
  say(text: string): void {
    if (this.#frozen) return
    for (const [name, sender] of this.#attached) if (!sender.send(toOctets(text))) this.#attached.delete(name)
  }

  /** Stands still, as on SIGSTOP: reads nothing and says nothing. */
  freeze(): void {
    this.#frozen = true
  }

  /** Goes on, as on SIGCONT: first answers everything that came meanwhile. */
  thaw(): void {
    this.#frozen = false
    for (const { command, from } of this.#unread.splice(0)) this.#read(command, from)
  }

  /** Ends as it should: says so, then is gone. */
  terminate(): void {
    this.event('CTRL-EVENT-TERMINATING ')
    this.die()
  }

  /** Is gone without a word. Harmless when called again. */
  die(): void {
    this.#served.unsubscribe()
    this.#attached.clear()
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  /**
   * Plays a recording from now on: its events at their times, and to each command the answers that it got there, in order
   * (the last one from then on). Commands that were not recorded are answered as usual.
   */
  play(recording: readonly RecordedDatagram[]): void {
    const answers = new Map<string, string[]>()
    const asked: string[] = []
    for (const { direction, atMs, text } of recording) {
      if (direction === 'sent') asked.push(text)
      else if (/^<\d>/.test(text)) this.#later(atMs, () => this.say(text))
      else {
        const command = asked.shift()
        if (command !== undefined) answers.set(command, [...(answers.get(command) ?? []), text])
      }
    }
    for (const [command, texts] of answers) {
      this.answer(command, () => (texts.length > 1 ? (texts.shift() ?? null) : (texts[0] ?? null)))
    }
  }

  #later(delayMs: number, callback: () => void): void {
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timers.delete(timer)
      callback()
    })
    this.#timers.add(timer)
  }

  #read(command: string, from: DatagramSender): void {
    if (command === 'ATTACH') this.#attached.set(from.name, from)
    if (command === 'DETACH') this.#attached.delete(from.name)
    const answer = this.#answerTo(command)
    if (answer !== null) from.send(toOctets(answer))
  }

  #answerTo(command: string): string | null {
    const scripted = this.#answers.find((rule) => rule.command.test(command))
    if (scripted !== undefined) {
      return typeof scripted.answer === 'function' ? scripted.answer(command) : scripted.answer
    }
    const known = DEFAULTS.find(([pattern]) => pattern.test(command))
    return known?.[1] ?? this.#bss(command) ?? UNKNOWN
  }

  #bss(command: string): string | undefined {
    const [, from] = /^BSS RANGE=(ALL|\d+-) MASK=/.exec(command) ?? []
    if (from !== undefined) return this.#table(from === 'ALL' ? 0 : Number.parseInt(from, 10))
    const [, which] = /^BSS (\S+)$/.exec(command) ?? []
    if (which === undefined) return undefined
    if (/^\d+$/.test(which)) return this.#entries[Number(which)] ?? ''
    return this.#entries.find((entry) => entry.includes(`bssid=${which}\n`)) ?? ''
  }

  #table(first: number): string {
    const shown = this.#entries.filter((entry) => Number(/^id=(\d+)$/m.exec(entry)?.[1]) >= first)
    return shown.map((entry, at) => `${entry}${at === shown.length - 1 ? '####' : '===='}\n`).join('')
  }
}

function fromOctets(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

function toOctets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
