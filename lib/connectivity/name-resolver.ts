/** Host names, resolved by the name servers that an interface supplies, and through that interface. */

import type { ResolvedName } from '../base/resolved-name.js'
import { contains, parseAddress, parsePrefix } from '../config/ip.js'
import { NetworkError } from '../errors.js'
import type { MirrorReader } from '../kernel/kernel.js'
import type { AskNameServer, NameAnswer } from './ask-name-server.js'

export type { ResolvedName }

export interface NameResolverDeps {
  readonly kernel: { readonly mirror: MirrorReader }
  /** The servers to ask for an interface, best first. */
  readonly nameServers: (ifname: string) => readonly string[]
  readonly ask: AskNameServer
}

/** As many as libc asks: more would only make a name that nobody knows take longer. */
const MAX_SERVERS_COUNT = 3
/** How long a server may take, round by round: a server that is down costs a second, a lost packet is made up for. */
const ROUND_TIMEOUTS_MS: readonly number[] = [1_000, 2_000]
/** RT_SCOPE_LINK and narrower reach nothing beyond the link. */
const LINK_SCOPE = 253

const LOOPBACKS = [
  { address: '127.0.0.0', prefixLength: 8 },
  { address: '::1', prefixLength: 128 },
]

/** A server that can be asked, and the own address that the question comes from. */
interface Way {
  readonly server: string
  readonly source?: string | undefined
}

export class NameResolver {
  readonly #deps: NameResolverDeps

  constructor(deps: NameResolverDeps) {
    this.#deps = deps
  }

  /**
   * Asks for the addresses of a name in the families that the interface has addresses of. What a server says it does not
   * know is final; one that is silent, refuses or talks nonsense is passed over.
   * @throws NetworkError ERR_NAME_NOT_RESOLVED, also on abort
   */
  async resolve(ifname: string, name: string, signal: AbortSignal): Promise<ResolvedName> {
    const refuse = (reason: string): NetworkError =>
      new NetworkError('ERR_NAME_NOT_RESOLVED', `cannot resolve ${name}: ${reason}`, { ifname })
    const sources = this.#sources(ifname)
    const families = ([4, 6] as const).filter((family) => sources.has(family))
    if (families.length === 0) throw refuse(`${ifname} has no address`)
    const ways = this.#ways(ifname, sources)
    if (ways.length === 0) throw refuse(`no name server can be reached through ${ifname}`)
    const failures: string[] = []
    for (const timeoutMs of ROUND_TIMEOUTS_MS) {
      for (const way of ways) {
        if (signal.aborted) throw refuse('cancelled')
        const answers = await Promise.all(
          families.map((family) => this.#deps.ask({ name, family, ...way, timeoutMs, signal })),
        )
        const resolved = merge(answers)
        if (resolved !== undefined) return resolved
        const failed = answers.find((answer) => answer.type === 'failed')
        if (failed === undefined) throw refuse(`${way.server} knows no address of it`)
        failures.push(`${way.server}: ${failed.reason}`)
      }
    }
    throw refuse(failures.join(', '))
  }

  /** One own address of each family. */
  #sources(ifname: string): ReadonlyMap<4 | 6, string> {
    const { mirror } = this.#deps.kernel
    const link = mirror.linkByName(ifname)
    if (link === undefined) return new Map()
    const sources = new Map<4 | 6, string>()
    for (const { family, address, scope } of mirror.addresses(link.ifindex)) {
      if (scope < LINK_SCOPE && !sources.has(family)) sources.set(family, address)
    }
    return sources
  }

  #ways(ifname: string, sources: ReadonlyMap<4 | 6, string>): Way[] {
    const ways = this.#deps.nameServers(ifname).flatMap((server): Way[] => {
      // A link-local server's zone is lost on its way through Node: the question would go anywhere.
      const family = parseAddress(server)?.family
      if (family === undefined) return []
      // A resolver of this machine's own has its own ways out.
      if (LOOPBACKS.some((subnet) => contains(subnet, server))) return [{ server }]
      const source = sources.get(family)
      return source !== undefined && this.#reaches(ifname, server) ? [{ server, source }] : []
    })
    return ways.slice(0, MAX_SERVERS_COUNT)
  }

  /** Without a route of this interface the question would leave by another one. */
  #reaches(ifname: string, server: string): boolean {
    const { mirror } = this.#deps.kernel
    const link = mirror.linkByName(ifname)
    const family = parseAddress(server)?.family
    return mirror.routes().some((route) => {
      if (route.ifindex !== link?.ifindex || route.family !== family || route.routeType !== 'unicast') return false
      const subnet = route.destination === 'default' ? undefined : parsePrefix(route.destination)
      return subnet === undefined || contains(subnet, server)
    })
  }
}

/** What the answers say together; undefined where none has an address. */
function merge(answers: readonly NameAnswer[]): ResolvedName | undefined {
  const found = answers.flatMap((answer) => (answer.type === 'addresses' ? [answer] : []))
  const texts = found.flatMap((answer) => answer.addresses)
  const addresses = [...new Set(texts.flatMap((text) => parseAddress(text)?.address ?? []))]
  if (addresses.length === 0) return undefined
  return { addresses, ttlMs: Math.min(...found.map(({ ttlMs }) => ttlMs)) }
}
