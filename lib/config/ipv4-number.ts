/** IPv4 addresses as numbers, for what counts and compares them. */

import { broadcastAddress, toSubnet } from './ip.js'

/** The address as an unsigned number of 32 bits. Its text must be valid. */
export function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

/** The text of an unsigned number of 32 bits. */
export function ipv4Text(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

/** The first and the last address that a host can have; of a /31 and a /32 every address (RFC 3021). */
export function hostRange(address: string, prefixLength: number): readonly [first: number, last: number] {
  const network = ipv4Number(toSubnet(address, prefixLength))
  const last = ipv4Number(broadcastAddress(address, prefixLength))
  return prefixLength > 30 ? [network, last] : [network + 1, last - 1]
}
