/** What an interface asks of routing, and the same read once into canonical form. */

import type { Connection } from '../base/connection.js'
import type { ConfiguredRoute, InterfaceAddress, InterfaceRoutes } from '../config/interface-routes.js'
import { addressBits, contains, type Family, parseAddress, parsePrefix, toSubnet } from '../config/ip.js'
import { NetworkError } from '../errors.js'

export type { ConfiguredRoute, Connection, InterfaceAddress, InterfaceRoutes }

export interface PreparedAddress {
  readonly family: Family
  readonly address: string
  readonly prefixLength: number
  /** 'address/prefixLength' of the subnet, as the kernel shows a destination. */
  readonly subnet: string
}

/** A route by a gateway, or on the link where there is no gateway. */
export interface PreparedRoute {
  readonly family: Family
  /** 'default' or canonical 'address/prefixLength'. */
  readonly destination: string
  readonly gateway?: string | undefined
  /** The gateway is reached directly although no subnet contains it. */
  readonly onlink: boolean
  /** A metric of its own, for all tables. */
  readonly metric?: number | undefined
  /** In the own table alone, reached by every packet without `exemptMark` that main has no better route for. */
  readonly overriding?: boolean | undefined
}

/** InterfaceRoutes, parsed once, so that a recomputation parses nothing. */
export interface PreparedRoutes {
  readonly addresses: readonly PreparedAddress[]
  /** The default route by `gateway` and the configured routes, those on the link first. */
  readonly routes: readonly PreparedRoute[]
  readonly gateways: Readonly<Partial<Record<Family, string>>>
  readonly metric?: number | undefined
  readonly exemptMark?: number | undefined
  /** The routes stand also while the connection is `disconnected`. */
  readonly standing?: boolean | undefined
}

export const FAMILIES: readonly Family[] = [4, 6]

/** The kernel's RTA_PRIORITY is 32 bits wide. */
const MAX_METRIC = 4_294_967_295
/** A mark has as many bits. */
const MAX_MARK = 4_294_967_295

/** Reads what an interface asks for. @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function prepareRoutes(ifname: string, asked: InterfaceRoutes): PreparedRoutes {
  const addresses = asked.addresses.map((entry, index) => prepareAddress(ifname, entry, `addresses.${index}`))
  const further = (asked.routes ?? []).map((route, index) => readFurther(ifname, route, `routes.${index}`))
  const gateway = asked.gateway === undefined ? undefined : readGateway(ifname, asked.gateway, 'gateway')
  const wanted: Omit<PreparedRoute, 'onlink'>[] = [...further]
  if (gateway !== undefined) {
    wanted.push({ family: gateway.family, destination: 'default', gateway: gateway.address })
  }
  const onLink = wanted.filter((route) => route.gateway === undefined)
  const byGateway = wanted.filter((route) => route.gateway !== undefined)
  const directly = [...addresses.map((entry) => entry.subnet), ...onLink.map((route) => route.destination)]
  return {
    addresses,
    routes: [...onLink, ...byGateway.sort(compareRoutes)].map((route) => ({
      ...route,
      onlink: route.gateway !== undefined && isOnlink(route.gateway, addresses, directly),
    })),
    gateways: gateway === undefined ? {} : { [gateway.family]: gateway.address },
    metric: checkMetric(ifname, asked.metric, 'metric'),
    exemptMark: checkMark(ifname, asked),
    ...(asked.standing === true ? { standing: true } : {}),
  }
}

/** Without a mark the tunnel's own packets would go into the tunnel. */
function checkMark(ifname: string, { exemptMark, routes = [] }: InterfaceRoutes): number | undefined {
  if (exemptMark === undefined && !routes.some(({ overriding }) => overriding === true)) return undefined
  if (Number.isInteger(exemptMark) && Number(exemptMark) > 0 && Number(exemptMark) <= MAX_MARK) return exemptMark
  throw invalid(ifname, 'exemptMark', exemptMark, `1 to ${MAX_MARK}`)
}

/** True when both ask for the same, whatever the spelling: a renewed lease must disturb nothing. */
export function samePreparedRoutes(a: PreparedRoutes, b: PreparedRoutes): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function prepareAddress(ifname: string, entry: InterfaceAddress, field: string): PreparedAddress {
  const parsed = parseAddress(entry.address)
  if (parsed === undefined) throw invalid(ifname, `${field}.address`, entry.address, 'an IP address')
  const { prefixLength } = entry
  const bits = addressBits(parsed.family)
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > bits) {
    throw invalid(ifname, `${field}.prefixLength`, prefixLength, `0 to ${bits}`)
  }
  return { ...parsed, prefixLength, subnet: `${toSubnet(parsed.address, prefixLength)}/${prefixLength}` }
}

function readFurther(ifname: string, route: ConfiguredRoute, field: string): Omit<PreparedRoute, 'onlink'> {
  const to = parsePrefix(route.to)
  if (to === undefined) throw invalid(ifname, `${field}.to`, route.to, "'address/prefixLength'")
  const gateway = route.via === undefined ? undefined : readGateway(ifname, route.via, `${field}.via`)
  if (gateway !== undefined && gateway.family !== to.family) {
    throw invalid(ifname, `${field}.via`, route.via, 'a gateway of the same family as `to`')
  }
  const { family, address, prefixLength } = to
  return {
    family,
    destination: prefixLength === 0 ? 'default' : `${toSubnet(address, prefixLength)}/${prefixLength}`,
    gateway: gateway?.address,
    metric: checkMetric(ifname, route.metric, `${field}.metric`),
    ...(route.overriding === true ? { overriding: true } : {}),
  }
}

function readGateway(ifname: string, text: string, field: string): { family: Family; address: string } {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw invalid(ifname, field, text, 'an IP address')
  return parsed
}

function checkMetric(ifname: string, metric: number | undefined, field: string): number | undefined {
  if (metric === undefined || (Number.isInteger(metric) && metric >= 0 && metric <= MAX_METRIC)) return metric
  throw invalid(ifname, field, metric, `0 to ${MAX_METRIC}`)
}

/**
 * A host address has no subnet, so any gateway counts as reachable on its link. With a subnet the flag is not set: the
 * kernel then refuses a gateway outside it, and that refusal tells the user of the mistake.
 */
function isOnlink(gateway: string, addresses: readonly PreparedAddress[], directly: readonly string[]): boolean {
  const parsed = parseAddress(gateway)
  if (parsed === undefined) return false
  // Link-local gateways (fe80::/10) are on the link by definition; the kernel asks for no flag.
  if (contains({ address: 'fe80::', prefixLength: 10 }, gateway)) return false
  if (directly.some((subnet) => subnetContains(subnet, gateway))) return false
  return addresses.some(({ family, prefixLength }) => family === parsed.family && prefixLength === addressBits(family))
}

function subnetContains(subnet: string, address: string): boolean {
  const parsed = parsePrefix(subnet)
  return parsed !== undefined && contains(parsed, address)
}

function compareRoutes(a: Omit<PreparedRoute, 'onlink'>, b: Omit<PreparedRoute, 'onlink'>): number {
  return compareTexts(a.gateway ?? '', b.gateway ?? '') || compareTexts(a.destination, b.destination)
}

/** Orders texts by code unit: cheap, and the same under every locale. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function invalid(ifname: string, field: string, value: unknown, expected: string): NetworkError {
  const shown = typeof value === 'string' ? `'${value}'` : String(value)
  return new NetworkError('ERR_INVALID_CONFIG', `${ifname}: ${field} is ${shown}; expected ${expected}`, {
    field,
    ifname,
  })
}
