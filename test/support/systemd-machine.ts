/** systemd as the first process of namespaces of its own, in the network namespace of a lab, with examples/service installed as its comments say. */

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { eventually } from './eventually.js'
import { type CommandResult, inNamespace, PROGRAM_PATH, runCommand } from './lab/command.js'
import { INTERNET_HOSTS, type Lab } from './lab.js'
import { ROOT } from './source-files.js'

const BEGIN = fileURLToPath(new URL('systemd-machine/begin.sh', import.meta.url))
const NAMESPACES = ['--pid', '--mount', '--ipc', '--uts', '--fork', '--kill-child']
/** It takes a second; this is for a loaded machine. */
const BOOT = { deadlineMs: 60_000 }
const SYSTEMD = '/lib/systemd/systemd'
/** Node may lie in either place. */
const PATH = '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const CONFIG_FILE = '/etc/vintage-net/config.json'

const start = (lab: Lab, folder: string) => {
  const [program, args] = inNamespace(lab.name, 'unshare', [...NAMESPACES, 'sh', BEGIN, folder, ROOT])
  return execa(program, args, { reject: false, stdin: 'ignore', env: { PATH: PROGRAM_PATH } })
}

/** Every user id as it is: what the initial user namespace has. */
const ALL_IDS = /^\s*0\s+0\s+4294967295\s*$/

/** Undefined when a machine can be made here, else why not. */
export function reasonAgainstSystemd(): string | undefined {
  if (process.getuid?.() !== 0 || !ALL_IDS.test(readFileSync('/proc/self/uid_map', 'utf8')))
    return 'systemd as the first process, with users of its own, needs root'
  return existsSync(SYSTEMD) ? undefined : 'systemd is not installed'
}

export class SystemdMachine implements AsyncDisposable {
  readonly #folder: string
  readonly #process: ReturnType<typeof start>
  #initPid = 0
  /** How far the start has come, for the error of one that fails. */
  #stage = 'nothing runs'

  /** Resolves when systemd answers; nothing of ours runs yet. Root in the machine's own user namespace only. */
  static async create(lab: Lab): Promise<SystemdMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'vintage-net-systemd-'))
    const machine = new SystemdMachine(folder, start(lab, folder))
    try {
      await machine.#booted()
    } catch (thrown) {
      await machine[Symbol.asyncDispose]()
      const { stderr } = await machine.#process
      throw new Error(`systemd did not start: ${machine.#stage}; ${stderr}`, { cause: thrown })
    }
    return machine
  }

  private constructor(folder: string, child: ReturnType<typeof start>) {
    this.#folder = folder
    this.#process = child
  }

  /** Runs a program in the machine, as root and beside the services. */
  async run(program: string, args: readonly string[], input = ''): Promise<CommandResult> {
    const all = ['--target', String(this.#initPid), '--all', 'env', '-i', `PATH=${PATH}`, program, ...args]
    return runCommand('nsenter', all, { stdin: 'pipe', input })
  }

  /** The same for a program that must succeed; resolves with what it printed. */
  async mustRun(program: string, ...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(program, args)
    if (exitCode !== 0) throw new Error(`${[program, ...args].join(' ')}: status ${exitCode}: ${stdout}${stderr}`)
    return stdout
  }

  /** The example's configuration file with these interfaces; nothing outside the lab is asked. */
  async writeConfig(config: object): Promise<void> {
    const example = JSON.parse(await this.mustRun('cat', CONFIG_FILE)) as object
    const internetHostList = INTERNET_HOSTS.map((host) => ({ host, port: 53 }))
    const text = JSON.stringify({ ...example, internetHostList, config })
    const { exitCode } = await this.run('tee', [CONFIG_FILE], text)
    if (exitCode !== 0) throw new Error(`${CONFIG_FILE} cannot be written`)
  }

  /** A property of the unit as `systemctl show` has it. */
  async show(property: string): Promise<string> {
    return this.mustRun('systemctl', 'show', '--value', `--property=${property}`, 'vintage-net')
  }

  /** The value of a property of the daemon's table, as its command line prints it; undefined where there is none. */
  async get(path: string): Promise<string | undefined> {
    const { exitCode, stdout } = await this.run('vintage-net', ['get', path])
    return exitCode === 0 ? stdout : undefined
  }

  /** Messages of the unit in the journal: the daemon's, and systemd's about it. */
  async journal(): Promise<{ readonly priority: string; readonly message: string }[]> {
    const text = await this.mustRun('journalctl', '--unit=vintage-net', '--output=json')
    const lines = text.split('\n').filter((line) => line !== '')
    return lines.map((line) => {
      const { PRIORITY, MESSAGE } = JSON.parse(line) as { PRIORITY: string; MESSAGE: string }
      return { priority: PRIORITY, message: MESSAGE }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit')
      // Its child, systemd, and with that everything else, ends with it.
      this.#process.kill('SIGKILL')
      await exit
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #booted(): Promise<void> {
    const { pid } = this.#process
    await eventually('the machine has booted', async () => this.#process.exitCode !== null || this.#answers(pid), BOOT)
    if (this.#process.exitCode !== null) throw new Error(`status ${this.#process.exitCode}`)
  }

  async #answers(unsharePid: number | undefined): Promise<boolean> {
    const children = await readFile(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8')
    this.#initPid = Number(children.trim())
    if (!(this.#initPid > 0)) return false
    const command = await readFile(`/proc/${this.#initPid}/cmdline`, 'utf8')
    this.#stage = command.replaceAll('\0', ' ')
    if (!command.startsWith(SYSTEMD)) return false
    const { stdout, stderr } = await this.run('systemctl', ['is-active', 'machine.target'])
    this.#stage = `systemctl is-active machine.target: ${stdout}${stderr}`
    return stdout.trim() === 'active'
  }
}
