/** `vintage-net run` of dist/ in a process of its own, in the namespace of a lab. */

import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { ControlClient } from '../../lib/cli/client.js'
import { eventually } from './eventually.js'
import { inNamespace, PROGRAM_PATH, runCommand } from './lab/command.js'
import { INTERNET_HOSTS, type Lab } from './lab.js'

export const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Runs the program's other commands against the daemon behind a socket. */
export const vintageNet = (socket: string, ...args: string[]): ReturnType<typeof runCommand> =>
  runCommand(process.execPath, [PROGRAM, ...args], { env: { VINTAGE_NET_SOCKET: socket } })

export interface DaemonLine {
  readonly level: string
  readonly message: string
  readonly [key: string]: unknown
}

export interface DaemonPlace {
  readonly lab: Lab
  readonly folder: string
}

/** The options of a daemon whose files are in the folder; nothing outside the lab is asked. */
export function daemonOptions({ folder }: DaemonPlace): Record<string, unknown> {
  return {
    tmpDir: join(folder, 'run'),
    persistenceDir: join(folder, 'saved'),
    resolvConf: join(folder, 'run', 'resolv.conf'),
    internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
  }
}

export async function writeDaemonConfig(place: DaemonPlace, config: object, more: object = {}): Promise<string> {
  const file = join(place.folder, 'net.json')
  await writeFile(file, JSON.stringify({ ...daemonOptions(place), config, ...more }))
  return file
}

export interface DaemonStart {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Put before the program, inside the namespace. */
  readonly wrapper?: readonly string[]
}

const start = (lab: Lab, args: readonly string[], env: Readonly<Record<string, string>>) => {
  const [first = '', ...rest] = args
  const [program, all] = inNamespace(lab.name, first, rest)
  return execa(program, all, { buffer: false, reject: false, stdin: 'ignore', env: { PATH: PROGRAM_PATH, ...env } })
}

export class DaemonProcess implements AsyncDisposable {
  readonly lines: DaemonLine[] = []
  /** What was said besides the log. */
  readonly words: string[] = []
  readonly client: ControlClient
  readonly socketPath: string
  readonly #process: ReturnType<typeof start>

  constructor(place: DaemonPlace, { args = [], env = {}, wrapper = [] }: DaemonStart = {}) {
    this.socketPath = join(place.folder, 'run', 'control.sock')
    this.client = new ControlClient(this.socketPath)
    this.#process = start(place.lab, [...wrapper, process.execPath, PROGRAM, 'run', ...args], env)
    createInterface({ input: this.#process.stderr }).on('line', (line) => {
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as DaemonLine)
      else this.words.push(line)
    })
  }

  get pid(): number {
    const { pid } = this.#process
    if (pid === undefined) throw new Error('the daemon could not be started')
    return pid
  }

  /** Resolves when it answers. */
  async ready(): Promise<this> {
    await eventually('the daemon runs', () => this.said('the daemon runs') || this.#process.exitCode !== null, {
      deadlineMs: 20_000,
    })
    if (!this.said('the daemon runs')) throw new Error(`the daemon ended: ${this.words.join('\n')}`)
    return this
  }

  said(text: string): boolean {
    return this.lines.some(({ message }) => message.includes(text))
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name)
  }

  /** The value of a property, as the daemon tells it. */
  async get(path: string): Promise<unknown> {
    const answer = await this.client.json('GET', `/v1/properties?pattern=${path}`)
    return (answer as { properties: { value: unknown }[] }).properties[0]?.value
  }

  async until(path: string, wanted: unknown): Promise<void> {
    await eventually(`${path} is ${String(wanted)}`, async () => (await this.get(path)) === wanted, {
      deadlineMs: 20_000,
    })
  }

  /** The exit status. */
  async ended(): Promise<number | undefined> {
    const { exitCode } = await this.#process
    return exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const exit = once(this.#process, 'exit')
    this.signal('SIGKILL')
    await exit
  }
}
