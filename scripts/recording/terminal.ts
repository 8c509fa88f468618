/** A terminal that nobody sits at: windows of one tmux server, typed into and read as text. */

import { execa } from 'execa'
import { eventually } from '../../test/support/eventually.js'

export const COLUMNS = 100
export const ROWS = 30
/** A capture holds what has scrolled away as well, up to this. */
const HISTORY_LINES = 500
/** tmux answers within 0.02 s. */
const COMMAND_TIMEOUT_MS = 10_000
/** The longest step is the demo, 5 s; this is for a loaded machine. */
const SHOWN_LIMIT_MS = 60_000
/** The tail of a pane that an error tells. */
const TOLD_LINES = 40
const PROMPT = '$'

export interface TerminalOptions {
  /** Socket of the server. */
  readonly socket: string
  /** The whole environment of the shells. */
  readonly env: Readonly<Record<string, string>>
}

/** Several windows of one size, each with a shell; ended by `close`. */
export class Terminal implements AsyncDisposable {
  readonly #options: TerminalOptions
  #isOpen = false

  constructor(options: TerminalOptions) {
    this.#options = options
  }

  /** A window with a shell in a folder. */
  async open(name: string, folder: string): Promise<Pane> {
    const shell = ['-n', name, '-c', folder, 'bash', '--noprofile', '--norc']
    if (this.#isOpen) await this.tmux('new-window', '-d', '-t', 'recording:', ...shell)
    else {
      const size = ['-x', String(COLUMNS), '-y', String(ROWS)]
      const options = ['status off', `history-limit ${HISTORY_LINES}`, 'default-terminal screen-256color']
      const set = options.flatMap((option) => ['set-option', '-g', ...option.split(' '), ';'])
      await this.tmux('start-server', ';', ...set, 'new-session', '-d', '-s', 'recording', ...size, ...shell)
      this.#isOpen = true
    }
    const pane = new Pane(this, name)
    await pane.idle()
    return pane
  }

  /** Runs one command of tmux and resolves with what it printed. */
  async tmux(...args: readonly string[]): Promise<string> {
    const { socket, env } = this.#options
    const { stdout } = await execa('tmux', ['-u', '-f', '/dev/null', '-S', socket, ...args], {
      env,
      extendEnv: false,
      stdin: 'ignore',
      timeout: COMMAND_TIMEOUT_MS,
      // The columns and trailing lines count.
      stripFinalNewline: false,
    })
    return stdout
  }

  /** Ends the server with all that runs in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.tmux('kill-server').catch(() => undefined)
  }
}

/** One window. */
export class Pane {
  readonly #terminal: Terminal
  readonly #name: string

  constructor(terminal: Terminal, name: string) {
    this.#terminal = terminal
    this.#name = name
  }

  /** What the screen shows, without blank lines at its end. */
  async screen(): Promise<string> {
    return (await this.#capture()).trimEnd()
  }

  /** The same with what has scrolled away since the last `clear`, without the prompt that waits at the end. */
  async scroll(): Promise<string> {
    const lines = (await this.#capture('-S', '-')).trimEnd().split('\n')
    return (lines.at(-1) === PROMPT ? lines.slice(0, -1) : lines).join('\n')
  }

  async type(text: string): Promise<void> {
    await this.#terminal.tmux('send-keys', '-t', this.#target, '-l', text)
    await this.key('Enter')
  }

  /** A key by tmux's name, such as `C-c`. */
  async key(name: string): Promise<void> {
    await this.#terminal.tmux('send-keys', '-t', this.#target, name)
  }

  /** An empty screen of a shell that waits, and nothing scrolled away. */
  async clear(): Promise<void> {
    await this.key('C-l')
    await this.#until('an empty screen', async () => (await this.screen()) === PROMPT)
    await this.#terminal.tmux('clear-history', '-t', this.#target)
  }

  /** Resolves when the screen matches; lines that the terminal has broken count as one. */
  async shows(pattern: RegExp): Promise<void> {
    await this.#until(String(pattern), async () => pattern.test(await this.#capture('-J')))
  }

  /** Resolves when the shell waits for the next command. */
  async idle(): Promise<void> {
    await this.#until('the prompt', async () => (await this.screen()).split('\n').at(-1) === PROMPT)
  }

  /** Types commands, each when the one before has ended. */
  async run(...commands: readonly string[]): Promise<void> {
    for (const command of commands) {
      const before = await this.#promptCount()
      await this.type(command)
      await this.#until(`the end of: ${command}`, async () => {
        const isIdle = (await this.screen()).split('\n').at(-1) === PROMPT
        return isIdle && (await this.#promptCount()) > before
      })
    }
  }

  get #target(): string {
    return `recording:${this.#name}`
  }

  async #promptCount(): Promise<number> {
    const lines = (await this.#capture('-S', '-')).split('\n')
    return lines.filter((line) => line === PROMPT || line.startsWith(`${PROMPT} `)).length
  }

  async #capture(...args: readonly string[]): Promise<string> {
    return this.#terminal.tmux('capture-pane', '-p', '-t', this.#target, ...args)
  }

  async #until(what: string, ask: () => Promise<boolean>): Promise<void> {
    try {
      await eventually(what, ask, { deadlineMs: SHOWN_LIMIT_MS })
    } catch (error) {
      const tail = (await this.scroll().catch(() => 'nothing: the terminal is gone')).split('\n').slice(-TOLD_LINES)
      throw new Error(`window ${this.#name}: not shown: ${what}\n${tail.join('\n')}`, { cause: error })
    }
  }
}
