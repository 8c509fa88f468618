/** The library on a real kernel and real daemons: a lab, a directory, and instances that are stopped whatever happens. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VintageNet, type VintageNetOptions } from '../../lib/index.js'
import { type LogLine, recordingLogger } from './fake-instance.js'
import { INTERNET_HOSTS, Lab, type Uplink } from './lab.js'

export interface IpAddress {
  readonly family: 'inet' | 'inet6'
  readonly local: string
  readonly prefixlen: number
  readonly broadcast?: string
  readonly scope: string
  readonly label?: string
  readonly noprefixroute?: boolean
  readonly protocol?: string
}

export interface IpLink {
  readonly ifname: string
  readonly address: string
  readonly mtu: number
  readonly flags: readonly string[]
  readonly operstate: string
}

export interface IpRoute {
  readonly dst: string
  readonly gateway?: string
  readonly dev: string
  readonly protocol: string
  readonly scope?: string
  readonly prefsrc?: string
  readonly metric?: number
  readonly flags: readonly string[]
}

export interface IpRule {
  readonly priority: number
  readonly src: string
  readonly table: string
  readonly protocol: string
}

/** Waits on a loaded machine: far above what anything takes. */
export const DEADLINE = { deadlineMs: 20_000 }

export const SUBNETS: Readonly<Record<string, string>> = { eth0: '192.0.2.0/24', eth1: '198.51.100.0/24' }

export class SystemScene implements AsyncDisposable {
  readonly lab: Lab
  readonly folder: string
  readonly logs: LogLine[] = []
  readonly #here: boolean
  readonly #instances: VintageNet[] = []

  /** With `here` the instances live in the namespace of this process. */
  static async create(place: { readonly here?: boolean | undefined } = {}): Promise<SystemScene> {
    const lab = await Lab.create(place)
    return new SystemScene(lab, await mkdtemp(join(tmpdir(), 'vintage-net-system-')), place.here ?? false)
  }

  private constructor(lab: Lab, folder: string, here: boolean) {
    this.lab = lab
    this.folder = folder
    this.#here = here
  }

  /** A way out with an index that differs from its far end's, so that the kernel tells of its carrier at once. */
  async uplink(ifname: 'eth0' | 'eth1', dhcp: 'dnsmasq' | 'udhcpd' | 'none' = 'dnsmasq'): Promise<Uplink> {
    return this.lab.addUplink({ ifname, subnet: SUBNETS[ifname] ?? '', index: ifname === 'eth0' ? 10 : 11, dhcp })
  }

  get resolvConf(): string {
    return join(this.folder, 'resolv.conf')
  }

  get persistenceDir(): string {
    return join(this.folder, 'saved')
  }

  get tmpDir(): string {
    return join(this.folder, 'run')
  }

  /** The options of an instance in the lab; nothing outside it is asked. */
  options(options: VintageNetOptions = {}): VintageNetOptions {
    return {
      netns: this.#here ? undefined : this.lab.namespace,
      tmpDir: this.tmpDir,
      persistenceDir: this.persistenceDir,
      resolvConf: this.resolvConf,
      internetHostList: INTERNET_HOSTS.map((host) => ({ host, port: 53 })),
      logger: recordingLogger(this.logs),
      ...options,
    }
  }

  async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    const net = await VintageNet.start(this.options(options))
    this.#instances.push(net)
    return net
  }

  async links(): Promise<IpLink[]> {
    return [...(await this.lab.ip<IpLink>('link', 'show'))]
  }

  async link(ifname: string): Promise<IpLink> {
    const [link] = await this.lab.ip<IpLink>('link', 'show', 'dev', ifname)
    if (link === undefined) throw new Error(`no link ${ifname}`)
    return link
  }

  /** IPv4 addresses of a link. */
  async addresses(ifname: string): Promise<IpAddress[]> {
    const records = await this.lab.ip<{ addr_info?: IpAddress[] }>('-4', 'address', 'show', 'dev', ifname)
    return records.flatMap((record) => record.addr_info ?? [])
  }

  /** IPv4 routes of a table; one that does not exist has none. */
  async routes(table: string | number): Promise<IpRoute[]> {
    const { exitCode } = await this.lab.exec('ip', ['-4', 'route', 'show', 'table', String(table)])
    if (exitCode !== 0) return []
    return [...(await this.lab.ip<IpRoute>('-4', 'route', 'show', 'table', String(table)))]
  }

  async rules(): Promise<IpRule[]> {
    return [...(await this.lab.ip<IpRule>('-4', 'rule', 'show'))]
  }

  /** Everything of ours that the kernel holds: routes and rules with protocol 183, and addresses that are not the lab's. */
  async ours(): Promise<string[]> {
    const routes = (await this.routes('all')).filter((route) => route.protocol === '183')
    const rules = (await this.rules()).filter((rule) => rule.protocol === '183')
    const addresses = (await this.links())
      .filter((link) => link.ifname !== 'lo')
      .map((link) => this.addresses(link.ifname))
    return [
      ...routes.map((route) => `route ${route.dst} dev ${route.dev}`),
      ...rules.map((rule) => `rule from ${rule.src} table ${rule.table}`),
      ...(await Promise.all(addresses)).flat().map((address) => `address ${address.local}/${address.prefixlen}`),
    ]
  }

  /** The link that a packet to an Internet host leaves by, as the kernel says; undefined: there is no way. */
  async wayOut(): Promise<string | undefined> {
    const { exitCode, stdout } = await this.lab.exec('ip', ['-json', 'route', 'get', INTERNET_HOSTS[0] ?? ''])
    if (exitCode !== 0) return undefined
    const [way] = JSON.parse(stdout) as { dev: string }[]
    return way?.dev
  }

  /** Pids of running programs of that name in the lab's namespace. */
  async pids(program: string): Promise<number[]> {
    const { stdout } = await this.lab.exec('ip', ['netns', 'pids', this.lab.name])
    const pids = stdout.split('\n').filter((line) => line !== '')
    const named = await Promise.all(
      pids.map(async (pid) => {
        const { stdout: comm } = await this.lab.exec('cat', [`/proc/${pid}/comm`])
        return comm.trim() === program ? [Number(pid)] : []
      }),
    )
    return named.flat()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const net of this.#instances.splice(0)) await net.stop()
    await this.lab.destroy()
    await rm(this.folder, { recursive: true, force: true })
  }
}
