/** A DHCP lease: udhcpc's environment as typed options, and the address to use. Pure. */

import ipaddr from 'ipaddr.js'

const ADDRESS_KEYS = ['ip', 'siaddr', 'subnet', 'swapsrv', 'broadcast', 'serverid'] as const
const ADDRESS_LIST_KEYS = ['router', 'dns', 'lprsrv', 'nissrv', 'ntpsrv'] as const
/** Lists of addresses and subnets: option 33 is pairs of addresses 'to/via', option 121 is 'subnet/length via' in turn. */
const ROUTE_LIST_KEYS = ['routes', 'staticroutes'] as const
const INTEGER_KEYS = ['mask', 'ipttl', 'mtu', 'lease', 'vlanpriority'] as const
const TEXT_KEYS = [
  'timezone',
  'hostname',
  'bootsize',
  'domain',
  'rootpath',
  'nisdomain',
  'wins',
  'message',
  'vendor',
  'tftp',
  'bootfile',
  'userclass',
  'tzstr',
  'tzdbstr',
  'search',
  'sipsrv',
  'vlanid',
  'pxeconffile',
  'pxepathprefix',
  'reboottime',
  'ip6rd',
  'msstaticroutes',
  'wpad',
] as const
const HEXADECIMAL_KEYS = ['renewal_time', 'rebind_time'] as const

/** Options that udhcpc names by their number. */
const VARIABLE_NAMES: Readonly<Record<string, string>> = {
  renewal_time: 'opt58',
  rebind_time: 'opt59',
  userclass: 'opt77',
}

/** The largest number that an option of four bytes can hold. */
const MAX_INTEGER = 0xffff_ffff

type AddressKey = (typeof ADDRESS_KEYS)[number]
type AddressListKey = (typeof ADDRESS_LIST_KEYS)[number] | (typeof ROUTE_LIST_KEYS)[number]
type IntegerKey = (typeof INTEGER_KEYS)[number] | (typeof HEXADECIMAL_KEYS)[number]
type TextKey = (typeof TEXT_KEYS)[number]

/**
 * What a DHCP server said, under udhcpc's names: IPv4 addresses as text, `mask` as prefix length, `lease`,
 * `renewal_time` and `rebind_time` in seconds.
 */
export type DhcpOptions = {
  readonly [key in AddressKey | TextKey]?: string
} & { readonly [key in AddressListKey]?: readonly string[] } & { readonly [key in IntegerKey]?: number }

/** The address that a lease gives an interface. */
export interface LeaseAddress {
  readonly address: string
  readonly prefixLength: number
  /** Absent where the kernel's own choice holds: the last address of the prefix. */
  readonly broadcast?: string
}

/** The options in udhcpc's environment; unknown variables and values that make no sense are left out one by one. */
export function parseDhcpOptions(environment: ReadonlyMap<string, string>): DhcpOptions {
  const options: Record<string, string | number | readonly string[]> = {}
  const take = <T extends string | number | readonly string[]>(
    keys: readonly string[],
    parse: (text: string) => T | undefined,
  ) => {
    for (const key of keys) {
      const text = environment.get(VARIABLE_NAMES[key] ?? key)
      const value = text === undefined ? undefined : parse(text)
      if (value !== undefined) options[key] = value
    }
  }
  take(ADDRESS_KEYS, parseAddress)
  take(ADDRESS_LIST_KEYS, (text) => parseList(text, isAddress))
  take(ROUTE_LIST_KEYS, (text) => parseList(text, isRouteWord))
  take(INTEGER_KEYS, (text) => parseInteger(text, /^[0-9]{1,10}$/, 10))
  take(HEXADECIMAL_KEYS, (text) => parseInteger(text, /^[0-9a-f]{1,8}$/i, 16))
  take(TEXT_KEYS, parseText)
  if (typeof options['mask'] === 'number' && options['mask'] > 32) delete options['mask']
  return options
}

/**
 * The address of a lease; undefined where it names none that an interface can have. Without a usable mask the prefix
 * length follows the address's class, as RFC 950 has it for hosts that were told no mask (a host route would cut off
 * the router).
 */
export function leaseAddress(options: DhcpOptions): LeaseAddress | undefined {
  const { ip, mask, subnet, broadcast } = options
  if (ip === undefined || !isHostAddress(ip)) return undefined
  const prefixLength = validPrefix(mask) ?? validPrefix(prefixOf(subnet)) ?? classPrefix(ip)
  // RFC 3021: a prefix of 31 or 32 bits has no broadcast address.
  const usesBroadcast = broadcast !== undefined && broadcast !== '0.0.0.0' && prefixLength < 31
  return usesBroadcast ? { address: ip, prefixLength, broadcast } : { address: ip, prefixLength }
}

function parseAddress(text: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? text : undefined
}

/** One bad element makes the whole list worthless: the others would change their meaning. */
function parseList(text: string, accepts: (word: string) => boolean): readonly string[] | undefined {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.length > 0 && words.every(accepts) ? words : undefined
}

function isAddress(word: string): boolean {
  return parseAddress(word) !== undefined
}

/** An address, alone or followed by a prefix length or by another address. */
function isRouteWord(word: string): boolean {
  const [address = '', tail = '0', ...others] = word.split('/')
  const isLength = /^\d{1,2}$/.test(tail) && Number(tail) <= 32
  return others.length === 0 && isAddress(address) && (isLength || isAddress(tail))
}

function parseInteger(text: string, shape: RegExp, radix: number): number | undefined {
  const value = shape.test(text) ? Number.parseInt(text, radix) : MAX_INTEGER + 1
  return value <= MAX_INTEGER ? value : undefined
}

/** Texts end up in files such as resolv.conf: a server must not be able to write a line of its own there. */
function parseText(text: string): string | undefined {
  for (const character of text) {
    if (character < ' ' || character === '\x7f') return undefined
  }
  return text === '' ? undefined : text
}

function isHostAddress(ip: string): boolean {
  const firstByte = ipaddr.IPv4.parse(ip).octets[0] ?? 0
  return firstByte !== 0 && firstByte !== 127 && firstByte < 224
}

function validPrefix(prefixLength: number | undefined): number | undefined {
  return prefixLength !== undefined && prefixLength >= 1 && prefixLength <= 32 ? prefixLength : undefined
}

function prefixOf(subnet: string | undefined): number | undefined {
  return subnet === undefined ? undefined : (ipaddr.IPv4.parse(subnet).prefixLengthFromSubnetMask() ?? undefined)
}

function classPrefix(ip: string): number {
  const firstByte = ipaddr.IPv4.parse(ip).octets[0] ?? 0
  if (firstByte < 128) return 8
  return firstByte < 192 ? 16 : 24
}
