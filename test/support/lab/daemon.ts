/** A program of the lab that must keep running: started in a namespace, its log kept, its death an error. */

import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { inNamespace, PROGRAM_PATH } from './command.js'

/** Programs of the lab are ready within 0.1 s; this is for a loaded machine. */
const READY_DEADLINE_MS = 10_000
const LOG_DEADLINE_MS = 10_000
/** After SIGTERM; then SIGKILL. */
const STOP_GRACE_MS = 2_000

export interface DaemonOptions {
  /** Names the daemon in errors. */
  readonly title: string
  readonly namespace: string
  readonly program: string
  readonly args: readonly string[]
  /** The log line that says it is ready. */
  readonly ready: RegExp
  /** Called once when it ends without having been stopped. */
  readonly onFailure: (error: Error) => void
}

const spawn = (program: string, args: readonly string[]) =>
  execa(program, args, {
    buffer: false,
    reject: false,
    stdin: 'ignore',
    env: { PATH: PROGRAM_PATH },
    forceKillAfterDelay: STOP_GRACE_MS,
  })

interface Waiter {
  readonly satisfied: () => boolean
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** One running program of the lab; `stop` ends it, and only it. */
export class Daemon {
  /** Everything it has printed, line by line, both streams. */
  readonly log: string[] = []
  readonly #options: DaemonOptions
  readonly #process: ReturnType<typeof spawn>
  readonly #waiters = new Set<Waiter>()
  #stopping = false
  #failure: Error | undefined

  /** Starts a program and resolves when it has said that it is ready. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const daemon = new Daemon(options)
    try {
      await daemon.waitForLog(options.ready, { deadlineMs: READY_DEADLINE_MS })
    } catch (error) {
      await daemon.stop()
      throw error
    }
    return daemon
  }

  private constructor(options: DaemonOptions) {
    this.#options = options
    const [program, args] = inNamespace(options.namespace, options.program, options.args)
    this.#process = spawn(program, args)
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#onLine(line))
    }
    void this.#process.then(({ exitCode, signal }) => this.#onEnd(signal ?? `status ${exitCode}`))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Resolves once `count` lines of the log, past ones included, match. */
  async waitForLog(
    pattern: RegExp,
    { count = 1, deadlineMs = LOG_DEADLINE_MS }: { readonly count?: number; readonly deadlineMs?: number } = {},
  ): Promise<void> {
    const satisfied = (): boolean => this.log.filter((line) => pattern.test(line)).length >= count
    if (satisfied()) return
    if (this.#failure !== undefined) throw this.#failure
    let deadline: NodeJS.Timeout | undefined
    let waiter: Waiter | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        waiter = { satisfied, resolve, reject }
        this.#waiters.add(waiter)
        deadline = setTimeout(() => reject(this.#error(`no line like ${pattern} in ${deadlineMs} ms`)), deadlineMs)
      })
    } finally {
      clearTimeout(deadline)
      if (waiter !== undefined) this.#waiters.delete(waiter)
    }
  }

  /** Ends the program and resolves when it is gone; safe to repeat. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#process.kill('SIGTERM')
    await this.#process
  }

  /** Sends it a signal, such as SIGKILL for a crash on purpose. */
  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  #onLine(line: string): void {
    this.log.push(line)
    for (const waiter of this.#waiters) if (waiter.satisfied()) waiter.resolve()
  }

  #onEnd(how: string): void {
    this.#failure = this.#error(`ended (${how})`)
    for (const waiter of this.#waiters) waiter.reject(this.#failure)
    if (!this.#stopping) this.#options.onFailure(this.#failure)
  }

  #error(what: string): Error {
    return new Error(`${this.#options.title}: ${what}\n${this.log.join('\n')}`)
  }
}
