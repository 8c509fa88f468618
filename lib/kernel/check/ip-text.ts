/** IP addresses as text, as inet_pton(3) takes them. IPv4 is read by hand: routes come by the thousand. */

import ipaddr from 'ipaddr.js'
import type { Family } from '../nouns.js'

const ZERO = 48
const DOT = 46
const SLASH = 47

/** Where the four decimal numbers that begin a text end; -1 where they are no IPv4 address. No leading zeros. */
function endOfIpv4(text: string): number {
  let at = 0
  for (let part = 0; part < 4; part += 1) {
    if (part > 0) {
      if (text.charCodeAt(at) !== DOT) return -1
      at += 1
    }
    const begin = at
    let value = 0
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
      value = value * 10 + digit
      at += 1
      if (at - begin > 3) return -1
    }
    if (at === begin || value > 255 || (at - begin > 1 && text.charCodeAt(begin) === ZERO)) return -1
  }
  return at
}

function isIpv6(text: string): boolean {
  return text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)
}

/** 4 or 6 for an IP address, else undefined. */
export function familyOf(text: unknown): Family | undefined {
  if (typeof text !== 'string') return undefined
  if (endOfIpv4(text) === text.length) return 4
  return isIpv6(text) ? 6 : undefined
}

/** True for 'address/prefixLength' of the family. */
export function isPrefix(text: unknown, family: Family): boolean {
  if (typeof text !== 'string') return false
  const slash = family === 4 ? endOfIpv4(text) : text.indexOf('/')
  if (slash < 0 || text.charCodeAt(slash) !== SLASH) return false
  const digits = text.length - slash - 1
  if (digits < 1 || digits > 3) return false
  let length = 0
  for (let at = slash + 1; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return false
    length = length * 10 + digit
  }
  return family === 4 ? length <= 32 : length <= 128 && isIpv6(text.slice(0, slash))
}
