/**
 * The lab: a host in a network namespace of its own, with as many uplinks as a test wants, each with a router, a real DHCP
 * server and an "Internet" behind it. Several labs live side by side in one world; none touches what it did not make.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Options } from 'execa'
import { type CommandResult, inNamespace, ipIn, mustRun, namespacePath, runCommand, setSysctls } from './lab/command.js'
import { enterWorld } from './lab/enter-world.js'
import { INTERNET_HOSTS, Uplink, type UplinkOptions } from './lab/uplink.js'

export { INTERNET_HOSTS, Uplink, type UplinkOptions }

/** A TCP socket of the host, as `ss` tells it. */
export interface TcpSocket {
  readonly state: string
  readonly local: string
  readonly peer: string
}

/** What a network namespace would otherwise inherit from the machine; these are the kernel's own defaults. */
const HOST_SYSCTLS = {
  'net/ipv4/ip_forward': '0',
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/default/rp_filter': '0',
  'net/ipv4/conf/all/promote_secondaries': '0',
  'net/ipv4/conf/default/promote_secondaries': '0',
}

let labCount = 0

/** One lab. Made by `create`, ended by `destroy`, whatever happened in between. */
export class Lab {
  /** Name of the host's network namespace. */
  readonly name: string
  /** File of the host's network namespace: the `netns` option of what is tested. */
  readonly namespace: string
  /** Rejects when a daemon of the lab ends unasked; nothing has to listen to it. */
  readonly failed: Promise<never>
  readonly #folder: string
  readonly #uplinks: Uplink[] = []
  #fail: (error: Error) => void = () => undefined
  #failure: Error | undefined
  #destroyed = false

  /**
   * Makes an empty lab: a namespace whose loopback link is up. Needs a world (`node scripts/test.mjs FILE`). With `here` the host
   * is the namespace of this process, for what cannot leave it; one such lab at a time.
   */
  static async create({ here = false }: { readonly here?: boolean | undefined } = {}): Promise<Lab> {
    await enterWorld()
    labCount += 1
    const lab = new Lab(`lab${labCount}`, await mkdtemp(join(tmpdir(), 'vintage-net-lab-')))
    try {
      await mustRun('ip', here ? ['netns', 'attach', lab.name, String(process.pid)] : ['netns', 'add', lab.name])
      await setSysctls(lab.name, HOST_SYSCTLS)
      await lab.ip('link', 'set', 'dev', 'lo', 'up')
    } catch (error) {
      await lab.destroy()
      throw error
    }
    return lab
  }

  private constructor(name: string, folder: string) {
    this.name = name
    this.namespace = namespacePath(name)
    this.#folder = folder
    this.failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject
    })
    this.failed.catch(() => undefined)
  }

  /** Adds a way out. The host's end of the link is down, its cable is plugged in. */
  async addUplink(options: UplinkOptions): Promise<Uplink> {
    this.#check()
    const uplink = await Uplink.create(options, {
      hostNamespace: this.name,
      routerNamespace: `${this.name}-${options.ifname}`,
      folder: await mkdtemp(join(this.#folder, `${options.ifname}-`)),
      onFailure: (error) => {
        this.#failure ??= error
        this.#fail(error)
      },
    })
    this.#uplinks.push(uplink)
    return uplink
  }

  /** The same promise, but rejected at once when a daemon of the lab ends unasked. */
  async guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failed])
  }

  /** Runs `ip -json` in the host's namespace and resolves with its records (none for a command). T is not checked. */
  async ip<T = unknown>(...args: readonly string[]): Promise<readonly T[]> {
    this.#check()
    return ipIn<T>(this.name, args)
  }

  /** Runs a program in the host's namespace to its end, whatever its status. */
  async exec(program: string, args: readonly string[], options?: Options): Promise<CommandResult> {
    this.#check()
    return this.guard(runCommand(...inNamespace(this.name, program, args), options))
  }

  /** The host's TCP sockets, listening ones included. */
  async ss(): Promise<readonly TcpSocket[]> {
    const { stdout } = await this.exec('ss', ['--no-header', '--tcp', '--all', '--numeric'])
    return stdout.split('\n').flatMap((line) => {
      const [state, , , local, peer] = line.trim().split(/\s+/)
      return state !== undefined && local !== undefined && peer !== undefined ? [{ state, local, peer }] : []
    })
  }

  /**
   * Ends the lab's daemons, by their process ids, and removes its links and namespaces. Safe to repeat.
   * Rejects, after all is gone, when a daemon had ended unasked: no test passes on a broken lab.
   */
  async destroy(): Promise<void> {
    if (this.#destroyed) return
    this.#destroyed = true
    for (const uplink of this.#uplinks.reverse()) await uplink.destroy()
    await mustRun('ip', ['netns', 'delete', this.name]).catch(() => undefined)
    await rm(this.#folder, { recursive: true, force: true })
    if (this.#failure !== undefined) throw this.#failure
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.destroy()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#destroyed) throw new Error(`${this.name} is destroyed`)
  }
}
