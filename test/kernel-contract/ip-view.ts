/** What `ip` sees of a namespace, in the words of the mirror, as sets of texts. */

import type { MirrorReader } from '../../lib/kernel/kernel.js'
import type { Namespace } from '../support/world.js'

/** One text a record. */
export interface View {
  readonly links: readonly string[]
  readonly addresses: readonly string[]
  readonly routes: readonly string[]
  readonly rules: readonly string[]
}

interface IpLink {
  ifname: string
  ifindex: number
  mtu: number
  flags: string[]
  operstate: string
  address?: string
  master?: string
}

interface IpRoute {
  dst: string
  dev?: string
  gateway?: string
  metric?: number
  table?: string
  protocol?: string
  type?: string
  prefsrc?: string
  nexthops?: { gateway?: string; dev: string; weight: number }[]
}

/** RTPROT_BOOT: what `ip` itself adds and, adding it, leaves unsaid. */
const BOOT_PROTOCOL = 3

/** Words that `ip -N` prints although it was asked for numbers. */
const TABLES: Readonly<Record<string, string>> = { local: '255', main: '254', default: '253' }

const sorted = (texts: readonly string[]): string[] => [...texts].sort()
const table = (word: string | undefined): string => TABLES[word ?? 'main'] ?? word ?? ''

/** The view of `ip`. */
export async function viewOfIp(namespace: Namespace): Promise<View> {
  const ask = async <T>(...args: string[]): Promise<T[]> =>
    JSON.parse((await namespace.ip('-j', ...args)) || '[]') as T[]
  const links = await ask<IpLink>('link')
  const addresses = await ask<{ ifname: string; addr_info: { local: string; prefixlen: number }[] }>('addr')
  const routes = [
    ...(await ask<IpRoute>('-4', '-N', 'route', 'show', 'table', 'all')).map((route) => routeText(4, route)),
    ...(await ask<IpRoute>('-6', '-N', 'route', 'show', 'table', 'all')).map((route) => routeText(6, route)),
  ]
  const rules = [
    ...(await ask<{ priority: number; table?: string; src?: string }>('-4', '-N', 'rule')).map(
      (rule) => ['4', rule] as const,
    ),
    ...(await ask<{ priority: number; table?: string; src?: string }>('-6', '-N', 'rule')).map(
      (rule) => ['6', rule] as const,
    ),
  ]
  return {
    links: sorted(
      links.map(({ ifname, ifindex, mtu, flags, operstate, address, master }) =>
        [
          ifindex,
          ifname,
          mtu,
          flags.includes('UP'),
          flags.includes('LOWER_UP'),
          operstate.toLowerCase(),
          address,
          master,
        ].join(' '),
      ),
    ),
    addresses: sorted(
      addresses.flatMap(({ ifname, addr_info }) =>
        addr_info.map(({ local, prefixlen }) => `${ifname} ${local}/${prefixlen}`),
      ),
    ),
    routes: sorted(routes),
    rules: sorted(rules.map(([family, rule]) => `${family} ${rule.priority} ${table(rule.table)}`)),
  }
}

function routeText(family: 4 | 6, route: IpRoute): string {
  const hops = route.nexthops
    ?.map(({ gateway, dev, weight }) => `${gateway} ${dev} ${weight}`)
    .sort()
    .join()
  const where = [route.gateway, family === 6 && isRejecting(route.type) ? '' : route.dev, hops].join(' ')
  return [
    family,
    bare(route.dst, family),
    where,
    route.metric ?? 0,
    table(route.table),
    Number(route.protocol ?? BOOT_PROTOCOL),
    route.prefsrc,
  ].join(' ')
}

const isRejecting = (type: string | undefined): boolean =>
  ['blackhole', 'unreachable', 'prohibit', 'throw', '6', '7', '8', '9'].includes(type ?? '')

/** `ip` writes a host without its prefix length. */
const bare = (destination: string, family: 4 | 6): string => destination.replace(family === 4 ? /\/32$/ : /\/128$/, '')

/** The same of a mirror. */
export function viewOfMirror(mirror: MirrorReader): View {
  const name = (ifindex: number | undefined): string | undefined =>
    ifindex === undefined ? undefined : mirror.link(ifindex)?.ifname
  return {
    links: sorted(
      mirror
        .links()
        .map(({ ifindex, ifname, mtu, up, lowerUp, operstate, macAddress, master }) =>
          [ifindex, ifname, mtu, up, lowerUp, operstate, macAddress, name(master)].join(' '),
        ),
    ),
    addresses: sorted(
      mirror.addresses().map(({ ifindex, address, prefixLength }) => `${name(ifindex)} ${address}/${prefixLength}`),
    ),
    routes: sorted(
      mirror.routes().map((route) => {
        const hops = route.nexthops
          ?.map(({ gateway, ifindex, weight }) => `${gateway} ${name(ifindex)} ${weight}`)
          .sort()
          .join()
        const dev = route.family === 6 && isRejecting(route.routeType) ? '' : name(route.ifindex)
        const { family, destination, gateway, metric, table: number, protocol, source } = route
        return [
          family,
          bare(destination, family),
          [gateway, dev, hops].join(' '),
          metric,
          number,
          protocol,
          source,
        ].join(' ')
      }),
    ),
    rules: sorted(
      mirror
        .rules()
        .map(({ family, priority, table: number }) => `${family} ${priority} ${number ?? table(undefined)}`),
    ),
  }
}
