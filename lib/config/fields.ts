/** Schemas of single fields that several technologies share. */

import * as v from 'valibot'
import { maskToPrefix, parseAddress, parsePrefix, toSubnet } from './ip.js'
import { integer, list, text } from './section.js'

/** glibc reads three servers; the resolver ranks those of several interfaces, so more are useful. */
const MAX_NAME_SERVER_COUNT = 16
/** The highest metric that routing can rank; it adds up to that of the interface's kind. */
const MAX_METRIC = 32_767

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?'
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`)
const ALL_ZERO_MAC = '00:00:00:00:00:00'

/** RFC 1123 labels; the underscore is allowed besides, since names with it are in use. */
export const hostname = text(
  HOST_NAME,
  'a host name: labels of letters, digits, "-" and "_", separated by dots, at most 253 characters',
)

/** A search domain: labels as of a host name. */
export const domain = text(
  HOST_NAME,
  'a domain name: labels of letters, digits, "-" and "_", separated by dots, at most 253 characters',
)

const MAC_EXPECTED = 'a unicast MAC address like 02:00:00:00:00:01'

/** Six two-digit hexadecimal groups; the lowest bit of the first one marks a group of stations (IEEE 802). */
export const macAddress = v.pipe(
  v.string(MAC_EXPECTED),
  v.regex(/^[0-9a-fA-F][02468aceACE](?::[0-9a-fA-F]{2}){5}$/, MAC_EXPECTED),
  v.check((mac) => mac !== ALL_ZERO_MAC, MAC_EXPECTED),
  v.description(MAC_EXPECTED),
)

/** 68 is what every IPv4 link must carry (RFC 791); 65535 the longest IPv4 packet. */
export const mtu = integer(68, 65_535)

/** The base of an interface's metrics, 0 to 32767; lower is preferred. */
export const metric = integer(0, MAX_METRIC)

/** Linux keeps a route's priority in 32 bits. */
export const routeMetric = integer(0, 4_294_967_295)

const IPV4_EXPECTED = 'an IPv4 address like 192.0.2.2'

/** Any IPv4 address, as text. */
export const ipv4Address = v.pipe(v.string(IPV4_EXPECTED), v.ipv4(IPV4_EXPECTED), v.description(IPV4_EXPECTED))

const INTERFACE_ADDRESS_EXPECTED = `${IPV4_EXPECTED} that one host can have`

/** Not 0.0.0.0, multicast (224.0.0.0/4) or 255.255.255.255: the kernel takes them, but nothing can reach them. */
export const ipv4HostAddress = v.pipe(
  v.string(INTERFACE_ADDRESS_EXPECTED),
  v.ipv4(INTERFACE_ADDRESS_EXPECTED),
  v.check((address) => isHostAddress(address), INTERFACE_ADDRESS_EXPECTED),
  v.description(INTERFACE_ADDRESS_EXPECTED),
)

/** 0 would make the whole Internet a neighbour and hide every default route. */
export const ipv4PrefixLength = integer(1, 32)

const MASK_EXPECTED = 'an IPv4 mask like 255.255.255.0 with at least one bit'

export const ipv4Netmask = v.pipe(
  v.string(MASK_EXPECTED),
  v.ipv4(MASK_EXPECTED),
  v.check((mask) => isMask(mask), MASK_EXPECTED),
  v.description(MASK_EXPECTED),
)

const DESTINATION_EXPECTED = 'a subnet like 203.0.113.0/24 without host bits; the default route is `gateway`'

export const ipv4Destination = v.pipe(
  v.string(DESTINATION_EXPECTED),
  v.check((to) => isDestination(to), DESTINATION_EXPECTED),
  v.description(DESTINATION_EXPECTED),
)

const ADDRESS_EXPECTED = 'an IP address'
const SERVERS_EXPECTED = 'an IP address or a list of them'
const addressText = v.pipe(
  v.string(ADDRESS_EXPECTED),
  v.check((address) => parseAddress(address) !== undefined, ADDRESS_EXPECTED),
  v.description(ADDRESS_EXPECTED),
)

/** One address or a list of either family; becomes a list of canonical texts. */
export const nameServers = v.pipe(
  v.union([addressText, list(addressText, MAX_NAME_SERVER_COUNT, 'a list of IP addresses')], SERVERS_EXPECTED),
  v.description(SERVERS_EXPECTED),
  v.transform((given): string[] => (typeof given === 'string' ? [given] : given).map(canonical)),
)

function canonical(address: string): string {
  return parseAddress(address)?.address ?? address
}

function isHostAddress(address: string): boolean {
  const first = Number(address.split('.')[0])
  return address !== '0.0.0.0' && address !== '255.255.255.255' && (first < 224 || first > 239)
}

function isMask(mask: string): boolean {
  try {
    return maskToPrefix(mask) > 0
  } catch {
    return false
  }
}

function isDestination(to: string): boolean {
  const prefix = parsePrefix(to)
  if (prefix?.family !== 4 || prefix.prefixLength === 0) return false
  return toSubnet(prefix.address, prefix.prefixLength) === prefix.address
}
