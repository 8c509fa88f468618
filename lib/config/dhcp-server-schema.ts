/** The sections `dhcpd` (DHCP server) and `dnsd` (DNS server) of a configuration. */

import * as v from 'valibot'
import * as fields from './fields.js'
import { compact, described, integer, list, memberPath, section, text } from './section.js'

/** More than a small network has; udhcpd looks through all of them at each packet. */
const MAX_STATIC_LEASE_COUNT = 1_024
/** udhcpd keeps its leases in one table of that many entries. */
const MAX_LEASE_COUNT = 65_535
/** An option holds at most 255 bytes. */
const MAX_OPTION_ADDRESS_COUNT = 63
const MAX_SEARCH_COUNT = 16
/** dnsd searches its records from the first to the last. */
const MAX_RECORD_COUNT = 1_024
/** udhcpd and dnsd read unsigned numbers of 32 bits. */
const MAX_SECONDS = 4_294_967_295

/** Stands in every error of an option. */
const CODES_HINT = 'numeric codes can be used for unknown options'

const seconds = integer(0, MAX_SECONDS)

const STATIC_LEASE_EXPECTED = 'a pair of MAC address and IPv4 address'
const staticLease = v.pipe(
  v.strictTuple([fields.macAddress, fields.ipv4HostAddress], STATIC_LEASE_EXPECTED),
  v.description(STATIC_LEASE_EXPECTED),
)

const staticLeases = v.pipe(
  list(staticLease, MAX_STATIC_LEASE_COUNT, `a list of pairs [MAC address, IPv4 address]`),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    for (const [index, [mac, address]] of dataset.value.entries()) {
      const before = dataset.value.slice(0, index)
      const repeatsMac = before.some(([other]) => other.toLowerCase() === mac.toLowerCase())
      if (!repeatsMac && before.every(([, other]) => other !== address)) continue
      const [member, what] = repeatsMac ? [0, 'a MAC address'] : [1, 'an address']
      addIssue({
        message: `${what} that is not listed before`,
        path: memberPath(dataset.value as unknown as Record<string, unknown>, index, member),
      })
      return
    }
  }),
)

const ADDRESS_EXPECTED = `an IPv4 address like 192.0.2.1; ${CODES_HINT}`
const ADDRESSES_EXPECTED = `an IPv4 address or a list of them; ${CODES_HINT}`
const MASK_EXPECTED = `an IPv4 mask like 255.255.255.0; ${CODES_HINT}`
const NAME_EXPECTED = `a name: labels of letters, digits, "-" and "_", separated by dots; ${CODES_HINT}`
const NAMES_EXPECTED = `a domain name or a list of them; ${CODES_HINT}`

const optionAddress = v.pipe(v.string(ADDRESS_EXPECTED), v.ipv4(ADDRESS_EXPECTED), v.description(ADDRESS_EXPECTED))
const optionMask = v.pipe(
  v.string(MASK_EXPECTED),
  v.check((mask) => v.is(fields.ipv4Netmask, mask), MASK_EXPECTED),
  v.description(MASK_EXPECTED),
)
const optionName = v.pipe(
  v.string(NAME_EXPECTED),
  v.check((name) => v.is(fields.domain, name), NAME_EXPECTED),
  v.description(NAME_EXPECTED),
)
const optionNumber = (min: number, max: number) => {
  const expected = `an integer from ${min} to ${max}; ${CODES_HINT}`
  const check = v.check((value: number) => Number.isInteger(value) && value >= min && value <= max, expected)
  return v.pipe(v.number(expected), check, v.description(expected))
}

/** One value or a list of them; becomes a list. */
function oneOrMore<const S extends v.GenericSchema<string, string>>(item: S, maxCount: number, expected: string) {
  const many = v.pipe(list(item, maxCount, expected), v.minLength(1, expected))
  return v.pipe(
    v.union([item, many], expected),
    v.description(expected),
    v.transform((given): readonly string[] => (typeof given === 'string' ? [given] : given)),
  )
}

const optionEntries = described(
  {
    dns: v.optional(oneOrMore(optionAddress, MAX_OPTION_ADDRESS_COUNT, ADDRESSES_EXPECTED)),
    domain: v.optional(optionName),
    hostname: v.optional(optionName),
    lease: v.optional(optionNumber(1, MAX_SECONDS)),
    mtu: v.optional(optionNumber(68, 65_535)),
    netmask: v.optional(optionMask),
    router: v.optional(oneOrMore(optionAddress, MAX_OPTION_ADDRESS_COUNT, ADDRESSES_EXPECTED)),
    search: v.optional(oneOrMore(optionName, MAX_SEARCH_COUNT, NAMES_EXPECTED)),
    serverid: v.optional(optionAddress),
    subnet: v.optional(optionMask),
  },
  {
    dns: 'DNS servers',
    domain: 'search domain of clients',
    hostname: 'host name of clients',
    lease: 'duration of a lease in seconds; absent: 10 days (864000)',
    mtu: 'longest packet in bytes',
    netmask: 'the same as `subnet`',
    router: 'routers',
    search: 'search domains',
    serverid: 'address by which clients know the server',
    subnet: "the subnet's mask; absent: clients guess it by the address's class",
  },
)

/** udhcpd reads a line up to a '#', and blanks at its ends are lost. */
const RAW_EXPECTED = `a text of printable ASCII characters without '#'; ${CODES_HINT}`
const rawOption = v.pipe(
  v.string(RAW_EXPECTED),
  v.regex(/^(?! )[\x20-\x22\x24-\x7e]{1,510}(?<! )$/, RAW_EXPECTED),
  v.description(CODES_HINT),
)
const OPTION_CODE = /^(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4])$/

/** What clients are told, by the names of busybox or by numeric code (1 to 254); `subnet` is a mask. */
export type DhcpdOptions = Readonly<Record<string, string | number | readonly string[]>>

const options = v.pipe(
  v.objectWithRest(optionEntries, rawOption, `an object of DHCP options; ${CODES_HINT}`),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues !== undefined) return
    const wrong = Object.keys(dataset.value).find((key) => !(key in optionEntries) && !OPTION_CODE.test(key))
    if (wrong === undefined) return
    addIssue({ message: `a numeric code from 1 to 254; ${CODES_HINT}`, path: memberPath(dataset.value, wrong) })
  }),
  v.transform((given): DhcpdOptions => {
    const { netmask, subnet = netmask, ...others } = given as DhcpdOptions
    return compact(subnet === undefined ? others : { ...others, subnet })
  }),
)

/** `start` and `end` are completed where the interface's address is known. */
export const dhcpdSchema = section(
  described(
    {
      start: v.optional(fields.ipv4HostAddress),
      end: v.optional(fields.ipv4HostAddress),
      maxLeases: v.optional(integer(1, MAX_LEASE_COUNT)),
      declineTime: v.optional(seconds),
      conflictTime: v.optional(seconds),
      offerTime: v.optional(seconds),
      minLease: v.optional(seconds),
      autoTime: v.optional(seconds),
      staticLeases: v.optional(staticLeases),
      options: v.optional(options),
    },
    {
      start: "first address of the pool; absent: the 20th host of the interface's subnet",
      end: "last address of the pool; absent: the 254th host of the interface's subnet",
      maxLeases: "leases at once; absent: udhcpd's 254, or what the pool holds",
      declineTime: "seconds for which an address is not given that a client has declined; absent: udhcpd's 3600",
      conflictTime: "seconds for which an address is not given that somebody uses; absent: udhcpd's 3600",
      offerTime: "seconds for which an offered address is kept for its client; absent: udhcpd's 60",
      minLease: "shortest lease in seconds, where a client asks for less; absent: udhcpd's 60",
      autoTime: "seconds between two writings of the file of leases; absent: udhcpd's 7200",
      staticLeases: 'fixed addresses by MAC address; in the subnet, in or out of the pool; each of both once',
      options: 'what clients are told, by name or by numeric code as text',
    },
  ),
  'an object',
)

export type DhcpdSection = v.InferOutput<typeof dhcpdSchema>
/** A DHCP server, normalized. */
export type DhcpdConfig = DhcpdSection & { readonly start: string; readonly end: string }

const RECORD_EXPECTED = 'a pair of name and IPv4 address'
const record = v.pipe(
  v.strictTuple(
    [
      text(/^(?:\*|(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)$/, "a host name, or '*' for every name"),
      fields.ipv4Address,
    ],
    RECORD_EXPECTED,
  ),
  v.description(RECORD_EXPECTED),
)

export const dnsdSchema = section(
  described(
    {
      records: v.optional(list(record, MAX_RECORD_COUNT, 'a list of pairs [name, IPv4 address]'), []),
      port: v.optional(integer(1, 65_535)),
      ttl: v.optional(integer(0, 2_147_483_647)),
    },
    {
      records: 'what is answered, the first match',
      port: "UDP port; absent: dnsd's 53",
      ttl: "seconds for which an answer may be kept; absent: dnsd's 120",
    },
  ),
  'an object',
)

/** A DNS server, normalized. */
export type DnsdConfig = v.InferOutput<typeof dnsdSchema>
