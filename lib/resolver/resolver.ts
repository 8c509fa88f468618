/** The owner of resolv.conf: gathers name servers and search domains of all interfaces and keeps file and properties true. */

import * as nodeFileSystem from 'node:fs/promises'
import { checkInterfaceName } from '../base/interface-name.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { PropertyTable } from '../properties/property-table.js'
import { composeResolvConf, parseDomains, parseNameServer, type ResolverEntry } from './resolv-conf.js'
import { codeOf, type ResolvFileSystem, writeResolvFile } from './resolv-file.js'

export interface ResolverDeps {
  /** The file, or null to leave name resolution alone. */
  readonly path: string | null
  /** When the file is a link into this directory the link is followed; every other link is left alone. */
  readonly tmpDir?: string | undefined
  /** IP texts, asked before those of any interface. */
  readonly additionalNameServers: readonly string[]
  readonly properties: PropertyTable
  readonly logger: Logger
  readonly fs?: ResolvFileSystem | undefined
}

/** What an interface supplies: servers as text or as 4 or 16 bytes; the domain may be several, separated by blanks. */
export interface InterfaceResolution {
  readonly domain?: string | undefined
  readonly nameServers: readonly (string | readonly number[])[]
}

/** The property that says how the last write ended: `written`, `failed: CODE`, or `off`. */
const STATE = ['resolv_conf']

/**
 * Properties change within the call, the file soon after; what arrives while it is being written is written together,
 * the latest state only. A write that fails is logged and published as `resolv_conf`, and tried again at the next update.
 */
export class Resolver {
  readonly #deps: ResolverDeps
  readonly #fs: ResolvFileSystem
  readonly #additional: readonly string[]
  readonly #entries = new Map<string, ResolverEntry>()
  #priority: readonly string[] = []
  #state: 'new' | 'started' | 'stopped' = 'new'
  /** What the file should hold; undefined when nothing is to be written. */
  #nextText: string | undefined
  /** The writing that is going on. */
  #writing: Promise<void> | undefined

  constructor(deps: ResolverDeps) {
    this.#deps = deps
    this.#fs = deps.fs ?? nodeFileSystem
    this.#additional = deps.additionalNameServers.flatMap((value) => {
      const address = parseNameServer(value)
      if (address === undefined) deps.logger.error({ value }, 'an additional name server is no IP address, ignored')
      return address ?? []
    })
  }

  /** Takes the file over; resolves when the first write has ended, well or not. */
  async start(): Promise<void> {
    if (this.#state !== 'new') return
    this.#state = 'started'
    this.#update()
    await this.idle()
  }

  /**
   * Replaces what an interface supplies; what is no address or no domain name is logged and left out.
   * @throws NetworkError `ERR_INVALID_INTERFACE_NAME`
   */
  setup(ifname: string, resolution: InterfaceResolution): void {
    const problem = checkInterfaceName(ifname)
    if (problem !== undefined) throw new NetworkError('ERR_INVALID_INTERFACE_NAME', problem)
    const { domains, refused } = parseDomains(resolution.domain)
    if (refused.length > 0) this.#deps.logger.warn({ ifname, refused }, 'not a domain name, ignored')
    const nameServers = resolution.nameServers.flatMap((value) => {
      const address = parseNameServer(value, ifname)
      if (address === undefined) this.#deps.logger.warn({ ifname, value }, 'a name server is no IP address, ignored')
      return address ?? []
    })
    this.#entries.set(ifname, { domains, nameServers })
    this.#update()
  }

  /** Forgets what an interface supplied. */
  clear(ifname: string): void {
    if (this.#entries.delete(ifname)) this.#update()
  }

  /** The servers to ask for names through an interface, best first: its own, else those of the whole device. */
  nameServersOf(ifname: string): readonly string[] {
    const own = this.#entries.get(ifname)?.nameServers ?? []
    return own.length > 0 ? own : this.#additional
  }

  /** Forgets what all interfaces supplied. */
  clearAll(): void {
    this.#entries.clear()
    this.#update()
  }

  /** The order of the interfaces, best first; those not named come last, in alphabetical order. */
  setPriority(ifnames: readonly string[]): void {
    this.#priority = [...ifnames]
    this.#update()
  }

  /** Resolves when no write is going on. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  /** Leaves a file with the additional servers only; later calls change nothing. */
  async stop(): Promise<void> {
    if (this.#state === 'started') this.clearAll()
    this.#state = 'stopped'
    await this.idle()
  }

  #update(): void {
    if (this.#state !== 'started') return
    const { text, nameServers } = composeResolvConf({
      additional: this.#additional,
      entries: this.#entries,
      priority: this.#priority,
    })
    this.#deps.properties.put(['name_servers'], nameServers)
    if (this.#deps.path === null) {
      this.#publish('off')
      return
    }
    this.#nextText = text
    this.#writing ??= this.#writeAll(this.#deps.path)
  }

  /** Never rejects. */
  async #writeAll(path: string): Promise<void> {
    while (this.#nextText !== undefined) {
      const text = this.#nextText
      this.#nextText = undefined
      await this.#write(path, text)
    }
    this.#writing = undefined
  }

  async #write(path: string, text: string): Promise<void> {
    const { tmpDir } = this.#deps
    try {
      const outcome = await writeResolvFile({ path, tmpDir, fs: this.#fs }, text)
      if (outcome.type === 'foreignLink') {
        const why = `${path} is a link to ${outcome.target}, which is not ours: name servers are not written`
        this.#fail('ESYMLINK', why, outcome.target)
      } else {
        this.#publish('written')
      }
    } catch (thrown) {
      this.#fail(codeOf(thrown) ?? 'EIO', `${path} cannot be written: ${messageOf(thrown)}`, path)
    }
  }

  /** Warns when a failure is new, not at every update while it lasts. */
  #fail(code: string, why: string, target: string): void {
    const state = `failed: ${code}`
    const level = this.#deps.properties.get(STATE) === state ? 'debug' : 'warn'
    this.#deps.logger[level]({ path: this.#deps.path, target, code }, why)
    this.#publish(state)
  }

  #publish(state: string): void {
    this.#deps.properties.put(STATE, state)
  }
}
