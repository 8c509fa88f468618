/**
 * The text of resolv.conf(5), and the list of name servers in the order in which programs ask them: servers of the whole
 * device first, then those of each interface in order of priority, within one interface as supplied.
 */

import { checkInterfaceName } from '../base/interface-name.js'
import { parseAddress } from '../config/ip.js'

/** What one interface contributes; everything in canonical form. */
export interface ResolverEntry {
  readonly domains: readonly string[]
  readonly nameServers: readonly string[]
}

/** A name server with those who supplied it: `global` first, then interface names in alphabetical order. */
export interface NameServer {
  readonly address: string
  readonly from: readonly string[]
}

export interface ResolvConfInput {
  /** Servers of the whole device. */
  readonly additional: readonly string[]
  readonly entries: ReadonlyMap<string, ResolverEntry>
  /** Interfaces, best first; those not listed come after them in alphabetical order. */
  readonly priority: readonly string[]
}

/** The source of the servers of the whole device. */
const GLOBAL = 'global'

/** MAXNS of glibc and of musl: both ignore every further line, and a reader should see what is in use. */
const MAX_SERVER_LINES_COUNT = 3

/** musl drops a line that does not fit 256 bytes with its end, and with it all domains; glibc before 2.26 cut there too. */
const MAX_SEARCH_LINE_BYTES = 254

/** MAXDNSRCH of glibc before 2.26; later ones and musl read more. */
const MAX_SEARCH_DOMAINS_COUNT = 6

const HEADER = '# This file is managed by vintage-net and overwritten by it.\n\n'

/** A domain name of RFC 1035 in ASCII, with the underscore that many use, or the root. It never breaks out of its line. */
const DOMAIN = /^(?=.{1,254}$)(?:\.|[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*\.?)$/i

/** A link-local server exists on one link only. */
const LINK_LOCAL = /^fe[89ab][0-9a-f]:/

/** The whole file, and every name server, also those that the file has no room for. */
export function composeResolvConf(input: ResolvConfInput): { text: string; nameServers: NameServer[] } {
  const ordered = orderEntries(input)
  const nameServers = collect([
    ...input.additional.map((address): Supply => [address, GLOBAL]),
    ...ordered.flatMap(([ifname, entry]) => entry.nameServers.map((address): Supply => [address, ifname])),
  ]).map(([address, from]) => ({ address, from }))
  const domains = collect(
    ordered.flatMap(([ifname, entry]) => entry.domains.map((domain): Supply => [domain.toLowerCase(), ifname])),
  )
  const lines = nameServers.slice(0, MAX_SERVER_LINES_COUNT).map(serverLine)
  return { text: [HEADER, ...searchLines(domains), ...lines].join(''), nameServers }
}

/**
 * The canonical text of a name server's address, given as text or as 4 or 16 bytes; undefined for what is none. A
 * link-local address is completed with its interface; without one it is none.
 */
export function parseNameServer(value: unknown, ifname?: string): string | undefined {
  const text = Array.isArray(value) ? bytesToText(value) : value
  if (typeof text !== 'string') return undefined
  const percent = text.indexOf('%')
  const address = parseAddress(percent < 0 ? text : text.slice(0, percent))?.address
  if (address === undefined) return undefined
  const zone = percent < 0 ? ifname : text.slice(percent + 1)
  if (!LINK_LOCAL.test(address)) return percent < 0 ? address : undefined
  return zone === undefined || checkInterfaceName(zone) !== undefined ? undefined : `${address}%${zone}`
}

/** Splits what an interface supplied as its domain, often by DHCP and so by anyone, into names and what is none. */
export function parseDomains(domain: string | undefined): { domains: string[]; refused: string[] } {
  const words = (domain ?? '').split(/\s+/).filter((word) => word !== '')
  return {
    domains: words.filter((word) => DOMAIN.test(word)),
    refused: words.filter((word) => !DOMAIN.test(word)),
  }
}

type Supply = readonly [what: string, source: string]

/** Each thing once, where it was first named, with all its sources. */
function collect(supplies: readonly Supply[]): [string, string[]][] {
  const sources = new Map<string, Set<string>>()
  for (const [what, source] of supplies) {
    const known = sources.get(what)
    if (known === undefined) sources.set(what, new Set([source]))
    else known.add(source)
  }
  return [...sources].map(([what, from]) => [what, [...from].sort(compareSources)])
}

function compareSources(a: string, b: string): number {
  if (a === GLOBAL || b === GLOBAL) return a === GLOBAL ? -1 : 1
  return a < b ? -1 : 1
}

function orderEntries({ entries, priority }: ResolvConfInput): [string, ResolverEntry][] {
  const rank = (ifname: string): number => {
    const index = priority.indexOf(ifname)
    return index < 0 ? priority.length : index
  }
  return [...entries].sort(([a], [b]) => rank(a) - rank(b) || compareSources(a, b))
}

/** Resolvers read the last search line only, so there is one. To them a "#" in it begins no comment: sources go above. */
function searchLines(domains: readonly [string, string[]][]): string[] {
  const comments: string[] = []
  let line = 'search'
  for (const [domain, from] of domains.slice(0, MAX_SEARCH_DOMAINS_COUNT)) {
    if (`${line} ${domain}`.length > MAX_SEARCH_LINE_BYTES) break
    line = `${line} ${domain}`
    comments.push(`# ${domain} # From ${from.join(',')}\n`)
  }
  return comments.length === 0 ? [] : [...comments, `${line}\n`]
}

/** Behind the address resolvers read nothing, so the sources may stand there. */
function serverLine({ address, from }: NameServer): string {
  return `nameserver ${address} # From ${from.join(',')}\n`
}

function bytesToText(bytes: readonly unknown[]): string | undefined {
  if (!bytes.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return undefined
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, index) => Number(bytes[index * 2]) * 256 + Number(bytes[index * 2 + 1]))
  return groups.map((group) => group.toString(16)).join(':')
}
