/** A program of a benchmark that is spoken to in lines. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** No answer takes longer: the slowest peer needs 20 s for 100,000 routes. */
const ANSWER_LIMIT_MS = 180_000

export class LineProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>
  readonly #reader: Interface

  constructor([program, args]: readonly [string, readonly string[]]) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdin.on('error', () => undefined) // it has ended; the next line says so
    this.#reader = createInterface({ input: this.#child.stdout })
    this.#lines = this.#reader[Symbol.asyncIterator]()
  }

  /** Starts a program and waits for its `ready`; what follows that word is in `granted`. */
  static async start(command: readonly [string, readonly string[]]): Promise<LineProcess> {
    const started = new LineProcess(command)
    try {
      const line = await started.line()
      if (!line.startsWith('ready')) throw new Error(`${command.flat().join(' ')}: said ${line}`)
      started.granted = Number(line.split(' ')[1] ?? 0)
    } catch (thrown) {
      await started[Symbol.asyncDispose]()
      throw thrown
    }
    return started
  }

  granted = 0

  /** The next line; rejects when the process has ended. */
  async line(): Promise<string> {
    let deadline: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      deadline = setTimeout(() => reject(new Error(`${this.#name}: no answer`)), ANSWER_LIMIT_MS)
    })
    try {
      const next = await Promise.race([this.#lines.next(), late])
      if (next.done === true) throw new Error(`${this.#name}: ended too early`)
      return next.value
    } finally {
      clearTimeout(deadline)
    }
  }

  say(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  async ask(line: string): Promise<string> {
    this.say(line)
    return this.line()
  }

  /** Asks and reads the answer as JSON, which is not checked: these programs are ours. */
  async askJson<T>(line: string): Promise<T> {
    return JSON.parse(await this.ask(line)) as T
  }

  /** Sends a signal to the process and its children. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    const pid = this.#child.pid ?? 0
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').map(Number)
    for (const one of [pid, ...children]) if (one > 0) process.kill(one, name)
  }

  get #name(): string {
    return this.#child.spawnargs.slice(-6).join(' ')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.stdin.end()
    this.#child.kill('SIGTERM')
    if (this.#child.exitCode === null && this.#child.signalCode === null) await ended
  }
}
