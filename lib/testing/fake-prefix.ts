/** Arithmetic on address texts, canonical as the engine writes them. */

import { ipOctets, ipText, maskOctets } from '../kernel/ip-octets.js'
import type { Family } from '../kernel/messages.js'

export interface Prefix {
  readonly address: string
  readonly prefixLength: number
}

/** The canonical text of an IP address: that of inet_ntop(3) for IPv6. */
export function canonical(address: string): string {
  return ipText(ipOctets(address))
}

/** The two halves of 'address/prefixLength', 'default' being the prefix of everything. */
export function parsePrefix(destination: string, family: Family): Prefix {
  if (destination === 'default') return { address: family === 4 ? '0.0.0.0' : '::', prefixLength: 0 }
  const [address = '', length = ''] = destination.split('/')
  return { address: canonical(address), prefixLength: Number(length) }
}

/** The address with all bits behind the prefix cleared. */
export function networkOf(address: string, prefixLength: number): string {
  return ipText(maskOctets(ipOctets(address), prefixLength))
}

/** The address with all bits behind the prefix set. */
export function broadcastOf(address: string, prefixLength: number): string {
  const octets = ipOctets(address)
  const kept = maskOctets(new Uint8Array(octets.length).fill(255), prefixLength)
  return ipText(octets.map((octet, at) => octet | (255 ^ (kept[at] ?? 0))))
}

/** True where the address lies within the prefix. */
export function contains(prefix: Prefix, address: string): boolean {
  return networkOf(address, prefix.prefixLength) === networkOf(prefix.address, prefix.prefixLength)
}
