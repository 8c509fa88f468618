/** What the traffic of TCP connections says about an interface: a pure reducer over their counters. */

import { contains, parseAddress, type Subnet } from '../config/ip.js'
import type { TcpSocket } from '../kernel/sockets.js'

/** Bytes that the far end acknowledged, and bytes received, by connection. */
export type Counters = ReadonlyMap<string, { readonly sent: number; readonly received: number }>

export type ActivityVerdict = 'internet' | 'unknown' | 'no_internet'

export interface ActivityInput {
  /** Connections of any process and any interface. */
  readonly sockets: readonly TcpSocket[]
  readonly ifindex: number | undefined
  /** Addresses of the interface. */
  readonly ownAddresses: readonly Subnet[]
  /** Addresses of all links of this machine: who is on one of their subnets is not beyond a router. */
  readonly nearSubnets: readonly Subnet[]
}

export interface ActivityStep {
  readonly verdict: ActivityVerdict
  /** To be given to the next step. */
  readonly counters: Counters
}

const MAPPED = /^::ffff:(?=[0-9.]+$)/

/**
 * `internet` when, since the last step, a connection between the interface and a peer beyond the router has both received and had
 * bytes acknowledged: traffic in one direction only may be what is left of a way that is gone. A connection that is new says nothing yet.
 */
export function reduceActivity(before: Counters, input: ActivityInput): ActivityStep {
  const { sockets, ownAddresses } = input
  if (ownAddresses.length === 0) return { verdict: 'no_internet', counters: new Map() }
  const counters = new Map<string, { sent: number; received: number }>()
  let grew = false
  for (const socket of sockets) {
    const { traffic } = socket
    if (traffic === undefined || !isThroughRouter(socket, input)) continue
    const key = keyOf(socket)
    const now = { sent: traffic.bytesAcked, received: traffic.bytesReceived }
    const last = before.get(key)
    if (last !== undefined && now.sent > last.sent && now.received > last.received) grew = true
    counters.set(key, now)
  }
  return { verdict: grew ? 'internet' : 'unknown', counters }
}

function isThroughRouter(socket: TcpSocket, { ifindex, ownAddresses, nearSubnets }: ActivityInput): boolean {
  if (socket.ifindex !== undefined && socket.ifindex !== ifindex) return false
  const local = plain(socket.localAddress)
  const remote = plain(socket.remoteAddress)
  if (local === undefined || remote === undefined) return false
  return (
    ownAddresses.some(({ address }) => address === local) && !nearSubnets.some((subnet) => contains(subnet, remote))
  )
}

/** The inode tells a connection from an earlier one on the same ports, whose counters would be no measure. */
function keyOf(socket: TcpSocket): string {
  const { localAddress, localPort, remoteAddress, remotePort, inode } = socket
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort} ${inode}`
}

/** Canonical text; the IPv4 address of a socket of IPv6 that talks IPv4. */
function plain(address: string): string | undefined {
  return parseAddress(address.replace(MAPPED, ''))?.address
}
