/** The two DHCP servers that the lab can run behind a link: dnsmasq (Debian's) and busybox udhcpd. */

import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../eventually.js'
import { Daemon } from './daemon.js'

export interface DhcpServerOptions {
  readonly kind: 'dnsmasq' | 'udhcpd'
  readonly namespace: string
  readonly ifname: string
  /** First three bytes of the subnet, such as `192.0.2`. */
  readonly network: string
  /** First and last of the addresses that are given out, as last bytes. */
  readonly pool: readonly [first: number, last: number]
  readonly leaseSeconds: number
  readonly nameServers: readonly string[]
  /** Where its files may stand. */
  readonly folder: string
  readonly onFailure: (error: Error) => void
}

/** One lease as its server tells it. */
export interface ServerLease {
  readonly macAddress: string
  readonly address: string
}

/** Size of a record of udhcpd's lease file, after 8 bytes of time: u32 expiry, IPv4, MAC, 20 bytes host name, 2 bytes pad. */
const UDHCPD_RECORD_BYTES = 36
const UDHCPD_HEADER_BYTES = 8

function leaseFile({ folder, kind, ifname }: DhcpServerOptions): string {
  return join(folder, `${kind}-${ifname}.leases`)
}

async function startDnsmasq(options: DhcpServerOptions): Promise<Daemon> {
  const { network, pool, ifname, leaseSeconds, nameServers, namespace, onFailure } = options
  // --no-daemon also keeps it from changing its user, which a user namespace forbids.
  const args = ['--no-daemon', '--no-ping', '--port=0', '--conf-file=/dev/null', '--dhcp-authoritative']
  args.push(
    '--bind-interfaces',
    `--interface=${ifname}`,
    '--except-interface=lo',
    `--dhcp-leasefile=${leaseFile(options)}`,
  )
  args.push(`--dhcp-range=${network}.${pool[0]},${network}.${pool[1]},255.255.255.0,${leaseSeconds}`)
  args.push(`--dhcp-option=option:router,${network}.1`, `--dhcp-option=option:dns-server,${nameServers.join(',')}`)
  const title = `dnsmasq on ${ifname} of ${namespace}`
  return Daemon.start({ title, namespace, program: 'dnsmasq', args, ready: /sockets bound|DHCP, IP range/, onFailure })
}

async function startUdhcpd(options: DhcpServerOptions): Promise<Daemon> {
  const { network, pool, ifname, leaseSeconds, nameServers, namespace, folder, onFailure } = options
  const configFile = join(folder, `udhcpd-${ifname}.conf`)
  const lines = [
    `start ${network}.${pool[0]}`,
    `end ${network}.${pool[1]}`,
    'max_leases 100',
    `interface ${ifname}`,
    `lease_file ${leaseFile(options)}`,
    `pidfile ${join(folder, `udhcpd-${ifname}.pid`)}`,
    `min_lease ${Math.min(leaseSeconds, 60)}`,
    'option subnet 255.255.255.0',
    `option router ${network}.1`,
    `option dns ${nameServers.join(' ')}`,
    `option lease ${leaseSeconds}`,
  ]
  await writeFile(configFile, `${lines.join('\n')}\n`)
  await writeFile(leaseFile(options), '', { flag: 'a' })
  const title = `udhcpd on ${ifname} of ${namespace}`
  return Daemon.start({ title, namespace, program: 'udhcpd', args: ['-f', configFile], ready: /started/, onFailure })
}

/** Starts a DHCP server; resolves when it serves. Leases of an earlier one of the same kind and link are kept. */
export async function startDhcpServer(options: DhcpServerOptions): Promise<Daemon> {
  return options.kind === 'dnsmasq' ? startDnsmasq(options) : startUdhcpd(options)
}

function hex(bytes: Buffer): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

/** Makes the server forget what it has given out; while it does not run. */
export async function forgetLeases(options: DhcpServerOptions): Promise<void> {
  await rm(leaseFile(options), { force: true })
}

/** udhcpd writes its leases when it ends, every two hours, and when asked by SIGUSR1. */
async function askUdhcpdToWrite(options: DhcpServerOptions, server: Daemon): Promise<void> {
  const writtenAt = async (): Promise<bigint> => (await stat(leaseFile(options), { bigint: true })).mtimeNs
  const before = await writtenAt()
  server.kill('SIGUSR1')
  await eventually('udhcpd writes its leases', async () => (await writtenAt()) > before)
}

/** The leases that a server has given; `server` is undefined when it does not run. */
export async function readLeases(
  options: DhcpServerOptions,
  server: Daemon | undefined,
): Promise<readonly ServerLease[]> {
  if (options.kind === 'udhcpd' && server !== undefined) await askUdhcpdToWrite(options, server)
  const content = await readFile(leaseFile(options)).catch(() => Buffer.alloc(0))
  if (options.kind === 'dnsmasq') {
    const rows = content
      .toString('latin1')
      .split('\n')
      .map((line) => line.split(' '))
    return rows.flatMap(([, macAddress, address]) =>
      macAddress !== undefined && address !== undefined ? [{ macAddress, address }] : [],
    )
  }
  const leases: ServerLease[] = []
  for (let at = UDHCPD_HEADER_BYTES; at + UDHCPD_RECORD_BYTES <= content.length; at += UDHCPD_RECORD_BYTES) {
    const address = [...content.subarray(at + 4, at + 8)].join('.')
    leases.push({ macAddress: hex(content.subarray(at + 8, at + 14)), address })
  }
  return leases
}
