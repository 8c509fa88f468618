/** One way out of the lab's host: a veth pair, a router in a namespace of its own, and an "Internet" behind the router. */

import { fileURLToPath } from 'node:url'
import { ipIn, mustRun, setSysctls } from './command.js'
import { Daemon } from './daemon.js'
import { type DhcpServerOptions, forgetLeases, readLeases, type ServerLease, startDhcpServer } from './dhcp-server.js'

/** Hosts behind every router; each listens on TCP ports 53 and 80 and sends back what it gets. */
export const INTERNET_HOSTS: readonly string[] = ['203.0.113.1', '203.0.113.2', '203.0.113.3']

/** The router's end of the cable. */
const FAR_IFNAME = 'wan0'
/** The far ends' indices must differ from the near ones: the kernel holds a link whose index equals its peer's non-urgent. */
const FAR_INDEX_OFFSET = 1_000
const DEFAULT_LEASE_SECONDS = 600
const POOL = [100, 199] as const
const OTHER_POOL = [200, 249] as const
const HOSTS_PROGRAM = fileURLToPath(new URL('internet-hosts.mjs', import.meta.url))

export interface UplinkOptions {
  readonly ifname: string
  /** A /24 of the documentation ranges; the router is .1, leases are .100 to .199. */
  readonly subnet: string
  /** The link's index in the host's namespace. */
  readonly index: number
  readonly dhcp: 'dnsmasq' | 'udhcpd' | 'none'
  /** dnsmasq gives no lease shorter than 120 s. */
  readonly leaseSeconds?: number | undefined
  readonly nameServers?: readonly string[] | undefined
}

/** Where an uplink is built; the lab supplies it. */
export interface UplinkPlace {
  readonly hostNamespace: string
  readonly routerNamespace: string
  readonly folder: string
  readonly onFailure: (error: Error) => void
}

function networkOf(subnet: string): string {
  const match = /^(192\.0\.2|198\.51\.100)\.0\/24$/.exec(subnet)
  if (match?.[1] === undefined) throw new Error(`${subnet}: expected 192.0.2.0/24 or 198.51.100.0/24`)
  return match[1]
}

/** A link of the lab's host with everything behind it. */
export class Uplink {
  readonly ifname: string
  readonly routerAddress: string
  readonly routerNamespace: string
  readonly #place: UplinkPlace
  #dhcp: DhcpServerOptions | undefined
  readonly #network: string
  readonly #index: number
  #server: Daemon | undefined
  #hosts: Daemon | undefined
  #dropping = false

  /** Builds the link (host's end down, router's end up), the router, the hosts behind it and the DHCP server. */
  static async create(options: UplinkOptions, place: UplinkPlace): Promise<Uplink> {
    const uplink = new Uplink(options, place)
    try {
      await uplink.#build()
    } catch (error) {
      await uplink.destroy()
      throw error
    }
    return uplink
  }

  private constructor(options: UplinkOptions, place: UplinkPlace) {
    this.ifname = options.ifname
    this.#index = options.index
    this.#network = networkOf(options.subnet)
    this.routerAddress = `${this.#network}.1`
    this.routerNamespace = place.routerNamespace
    this.#place = place
    if (options.dhcp === 'none') return
    this.#dhcp = {
      kind: options.dhcp,
      namespace: place.routerNamespace,
      ifname: FAR_IFNAME,
      network: this.#network,
      pool: POOL,
      leaseSeconds: options.leaseSeconds ?? DEFAULT_LEASE_SECONDS,
      nameServers: options.nameServers ?? INTERNET_HOSTS.slice(0, 1),
      folder: place.folder,
      onFailure: place.onFailure,
    }
  }

  /** Runs `ip -json` in the router's namespace. */
  async routerIp<T = unknown>(...args: readonly string[]): Promise<readonly T[]> {
    return ipIn<T>(this.routerNamespace, args)
  }

  /** Takes the carrier away, as a pulled cable does. The host's kernel may tell up to 1 s later. */
  async pullCable(): Promise<void> {
    await this.routerIp('link', 'set', 'dev', FAR_IFNAME, 'down')
  }

  /** Gives the carrier back. */
  async plugIn(): Promise<void> {
    await this.routerIp('link', 'set', 'dev', FAR_IFNAME, 'up')
  }

  /**
   * With true, the router silently drops what goes beyond it: connections time out, none is refused. The hosts' addresses
   * go away, and a router that does not forward answers nothing for an unknown destination. Their sockets stay.
   */
  async dropBeyond(drop: boolean): Promise<void> {
    if (drop === this.#dropping) return
    for (const address of INTERNET_HOSTS) {
      await this.routerIp('address', drop ? 'delete' : 'add', `${address}/32`, 'dev', 'lo')
    }
    this.#dropping = drop
  }

  /**
   * Starts the DHCP server again; it remembers the leases it gave. With `otherPool` it has forgotten them, gives out .200 to
   * .249, and refuses whoever asks for anything else.
   */
  async startDhcp({ otherPool = false }: { readonly otherPool?: boolean | undefined } = {}): Promise<void> {
    if (this.#dhcp === undefined) throw new Error(`${this.ifname} was made without a DHCP server`)
    if (otherPool) {
      await forgetLeases(this.#dhcp)
      this.#dhcp = { ...this.#dhcp, pool: OTHER_POOL }
    }
    this.#server ??= await startDhcpServer(this.#dhcp)
  }

  /** Stops the DHCP server; the host keeps the lease it has. */
  async stopDhcp(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    await server?.stop()
  }

  /** What the DHCP server has given out, from its lease file. */
  async leases(): Promise<readonly ServerLease[]> {
    return this.#dhcp === undefined ? [] : readLeases(this.#dhcp, this.#server)
  }

  /** The running DHCP server: its log, its process id, a way to crash it. */
  get dhcpServer(): Daemon {
    if (this.#server === undefined) throw new Error(`no DHCP server runs on ${this.ifname}`)
    return this.#server
  }

  /** Ends what it started and removes the link and the router; safe to repeat and after a failed build. */
  async destroy(): Promise<void> {
    await this.stopDhcp()
    await this.#hosts?.stop()
    this.#hosts = undefined
    // Removing the namespace's name alone would leave the link to a worker of the kernel, some time later.
    await ipIn(this.routerNamespace, ['link', 'delete', 'dev', FAR_IFNAME]).catch(() => undefined)
    await mustRun('ip', ['netns', 'delete', this.routerNamespace]).catch(() => undefined)
  }

  async #build(): Promise<void> {
    await mustRun('ip', ['netns', 'add', this.routerNamespace])
    await setSysctls(this.routerNamespace, { 'net/ipv4/ip_forward': '0', 'net/ipv4/conf/all/rp_filter': '0' })
    await this.#addLink()
    await this.routerIp('link', 'set', 'dev', 'lo', 'up')
    await this.routerIp('address', 'add', `${this.routerAddress}/24`, 'dev', FAR_IFNAME)
    for (const address of INTERNET_HOSTS) await this.routerIp('address', 'add', `${address}/32`, 'dev', 'lo')
    await this.plugIn()
    this.#hosts = await Daemon.start({
      title: `hosts behind ${this.ifname}`,
      namespace: this.routerNamespace,
      program: process.execPath,
      args: [HOSTS_PROGRAM, ...INTERNET_HOSTS],
      ready: /^ready$/,
      onFailure: this.#place.onFailure,
    })
    if (this.#dhcp !== undefined) await this.startDhcp()
  }

  async #addLink(): Promise<void> {
    const mac = (end: string): string => `02:00:${end}:00:00:${(this.#index % 256).toString(16).padStart(2, '0')}`
    const near = ['name', this.ifname, 'index', String(this.#index), 'address', mac('00')]
    const far = ['name', FAR_IFNAME, 'index', String(this.#index + FAR_INDEX_OFFSET), 'address', mac('01')]
    const { hostNamespace, routerNamespace } = this.#place
    await mustRun('ip', [
      'link',
      'add',
      ...near,
      'netns',
      hostNamespace,
      'type',
      'veth',
      'peer',
      ...far,
      'netns',
      routerNamespace,
    ])
  }
}
