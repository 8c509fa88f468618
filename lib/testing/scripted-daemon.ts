/** A spawn seam whose programs are scripts of a test: no process is started, and nothing happens by itself. */

import { messageOf } from '../errors.js'
import type { ProcessExit, Signal, Spawn, SpawnedProcess, SpawnRequest } from '../supervision/spawn.js'

/** Above the largest pid that Linux gives (2^22), so that a scripted pid never names a real process. */
const FIRST_PID = 5_000_000

/** A program: called at each start, with the child to play. */
export type DaemonScript = (child: ScriptedChild) => void | Promise<void>

/** One start of a scripted program. It runs until it is told to end, and ends on SIGTERM unless it ignores that. */
export class ScriptedChild {
  readonly pid: number
  /** What it was started with. */
  readonly request: SpawnRequest
  /** The program's name, without its directory. */
  readonly program: string
  /** Signals that it was sent, in order. */
  readonly signals: Signal[] = []
  /** Resolves when it has ended. */
  readonly exited: Promise<ProcessExit>
  readonly #stdout = new ByteQueue()
  readonly #stderr = new ByteQueue()
  readonly #events = new ByteQueue()
  readonly #ignored = new Set<Signal>()
  readonly #listeners: ((signal: Signal) => void)[] = []
  #resolveExit: (exit: ProcessExit) => void = () => undefined
  #running = true

  constructor(pid: number, request: SpawnRequest) {
    this.pid = pid
    this.request = request
    this.program = nameOf(request.program)
    this.exited = new Promise((resolve) => {
      this.#resolveExit = resolve
    })
  }

  get running(): boolean {
    return this.#running
  }

  get process(): SpawnedProcess {
    const { pid, exited } = this
    const events = this.request.events === true ? { events: this.#events } : {}
    return { pid, exited, stdout: this.#stdout, stderr: this.#stderr, ...events, kill: (signal) => this.#kill(signal) }
  }

  /** Text is written as UTF-8. */
  writeStdout(data: string | Uint8Array): void {
    this.#stdout.push(toBytes(data))
  }

  /** Text is written as UTF-8. */
  writeStderr(data: string | Uint8Array): void {
    this.#stderr.push(toBytes(data))
  }

  /** What a script that the program runs writes to descriptor 3. Text is written as UTF-8. */
  writeEvents(data: string | Uint8Array): void {
    this.#events.push(toBytes(data))
  }

  /** Ends by itself. */
  exit(exitCode: number): void {
    this.#end({ exitCode })
  }

  /** Is killed by someone else. */
  die(signal: Signal): void {
    this.#end({ signal })
  }

  /** From now on the signal does not end it; SIGKILL always does. */
  ignore(signal: Exclude<Signal, 'SIGKILL'>): void {
    this.#ignored.add(signal)
  }

  /** Called for each signal it is sent, before the signal takes effect. */
  onSignal(listener: (signal: Signal) => void): void {
    this.#listeners.push(listener)
  }

  #kill(signal: Signal): void {
    if (!this.#running) return
    this.signals.push(signal)
    for (const listener of this.#listeners) listener(signal)
    if (!this.#ignored.has(signal)) this.#end({ signal })
  }

  #end(exit: ProcessExit): void {
    if (!this.#running) return
    this.#running = false
    this.#stdout.close()
    this.#stderr.close()
    this.#events.close()
    this.#resolveExit(exit)
  }
}

/** Scripted programs, by name. A program without a script is missing, as on a system where it is not installed. */
export class ScriptedDaemons {
  /** Every start of a program that was there, in order. */
  readonly children: ScriptedChild[] = []
  readonly #scripts = new Map<string, DaemonScript>()
  readonly #waiting: { readonly program: string; resolve(child: ScriptedChild): void }[] = []

  /** The seam. */
  readonly spawn: Spawn = (request) => this.#start(request)

  /** The other half of the seam: a scripted program is found under its own name. */
  readonly findProgram = (name: string): Promise<string> => Promise.resolve(name)

  /** What a program does; replaces its earlier script. Without `script` it runs and does nothing. */
  on(program: string, script: DaemonScript = () => undefined): void {
    this.#scripts.set(program, script)
  }

  /** Uninstalls a program: starts fail with ENOENT. */
  missing(program: string): void {
    this.#scripts.delete(program)
  }

  /** The children of a program that have not ended. */
  running(program: string): ScriptedChild[] {
    return this.children.filter((child) => child.program === program && child.running)
  }

  /** Resolves with the next child that is started, of this program. */
  next(program: string): Promise<ScriptedChild> {
    return new Promise((resolve) => this.#waiting.push({ program, resolve }))
  }

  #start(request: SpawnRequest): SpawnedProcess {
    const name = nameOf(request.program)
    const script = this.#scripts.get(name)
    if (script === undefined) return failedStart({ code: 'ENOENT', message: `spawn ${request.program} ENOENT` })
    const child = new ScriptedChild(FIRST_PID + this.children.length, request)
    this.children.push(child)
    this.#play(script, child)
    for (const waiter of this.#waiting.filter(({ program }) => program === name)) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
      waiter.resolve(child)
    }
    return child.process
  }

  /** A script that throws ends its child, as a crash ends a program; standard error tells. */
  #play(script: DaemonScript, child: ScriptedChild): void {
    const crash = (thrown: unknown) => {
      child.writeStderr(`the script threw: ${messageOf(thrown)}\n`)
      child.exit(70)
    }
    try {
      Promise.resolve(script(child)).catch(crash)
    } catch (thrown) {
      crash(thrown)
    }
  }
}

/** What the event script writes when udhcpc calls it; `interface` belongs to `environment`. */
export function udhcpcEvent(name: string, environment: Readonly<Record<string, string>>): Uint8Array {
  return scriptOutput([name], environment)
}

/** What the event script writes when udhcpd calls it. */
export function udhcpdEvent(leaseFile: string): Uint8Array {
  return scriptOutput([leaseFile], {})
}

/** What an event script writes that got these arguments, and a daemon's variables in its environment. */
export function daemonEvent(args: readonly string[], environment: Readonly<Record<string, string>>): Uint8Array {
  return scriptOutput(args, environment)
}

function scriptOutput(args: readonly string[], environment: Readonly<Record<string, string>>): Uint8Array {
  const assignments = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
  const items = [String(args.length), ...args, ...assignments, '']
  return Uint8Array.from(items.map((item) => `${item}\0`).join(''), (character) => character.charCodeAt(0))
}

/** Chunks for one reader, in order. */
class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = []
  #closed = false
  #wake: () => void = () => undefined

  push(chunk: Uint8Array): void {
    if (this.#closed) return
    this.#chunks.push(chunk)
    this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#closed) return
      else await this.#change()
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}

function failedStart(error: { readonly code: string; readonly message: string }): SpawnedProcess {
  const empty = new ByteQueue()
  empty.close()
  return { stdout: empty, stderr: empty, kill: () => undefined, exited: Promise.resolve({ error }) }
}

function toBytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1)
}
