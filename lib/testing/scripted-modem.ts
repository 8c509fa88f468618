/** A modem that says what a test has it say, behind a fake serial port or anything else that carries octets. */

import type { FakeModem } from './fake-serial-ports.js'

/** What a command gets: text with its line ends, nothing at all, or what a function makes of it. */
export type ModemAnswer = string | null | ((command: string) => string | null)

const OK = '\r\nOK\r\n'
const ERROR = '\r\nERROR\r\n'

/** What a modem with a usual SIM answers. */
const DEFAULTS: readonly (readonly [RegExp, string])[] = [
  [/^AT\+CPIN\?$/, `\r\n+CPIN: READY\r\n${OK}`],
  [/^AT\+CREG\?$/, `\r\n+CREG: 2,1,"10DF","11CFE27",8\r\n${OK}`],
  [/^AT\+CSQ$/, `\r\n+CSQ: 17,99\r\n${OK}`],
  [/^AT\+CIMI$/, `\r\n001010123456789\r\n${OK}`],
  [/^AT\+QCCID$/, `\r\n+QCCID: 8988211000000000001F\r\n${OK}`],
  [/^AT\+QSPN$/, `\r\n+QSPN: "Acme Mobile","Acme","",0,"20801"\r\n${OK}`],
  [/^AT\+QNWINFO$/, `\r\n+QNWINFO: "FDD LTE","20801","LTE BAND 20",6300\r\n${OK}`],
  [/^ATE0$/, OK],
  [/^AT$/, OK],
  [/^AT\+C(REG|EREG|GREG)=2$/, OK],
]

/** Answers commands at once, in order. */
export class ScriptedModem implements FakeModem {
  /** What it was asked, in order; also what it did not answer. */
  readonly commands: string[] = []
  readonly #say: (text: string) => void
  readonly #answers: { readonly command: RegExp; readonly answer: ModemAnswer }[] = []
  #line = ''
  #echo = false
  #silent = false

  /** `say` carries what the modem says to whoever listens. */
  constructor(say: (text: string) => void) {
    this.#say = say
  }

  /** From now on a command (or all that match) gets this answer; null: none. The latest rule counts. */
  answer(command: string | RegExp, answer: ModemAnswer): void {
    const pattern =
      typeof command === 'string' ? new RegExp(`^${command.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`) : command
    this.#answers.unshift({ command: pattern, answer })
  }

  /** Repeats every command before it answers, as modems do until ATE0. */
  echo(on: boolean): void {
    this.#echo = on
  }

  /** Says nothing any more, whatever it is asked; or speaks again. */
  silence(silent: boolean): void {
    this.#silent = silent
  }

  /** Says a line by itself. */
  tell(line: string): void {
    this.raw(`\r\n${line}\r\n`)
  }

  /** Says exactly that. */
  raw(text: string): void {
    if (!this.#silent) this.#say(text)
  }

  received(octets: Uint8Array): void {
    this.#line += Array.from(octets, (octet) => String.fromCharCode(octet)).join('')
    const commands = this.#line.split('\r')
    this.#line = commands.pop() ?? ''
    for (const command of commands) this.#read(command.replace(/\n/g, ''))
  }

  #read(command: string): void {
    if (command === '') return
    this.commands.push(command)
    if (this.#echo) this.raw(`${command}\r`)
    const answer = this.#answerTo(command)
    if (answer !== null) this.raw(answer)
  }

  #answerTo(command: string): string | null {
    const scripted = this.#answers.find((rule) => rule.command.test(command))
    if (scripted === undefined) return DEFAULTS.find(([pattern]) => pattern.test(command))?.[1] ?? ERROR
    return typeof scripted.answer === 'function' ? scripted.answer(command) : scripted.answer
  }
}
