/**
 * IP addresses as text: strict parsing, canonical form, masks and subnets of both families.
 *
 * Accepted are exactly the forms of RFC 4291: IPv4 as four decimal numbers without leading zeros (some programs read
 * those as octal), IPv6 without a zone. Canonical is RFC 5952, the form that the kernel's tools print.
 */

import ipaddr from 'ipaddr.js'
import { NetworkError } from '../errors.js'

export type Family = 4 | 6

export interface ParsedAddress {
  readonly family: Family
  /** Canonical text. */
  readonly address: string
}

export interface ParsedPrefix extends ParsedAddress {
  /** 0 to 32, or 0 to 128. */
  readonly prefixLength: number
}

export interface Subnet {
  readonly address: string
  readonly prefixLength: number
}

/** The longest IPv6 text: eight groups of four, the last two as dotted IPv4. */
const MAX_ADDRESS_CHARS = 45
/** Enough of a wrong text to recognise it in an error. */
const MAX_QUOTED_CHARS = 60

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const IPV6_CHARACTERS = /^[0-9a-f:]+$/i
const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/

/** Number of bits of an address. */
export function addressBits(family: Family): number {
  return family === 4 ? 32 : 128
}

/** Reads an address of either family; undefined where the text is none. */
export function parseAddress(text: string): ParsedAddress | undefined {
  const value = toIpaddr(text)
  return value === undefined ? undefined : { family: familyOf(value), address: format(value) }
}

/** Reads an address and returns its canonical text. @throws NetworkError ERR_INVALID_CONFIG */
export function canonicalAddress(value: unknown): string {
  const parsed = typeof value === 'string' ? parseAddress(value) : undefined
  if (parsed === undefined) throw invalid('IP address', value)
  return parsed.address
}

/** Reads 'address/prefixLength'; host bits are kept. Undefined where the text is none. */
export function parsePrefix(text: string): ParsedPrefix | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const parsed = parseAddress(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (parsed === undefined || !PREFIX_LENGTH.test(length)) return undefined
  const prefixLength = Number(length)
  return prefixLength <= addressBits(parsed.family) ? { ...parsed, prefixLength } : undefined
}

/** 'address/prefixLength'. */
export function formatPrefix(address: string, prefixLength: number): string {
  return `${canonicalAddress(address)}/${prefixLength}`
}

/** The mask of a prefix length: (4, 24) is 255.255.255.0. @throws NetworkError ERR_INVALID_CONFIG */
export function prefixToMask(family: Family, prefixLength: number): string {
  return format(ipaddr.fromByteArray(maskBytes(family, prefixLength)))
}

/** The prefix length of a mask; its one-bits must be contiguous. @throws NetworkError ERR_INVALID_CONFIG */
export function maskToPrefix(mask: string): number {
  const prefixLength = toIpaddr(mask)?.prefixLengthFromSubnetMask() ?? undefined
  if (prefixLength === undefined) throw invalid('netmask', mask)
  return prefixLength
}

/** The address with its host bits cleared: (192.168.1.50, 24) is 192.168.1.0. @throws NetworkError ERR_INVALID_CONFIG */
export function toSubnet(address: string, prefixLength: number): string {
  const value = toIpaddrOrThrow(address)
  const mask = maskBytes(familyOf(value), prefixLength)
  return format(ipaddr.fromByteArray(value.toByteArray().map((byte, index) => byte & (mask[index] ?? 0))))
}

/** The IPv4 broadcast address: all host bits set. @throws NetworkError ERR_INVALID_CONFIG */
export function broadcastAddress(address: string, prefixLength: number): string {
  const value = toIpaddrOrThrow(address)
  if (familyOf(value) !== 4) throw invalid('IPv4 address', address)
  const mask = maskBytes(4, prefixLength)
  return format(ipaddr.fromByteArray(value.toByteArray().map((byte, index) => byte | (~(mask[index] ?? 0) & 0xff))))
}

/** True when the address lies in the subnet; false across families. @throws NetworkError ERR_INVALID_CONFIG */
export function contains(subnet: Subnet, address: string): boolean {
  if (familyOf(toIpaddrOrThrow(subnet.address)) !== familyOf(toIpaddrOrThrow(address))) return false
  return toSubnet(address, subnet.prefixLength) === toSubnet(subnet.address, subnet.prefixLength)
}

type Value = ipaddr.IPv4 | ipaddr.IPv6

/** ipaddr.js reads much that is not an address (short, octal and hexadecimal forms, zones): the forms are checked before. */
function toIpaddr(text: string): Value | undefined {
  if (text.length > MAX_ADDRESS_CHARS) return undefined
  if (IPV4.test(text)) return ipaddr.IPv4.parse(text)
  const hexadecimal = withoutDottedTail(text)
  if (hexadecimal === undefined || !IPV6_CHARACTERS.test(hexadecimal)) return undefined
  return ipaddr.IPv6.isValid(hexadecimal) ? ipaddr.IPv6.parse(hexadecimal) : undefined
}

/** Turns '::ffff:192.0.2.1' into '::ffff:c000:201'; undefined where the dotted part is no IPv4 address. */
function withoutDottedTail(text: string): string | undefined {
  const colon = text.lastIndexOf(':')
  if (colon < 0) return undefined
  const tail = text.slice(colon + 1)
  if (!tail.includes('.')) return text
  if (!IPV4.test(tail)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).octets
  return `${text.slice(0, colon + 1)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** RFC 5952; an IPv4-mapped address shows its IPv4 part (section 5). */
function format(value: Value): string {
  if (value instanceof ipaddr.IPv6) {
    return value.isIPv4MappedAddress() ? `::ffff:${value.toIPv4Address().toString()}` : value.toRFC5952String()
  }
  return value.toString()
}

function familyOf(value: Value): Family {
  return value.kind() === 'ipv4' ? 4 : 6
}

function toIpaddrOrThrow(address: string): Value {
  const value = toIpaddr(address)
  if (value === undefined) throw invalid('IP address', address)
  return value
}

/** The mask as bytes. */
function maskBytes(family: Family, prefixLength: number): number[] {
  const bits = addressBits(family)
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) {
    throw new NetworkError('ERR_INVALID_CONFIG', `invalid prefix length: ${prefixLength}; expected 0 to ${bits}`)
  }
  return Array.from({ length: bits / 8 }, (_, index) => {
    const ones = Math.min(8, Math.max(0, prefixLength - index * 8))
    return (0xff << (8 - ones)) & 0xff
  })
}

function invalid(what: string, value: unknown): NetworkError {
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_QUOTED_CHARS)) : `a ${typeof value}`
  return new NetworkError('ERR_INVALID_CONFIG', `invalid ${what}: ${text}`)
}
