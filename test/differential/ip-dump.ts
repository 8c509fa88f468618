/** What `ip -N -d -j` dumps, in our own nouns: names become indices, words numbers. */

import type { Address, Link, NexthopObject, Operstate, Route, Rule, RuleAction } from '../../lib/kernel/messages.js'
import type { Namespace } from '../support/world.js'
import { type IndexOf, type IpNexthop, type IpRoute, nexthopOf, prefix, routeOf } from './ip-route.js'

/** The fields of our nouns that `ip` of Debian 12 (iproute2 6.1) shows and that the random changes set. */
export const COMPARED = {
  links: ['ifindex', 'ifname', 'kind', 'macAddress', 'mtu', 'up', 'lowerUp', 'operstate', 'master', 'parent'],
  // IFA_PROTO is not among them: that `ip` does not know it yet.
  addresses: [
    'ifindex',
    'family',
    'address',
    'prefixLength',
    'peer',
    'broadcast',
    'scope',
    'label',
    'permanent',
    'noPrefixRoute',
  ],
  routes: [
    'family',
    'routeType',
    'destination',
    'gateway',
    'ifindex',
    'metric',
    'table',
    'protocol',
    'scope',
    'source',
    'nexthops',
    'nexthopId',
    'from',
    'tos',
    'onlink',
    'preference',
    'mtu',
    'advmss',
    'initcwnd',
  ],
  rules: ['family', 'priority', 'from', 'to', 'iif', 'oif', 'mark', 'mask', 'action', 'table', 'protocol'],
  nexthops: ['id', 'family', 'gateway', 'ifindex', 'blackhole', 'onlink', 'fdb', 'group', 'protocol', 'scope'],
} as const

export interface Dump {
  readonly links: readonly Link[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
  readonly nexthops: readonly NexthopObject[]
}

interface IpLink {
  readonly ifname: string
  readonly ifindex: number
  readonly flags: readonly string[]
  readonly mtu: number
  readonly operstate: string
  readonly address?: string
  readonly master?: string
  readonly link?: string | null
  readonly linkinfo?: { readonly info_kind?: string }
  readonly addr_info?: readonly IpAddress[]
}

interface IpAddress {
  readonly family: 'inet' | 'inet6'
  readonly local: string
  readonly address?: string
  readonly prefixlen: number
  readonly broadcast?: string
  readonly scope: string
  readonly label?: string
  readonly dynamic?: boolean
  readonly noprefixroute?: boolean
}

interface IpRule {
  readonly priority: number
  readonly src: string
  readonly srclen?: number
  readonly dst?: string
  readonly dstlen?: number
  readonly iif?: string
  readonly oif?: string
  readonly fwmark?: string
  readonly fwmask?: string
  readonly table?: string
  readonly action?: string
  readonly protocol: string
}

/** `ip` prints the action of a rule with the numbers of route types. */
const RULE_ACTIONS: Readonly<Record<string, RuleAction>> = { '6': 'blackhole', '7': 'unreachable', '8': 'prohibit' }
const FULL_MARK_MASK = 0xffff_ffff

function linkOf(link: IpLink, indexOf: IndexOf): Link {
  return {
    ifindex: link.ifindex,
    ifname: link.ifname,
    ...(link.linkinfo?.info_kind === undefined ? {} : { kind: link.linkinfo.info_kind }),
    ...(link.address === undefined ? {} : { macAddress: link.address }),
    mtu: link.mtu,
    up: link.flags.includes('UP'),
    lowerUp: link.flags.includes('LOWER_UP'),
    operstate: link.operstate.toLowerCase() as Operstate,
    ...(link.master === undefined ? {} : { master: indexOf(link.master) }),
    ...(typeof link.link === 'string' ? { parent: indexOf(link.link) } : {}),
  }
}

function addressOf(address: IpAddress, ifindex: number): Address {
  return {
    ifindex,
    family: address.family === 'inet' ? 4 : 6,
    address: address.local,
    prefixLength: address.prefixlen,
    ...(address.address === undefined ? {} : { peer: address.address }),
    ...(address.broadcast === undefined ? {} : { broadcast: address.broadcast }),
    scope: Number(address.scope),
    ...(address.label === undefined ? {} : { label: address.label }),
    permanent: address.dynamic !== true,
    noPrefixRoute: address.noprefixroute === true,
    protocol: 0,
  }
}

function ruleOf(rule: IpRule, family: 4 | 6): Rule {
  const action = rule.action === undefined ? 'table' : (RULE_ACTIONS[rule.action] ?? 'unspec')
  return {
    family,
    priority: rule.priority,
    ...(rule.src === 'all' ? {} : { from: prefix(rule.src, rule.srclen, family) }),
    ...(rule.dst === undefined ? {} : { to: prefix(rule.dst, rule.dstlen, family) }),
    ...(rule.iif === undefined ? {} : { iif: rule.iif }),
    ...(rule.oif === undefined ? {} : { oif: rule.oif }),
    ...(rule.fwmark === undefined
      ? {}
      : { mark: Number(rule.fwmark), mask: rule.fwmask === undefined ? FULL_MARK_MASK : Number(rule.fwmask) }),
    action,
    ...(rule.table === undefined ? {} : { table: Number(rule.table) }),
    protocol: Number(rule.protocol),
  }
}

/** The whole namespace. */
export async function dumpOfIp(namespace: Namespace): Promise<Dump> {
  const ask = async <T>(...args: string[]): Promise<T[]> =>
    JSON.parse((await namespace.ip('-N', '-d', '-j', ...args)) || '[]') as T[]
  const both = async <T, R>(args: readonly string[], convert: (record: T, family: 4 | 6) => R): Promise<R[]> => {
    const [v4, v6] = await Promise.all([ask<T>('-4', ...args), ask<T>('-6', ...args)])
    return [...v4.map((record) => convert(record, 4)), ...v6.map((record) => convert(record, 6))]
  }
  const links = await ask<IpLink>('addr')
  const indices = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]))
  const indexOf = (ifname: string): number => indices.get(ifname) ?? -1
  return {
    links: links.map((link) => linkOf(link, indexOf)),
    addresses: links.flatMap((link) => (link.addr_info ?? []).map((address) => addressOf(address, link.ifindex))),
    routes: await both<IpRoute, Route>(['route', 'show', 'table', 'all'], (route, family) =>
      routeOf(route, family, indexOf),
    ),
    rules: await both<IpRule, Rule>(['rule'], ruleOf),
    nexthops: [
      ...(await both<IpNexthop, NexthopObject>(['nexthop'], (nexthop, family) => nexthopOf(nexthop, family, indexOf))),
      // Groups have no family, and a dump of one leaves them out.
      ...(await ask<IpNexthop>('nexthop'))
        .filter(({ group }) => group !== undefined)
        .map((nexthop) => nexthopOf(nexthop, undefined, indexOf)),
    ],
  }
}
