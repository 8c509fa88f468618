/** Arithmetic on address texts, canonical as the engine writes them. */

import ipaddr from 'ipaddr.js'
import type { Family } from '../kernel/messages.js'

export interface Prefix {
  readonly address: string
  readonly prefixLength: number
}

/** The canonical text of an IP address: RFC 5952 for IPv6. */
export function canonical(address: string): string {
  const parsed = ipaddr.parse(address)
  return parsed instanceof ipaddr.IPv6 ? parsed.toRFC5952String() : parsed.toString()
}

/** The two halves of 'address/prefixLength', 'default' being the prefix of everything. */
export function parsePrefix(destination: string, family: Family): Prefix {
  if (destination === 'default') return { address: family === 4 ? '0.0.0.0' : '::', prefixLength: 0 }
  const [address = '', length = ''] = destination.split('/')
  return { address: canonical(address), prefixLength: Number(length) }
}

/** The address with all bits behind the prefix cleared. */
export function networkOf(address: string, prefixLength: number): string {
  return fromBits(address, prefixLength, 0)
}

/** The address with all bits behind the prefix set. */
export function broadcastOf(address: string, prefixLength: number): string {
  return fromBits(address, prefixLength, 255)
}

/** True where the address lies within the prefix. */
export function contains(prefix: Prefix, address: string): boolean {
  return networkOf(address, prefix.prefixLength) === networkOf(prefix.address, prefix.prefixLength)
}

function fromBits(address: string, prefixLength: number, rest: number): string {
  const bytes = ipaddr.parse(address).toByteArray()
  const filled = bytes.map((byte, at) => {
    const kept = Math.min(Math.max(prefixLength - at * 8, 0), 8)
    const mask = (255 << (8 - kept)) & 255
    return (byte & mask) | (rest & ~mask & 255)
  })
  return canonical(ipaddr.fromByteArray(filled).toString())
}
