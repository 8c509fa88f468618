/** IP addresses as octets, and as text again: as the engine writes them. */

import ipaddr from 'ipaddr.js'
import { ipv6Text } from './carriage/octet-text.js'
import { familyOf } from './check/ip-text.js'

/** An IPv4 address at the end of an IPv6 address. */
const IPV4_TAIL = /:(\d+)\.(\d+)\.(\d+)\.(\d+)$/

/** Four or sixteen octets. Throws for what is no address. */
export function ipOctets(address: string): Uint8Array {
  if (!address.includes(':') && familyOf(address) === 4) return new Uint8Array(address.split('.').map(Number))
  return new Uint8Array(ipaddr.IPv6.parse(withoutTail(address)).toByteArray())
}

/** The text of four or sixteen octets, as inet_ntop(3) writes it. */
export function ipText(octets: Uint8Array): string {
  return octets.length === 4 ? octets.join('.') : ipv6Text(octets, 0)
}

/** The octets with all bits behind the prefix cleared. */
export function maskOctets(octets: Uint8Array, prefixLength: number): Uint8Array {
  return octets.map((octet, at) => octet & (0xff00 >> Math.min(Math.max(prefixLength - at * 8, 0), 8)))
}

/** ipaddr.js takes ::192.0.2.1 for ::ffff:192.0.2.1, so it is given groups alone. */
function withoutTail(address: string): string {
  return address.replace(IPV4_TAIL, (_, ...octets) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(0, 4).map(Number)
    return `:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
}
