/** The near side of instance-process.ts: starts an instance in a process of its own and asks it things. */

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { InstanceRequest } from './instance-process.js'
import { PROGRAM_PATH } from './lab/command.js'

const PROGRAM = fileURLToPath(new URL('instance-process.ts', import.meta.url))

const spawn = (program: string, args: readonly string[]) =>
  execa(program, args, { buffer: false, reject: false, stdin: 'pipe', stderr: 'inherit', env: { PATH: PROGRAM_PATH } })

export interface RemoteAnswer {
  readonly value?: unknown
  readonly ready?: number
  readonly error?: string
  readonly code?: string
}

export class RemoteInstance implements AsyncDisposable {
  readonly #process: ReturnType<typeof spawn>
  readonly #lines: AsyncIterator<string>
  /** The first answer: `ready`, or the error of start. */
  readonly started: Promise<RemoteAnswer>

  /** `wrapper` is put before the command: a program that takes rights away, and its arguments. */
  constructor(options: object, wrapper: readonly string[] = []) {
    const command = [
      ...wrapper,
      process.execPath,
      '--enable-source-maps',
      '--import',
      'tsx',
      PROGRAM,
      JSON.stringify(options),
    ]
    const [program = '', ...args] = command
    this.#process = spawn(program, args)
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
    this.started = this.#line()
  }

  /** Its process id; with a wrapper, the wrapper must have become the program by exec. */
  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error('the instance could not be started')
    return pid
  }

  async ask(request: InstanceRequest): Promise<RemoteAnswer> {
    await this.started
    this.#process.stdin.write(`${JSON.stringify(request)}\n`)
    return this.#line()
  }

  /** As a power cut does: no handler of the process runs. */
  async kill(): Promise<void> {
    const ended = once(this.#process, 'exit')
    process.kill(this.pid, 'SIGKILL')
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    this.#process.stdin.end()
    await this.kill().catch(() => undefined)
  }

  async #line(): Promise<RemoteAnswer> {
    const next = await this.#lines.next()
    if (next.done === true) throw new Error('the instance ended without an answer')
    return JSON.parse(next.value) as RemoteAnswer
  }
}
