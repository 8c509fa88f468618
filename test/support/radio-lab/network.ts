/** What is behind access points: a bridge in a namespace of its own, a DHCP server and an "Internet" on the other side. */

import { fileURLToPath } from 'node:url'
import { inNamespace, ipIn, mustRun, runCommand, setSysctls } from '../lab/command.js'
import { Daemon } from '../lab/daemon.js'
import { type DhcpServerOptions, readLeases, type ServerLease, startDhcpServer } from '../lab/dhcp-server.js'
import { INTERNET_HOSTS } from '../lab/uplink.js'
import { AccessPoint, type AccessPointOptions } from './access-point.js'
import { makeCertificates } from './certificates.js'
import type { Radio } from './radio.js'

export interface AirNetworkOptions {
  /** Name of its network namespace. */
  readonly name: string
  /** First three bytes of a subnet of the documentation ranges; .1 is the router, leases are .100 to .199. */
  readonly network: string
  /** Whether TCP ports of the Internet's hosts answer (default: no, which spares a process). */
  readonly internet?: boolean | undefined
}

/** Where a network is built; the radio lab supplies it. */
export interface AirNetworkPlace {
  readonly folder: string
  readonly certificates: string
  readonly takeRadio: (namespace: string) => Promise<Radio>
  readonly onFailure: (error: Error) => void
}

const BRIDGE = 'br0'
const LEASE_SECONDS = 600
const POOL = [100, 199] as const
const HOSTS_PROGRAM = fileURLToPath(new URL('../lab/internet-hosts.mjs', import.meta.url))

/** One network; access points in it are ways into the same bridge. */
export class AirNetwork {
  readonly namespace: string
  readonly routerAddress: string
  readonly #place: AirNetworkPlace
  readonly #dhcp: DhcpServerOptions
  readonly #accessPoints: AccessPoint[] = []
  #server: Daemon | undefined
  #hosts: Daemon | undefined

  /** Builds the network; no access point is in it yet. */
  static async create(options: AirNetworkOptions, place: AirNetworkPlace): Promise<AirNetwork> {
    const network = new AirNetwork(options, place)
    try {
      await network.#build(options)
    } catch (error) {
      await network.destroy()
      throw error
    }
    return network
  }

  private constructor({ name, network }: AirNetworkOptions, place: AirNetworkPlace) {
    this.namespace = name
    this.routerAddress = `${network}.1`
    this.#place = place
    const { folder, onFailure } = place
    const nameServers = INTERNET_HOSTS.slice(0, 1)
    const common = { kind: 'dnsmasq', ifname: BRIDGE, pool: POOL, leaseSeconds: LEASE_SECONDS, nameServers } as const
    this.#dhcp = { ...common, namespace: name, network, folder, onFailure }
  }

  /** Takes a radio and starts an access point on it. */
  async accessPoint(options: AccessPointOptions): Promise<AccessPoint> {
    const { folder, certificates, onFailure } = this.#place
    if (options.bsses.some(({ security }) => security === 'eap')) await makeCertificates(certificates)
    const radio = await this.#place.takeRadio(this.namespace)
    const place = { radio, namespace: this.namespace, bridge: BRIDGE, folder, certificates, onFailure }
    const accessPoint = new AccessPoint(options, place)
    this.#accessPoints.push(accessPoint)
    await accessPoint.start()
    return accessPoint
  }

  /** Whether a host answers a ping from the router. */
  async reaches(address: string): Promise<boolean> {
    const ping = inNamespace(this.namespace, 'ping', ['-q', '-c', '1', '-W', '2', address])
    return (await runCommand(...ping)).exitCode === 0
  }

  /** What the DHCP server has given out. */
  async leases(): Promise<readonly ServerLease[]> {
    return readLeases(this.#dhcp, this.#server)
  }

  /** Ends its daemons and removes the namespace; safe to repeat and after a failed build. */
  async destroy(): Promise<void> {
    const daemons = [...this.#accessPoints.splice(0), this.#server, this.#hosts]
    await Promise.all(daemons.map((daemon) => daemon?.stop()))
    await mustRun('ip', ['netns', 'delete', this.namespace]).catch(() => undefined)
  }

  async #build({ internet }: AirNetworkOptions): Promise<void> {
    const { namespace } = this
    await mustRun('ip', ['netns', 'add', namespace])
    await setSysctls(namespace, { 'net/ipv4/ip_forward': '0', 'net/ipv4/conf/all/rp_filter': '0' })
    await ipIn(namespace, ['link', 'set', 'dev', 'lo', 'up'])
    await ipIn(namespace, ['link', 'add', 'name', BRIDGE, 'type', 'bridge', 'forward_delay', '0'])
    await ipIn(namespace, ['address', 'add', `${this.routerAddress}/24`, 'dev', BRIDGE])
    await ipIn(namespace, ['link', 'set', 'dev', BRIDGE, 'up'])
    for (const address of INTERNET_HOSTS) await ipIn(namespace, ['address', 'add', `${address}/32`, 'dev', 'lo'])
    if (internet === true) {
      this.#hosts = await Daemon.start({
        title: `hosts behind ${namespace}`,
        namespace,
        program: process.execPath,
        args: [HOSTS_PROGRAM, ...INTERNET_HOSTS],
        ready: /^ready$/,
        onFailure: this.#place.onFailure,
      })
    }
    this.#server = await startDhcpServer(this.#dhcp)
  }
}
