/** The hosts whose answer proves the internet, and the choice of those that a check asks. */

import { contains, parseAddress, parsePrefix, type Subnet } from '../config/ip.js'

/** A host of the list: an address, or a name that has still to be resolved. */
export interface HostAddress {
  readonly type: 'address' | 'name'
  /** Canonical IP text, or the name in lower case. */
  readonly host: string
  readonly port: number
}

/** A host that can be probed. */
export interface Candidate {
  readonly address: string
  readonly port: number
}

const DNS_PORT = 53

/** Public DNS servers of large operators: reachable from nearly everywhere, and made for many short connections. */
export const DEFAULT_INTERNET_HOSTS: readonly HostAddress[] = [
  '1.1.1.1',
  '8.8.8.8',
  '208.67.222.222',
  '9.9.9.9',
  '156.154.70.5',
].map((host) => ({ type: 'address', host, port: DNS_PORT }))

/** Used where a list was given and nothing of it is left. */
const LAST_RESORT: HostAddress = { type: 'address', host: '1.1.1.1', port: 80 }

/** Hosts that one check asks: enough to outvote one that is blocked or down, few enough to be polite. */
export const MAX_CANDIDATES_COUNT = 3

const MAX_PORT = 65_535
/** RFC 1035 2.3.4, without the final dot. */
const MAX_NAME_CHARS = 253
/** RFC 1123 2.1; the underscore is not a host's, but people use it. */
const NAME = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/
/** Enough of a wrong entry to recognise it. */
const MAX_QUOTED_CHARS = 80

/** A list that was read, and one text for each entry that was dropped. */
export interface HostList {
  readonly hosts: readonly HostAddress[]
  readonly complaints: readonly string[]
}

/** Reads `internetHostList`; undefined is the default list. One bad entry never affects the others. */
export function readHostList(value: unknown): HostList {
  if (value === undefined) return { hosts: DEFAULT_INTERNET_HOSTS, complaints: [] }
  const complaints: string[] = []
  const hosts: HostAddress[] = []
  if (Array.isArray(value)) {
    for (const entry of value as unknown[]) {
      const host = readHost(entry)
      if (host === undefined) complaints.push(`internetHostList: ${quote(entry)} is not { host, port }; it is left out`)
      else hosts.push(host)
    }
  } else {
    complaints.push(`internetHostList is not a list: ${quote(value)}`)
  }
  if (hosts.length > 0) return { hosts, complaints }
  complaints.push(`internetHostList has no usable entry; ${LAST_RESORT.host} port ${LAST_RESORT.port} is used`)
  return { hosts: [LAST_RESORT], complaints }
}

/** One host of a list, `{ host, port }`; undefined where it is none. */
export function readHost(entry: unknown): HostAddress | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { host, port } = entry as { host?: unknown; port?: unknown }
  if (typeof host !== 'string' || typeof port !== 'number') return undefined
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) return undefined
  const address = parseAddress(host)
  if (address !== undefined) return { type: 'address', host: address.address, port }
  const name = host.toLowerCase().replace(/\.$/, '')
  return isHostName(name) ? { type: 'name', host: name, port } : undefined
}

/** A name that ends in a number is a mistyped IPv4 address: no top-level domain is one. */
function isHostName(name: string): boolean {
  if (name.length > MAX_NAME_CHARS || !NAME.test(name)) return false
  return !/(^|\.)[0-9]+$/.test(name)
}

function quote(value: unknown): string {
  return (JSON.stringify(value) ?? typeof value).slice(0, MAX_QUOTED_CHARS)
}

/** Nothing beyond a router has such an address; name servers that block a name answer with them, and so do broken ones. */
const NEVER_BEYOND: readonly Subnet[] = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  '::ffff:0:0/96',
  'fe80::/10',
  'ff00::/8',
].flatMap((text) => parsePrefix(text) ?? [])

export interface CandidateChoice {
  readonly candidates: readonly Candidate[]
  /** Addresses of the interface that is checked. */
  readonly ownAddresses: readonly Subnet[]
  /** 0 ≤ value < 1. */
  readonly random: () => number
}

/**
 * Chooses whom to ask: each once, in the family of an address of the interface, not on its own subnets (an answer from
 * there proves a LAN only), nothing that cannot be the internet, in random order so that no operator sees every check.
 */
export function chooseCandidates({ candidates, ownAddresses, random }: CandidateChoice): Candidate[] {
  const families = new Set(ownAddresses.map(({ address }) => parseAddress(address)?.family))
  const distinct = new Map(candidates.map((candidate) => [`${candidate.address} ${candidate.port}`, candidate]))
  const routed = [...distinct.values()].filter(
    ({ address }) =>
      families.has(parseAddress(address)?.family) &&
      ![...ownAddresses, ...NEVER_BEYOND].some((subnet) => contains(subnet, address)),
  )
  return shuffled(routed, random).slice(0, MAX_CANDIDATES_COUNT)
}

/** Fisher and Yates: every order is equally likely. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items]
  for (let end = result.length - 1; end > 0; end -= 1) {
    const at = Math.floor(random() * (end + 1))
    const [a, b] = [result[end], result[at]]
    if (a === undefined || b === undefined) continue
    result[end] = b
    result[at] = a
  }
  return result
}
