/** One run of a daemon: from its start to its end. */

import { messageOf } from '../errors.js'
import { settlesWithin } from './deadline.js'
import { endProcess } from './end-process.js'
import { baseName } from './find-program.js'
import { readLines } from './lines.js'
import { childEnvironment, type ProgramDeps } from './program-deps.js'
import { endText, startFailure } from './run-program.js'
import type { ProcessExit, Signal, SpawnedProcess } from './spawn.js'

/** A daemon that is told to end gets this long before it is killed: pppd hangs up, wpa_supplicant says goodbye. */
const STOP_GRACE_MS = 2_000

/** How long output may trail the end of a daemon, where a descendant that left its group holds the pipe. */
const DRAIN_LIMIT_MS = 200

/** A daemon: a program that is to be kept running. */
export interface DaemonCommand {
  /** Name or absolute path. */
  readonly program: string
  /** A function is asked at every start. */
  readonly args: readonly string[] | (() => readonly string[])
  readonly ifname?: string | undefined
  /** Stands before each line in the log; default: 'udhcpc(eth0): '. */
  readonly logPrefix?: string | undefined
  /** Makes the reader of one run's standard output; absent: it is logged line by line, as standard error always is. */
  readonly openStdout?: (() => (chunk: Uint8Array) => void) | undefined
  /** Told of each line that is logged; may signal the process. */
  readonly onLine?: ((line: string, kill: (signal: Signal) => void) => void) | undefined
  /** Takes secrets out of a line before anybody else sees it. */
  readonly maskLine?: ((line: string) => string) | undefined
  readonly stopGraceMs?: number | undefined
  /** Called at each start, before the process is there: who hears of this run. */
  readonly openRun?: (() => DaemonRun) | undefined
}

/** One run of a daemon, for whoever reads what it says. */
export interface DaemonRun {
  /** What comes through descriptor 3; absent: the process has none. */
  events?(chunk: Uint8Array): void
  /** A line that is logged. */
  line?(line: string): void
  /** Why it ended, in words; undefined: what is said of its status. */
  endReason?(exit: ProcessExit): string | undefined
  /** It is gone: the last call. Not called for a program that could not be started. */
  ended(): void
}

interface Started {
  readonly process: SpawnedProcess
  readonly run: DaemonRun | undefined
  readonly onEnd: (reason: string) => void
}

/** Owns one running process and the readers of its output. Its end is told once, unless `stop` brought it about. */
export class Child {
  readonly #deps: ProgramDeps
  readonly #command: DaemonCommand
  readonly #process: SpawnedProcess
  readonly #run: DaemonRun | undefined
  readonly #name: string
  readonly #over: Promise<void>
  #stopping = false
  /** What a descendant says after the end is nobody's. */
  #ended = false
  #lastErrorLine: string | undefined

  /** @throws NetworkError ERR_PROGRAM_MISSING, ERR_PROGRAM_FAILED where the kernel refused to start it */
  static async start(deps: ProgramDeps, command: DaemonCommand, onEnd: (reason: string) => void): Promise<Child> {
    const program = await deps.findProgram(command.program)
    const args = typeof command.args === 'function' ? command.args() : command.args
    const run = command.openRun?.()
    const events = run?.events === undefined ? {} : { events: true }
    const child = deps.spawn({ program, args, env: childEnvironment(deps), netns: deps.netns, ...events })
    if (child.pid === undefined) {
      const { error } = await child.exited
      throw startFailure(deps, program, error ?? { code: 'UNKNOWN', message: 'no reason given' })
    }
    // In the turn of the spawn: the pid is the child's until libuv has reaped it, which takes a later turn.
    deps.ledger.addDaemon({ pid: child.pid, program: baseName(program), ifname: command.ifname })
    return new Child(deps, command, { process: child, run, onEnd })
  }

  private constructor(deps: ProgramDeps, command: DaemonCommand, { process, run, onEnd }: Started) {
    this.#deps = deps
    this.#command = command
    this.#process = process
    this.#run = run
    this.#name = baseName(command.program)
    this.#over = this.#watch(onEnd)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Ends the process and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true
    const { clock, logger } = this.#deps
    if (await endProcess(this.#process, clock, this.#command.stopGraceMs ?? STOP_GRACE_MS)) await this.#over
    else logger.error({ pid: this.pid, ifname: this.#command.ifname }, `${this.#name}: outlived SIGKILL`)
  }

  async #watch(onEnd: (reason: string) => void): Promise<void> {
    const output = Promise.all([
      this.#readStdout(),
      this.#readEvents(),
      readLines(this.#process.stderr, (line) => {
        this.#lastErrorLine = this.#masked(line)
        this.#log(line)
      }),
    ])
    const exit = await this.#process.exited
    if (this.pid !== undefined) this.#deps.ledger.removeDaemon(this.pid)
    await settlesWithin(output, this.#deps.clock, DRAIN_LIMIT_MS)
    const reason = this.#reason(exit)
    this.#ended = true
    this.#guarded(() => this.#run?.ended())
    if (!this.#stopping) onEnd(reason)
  }

  async #readStdout(): Promise<void> {
    const { openStdout } = this.#command
    if (openStdout === undefined) return readLines(this.#process.stdout, (line) => this.#log(line))
    const consume = openStdout()
    try {
      for await (const chunk of this.#process.stdout) this.#guarded(() => consume(chunk))
    } catch {
      // A broken pipe is an end: how the process ended is told by its exit.
    }
  }

  async #readEvents(): Promise<void> {
    const { events } = this.#process
    if (events === undefined) return
    try {
      for await (const chunk of events) if (!this.#ended) this.#guarded(() => this.#run?.events?.(chunk))
    } catch {
      // As with standard output.
    }
  }

  #masked(line: string): string {
    return this.#command.maskLine?.(line) ?? line
  }

  #log(said: string): void {
    const line = this.#masked(said)
    const { ifname, logPrefix, onLine } = this.#command
    const prefix = logPrefix ?? (ifname === undefined ? `${this.#name}: ` : `${this.#name}(${ifname}): `)
    this.#deps.logger.debug({ ifname }, `${prefix}${line}`)
    if (onLine !== undefined) this.#guarded(() => onLine(line, (signal) => this.#process.kill(signal)))
    if (!this.#ended) this.#guarded(() => this.#run?.line?.(line))
  }

  /** A consumer that throws loses what it was given, and nothing else. */
  #guarded(consume: () => void): void {
    try {
      consume()
    } catch (thrown) {
      const { ifname } = this.#command
      this.#deps.logger.error({ ifname, thrown: messageOf(thrown) }, `${this.#name}: a reader of its output threw`)
    }
  }

  #reason(exit: ProcessExit): string {
    let own: string | undefined
    this.#guarded(() => {
      own = this.#run?.endReason?.(exit)
    })
    if (own !== undefined) return `${this.#name}: ${own}`
    if (exit.error !== undefined) return `${this.#name}: ${exit.error.message}`
    if (exit.signal !== undefined) return `${this.#name}: killed by ${exit.signal}`
    return endText(this.#name, exit.exitCode ?? 0, this.#lastErrorLine)
  }
}
