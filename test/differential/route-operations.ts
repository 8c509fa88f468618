/** Random changes of routes. */

import type { RouteCommand } from '../../lib/kernel/messages.js'
import type { Dice } from './dice.js'
import { anyNexthopId } from './nexthop-operations.js'
import { DESTINATIONS, GATEWAYS, SOURCES } from './route-words.js'

interface RouteOperation {
  readonly line: string
  readonly ip6: boolean
  readonly command?: RouteCommand | undefined
}

/** Words of `ip` and the fields of a command; no fields where only `ip` can say it. */
type Part = readonly [words: string, fields: object | undefined]

const TYPES = { add: 'addRoute', replace: 'replaceRoute', del: 'deleteRoute' } as const
type Verb = keyof typeof TYPES | 'append' | 'prepend' | 'change'

/** The hops of a multipath route; only `ip` makes them, a command needs indices. */
function hops(dice: Dice, family: 4 | 6, anyIfname: () => string): string {
  const count = dice.pick(2, 2, 3)
  return Array.from({ length: count }, () => {
    const weight = dice.oneIn(3) ? ` weight ${dice.roll(4) + 1}` : ''
    const onlink = dice.oneIn(4) ? ' onlink' : ''
    return `nexthop via ${dice.pick(...GATEWAYS[family])} dev ${anyIfname()}${weight}${onlink}`
  }).join(' ')
}

/** Where the route leads. */
function way(dice: Dice, family: 4 | 6, anyIfname: () => string): Part {
  const ifname = anyIfname()
  const gateway = dice.pick(...GATEWAYS[family])
  switch (dice.roll(10)) {
    case 0:
      return [`dev ${ifname}`, { ifname }]
    case 1:
      return [`via ${gateway} dev ${ifname} onlink`, { gateway, ifname, onlink: true }]
    case 2:
    case 3:
      return [hops(dice, family, anyIfname), undefined]
    case 4: {
      const nexthopId = anyNexthopId(dice)
      return [`nhid ${nexthopId}`, { nexthopId }]
    }
    case 5: {
      const other = dice.pick(...GATEWAYS[6])
      return family === 6
        ? [`via ${gateway} dev ${ifname}`, { gateway, ifname }]
        : [`via inet6 ${other} dev ${ifname}`, { gateway: other, ifname }]
    }
    default:
      return [`via ${gateway} dev ${ifname}`, { gateway, ifname }]
  }
}

/** What a route has besides; a part of its key are tos and from. */
function attributes(dice: Dice, family: 4 | 6, verb: Verb): Part[] {
  const parts: Part[] = []
  if (dice.oneIn(6)) parts.push(family === 4 ? ['tos 0x10', { tos: 16 }] : ['from 2001:db8:9::/48', FROM])
  if (dice.oneIn(3)) parts.push(['proto 183', { protocol: 183 }])
  if (verb === 'del') return parts
  const source = dice.pick(...SOURCES[family])
  const [mtu, advmss, initcwnd] = [dice.pick(1300, 1400), dice.pick(1000, 1200), dice.pick(5, 20)]
  const preference = dice.pick('low', 'medium', 'high')
  if (dice.oneIn(5)) parts.push([`src ${source}`, { source }])
  if (dice.oneIn(6)) parts.push([`mtu ${mtu}`, { mtu }])
  if (dice.oneIn(8)) parts.push([`advmss ${advmss}`, { advmss }])
  if (dice.oneIn(8)) parts.push([`initcwnd ${initcwnd}`, { initcwnd }])
  if (family === 6 && dice.oneIn(4)) parts.push([`pref ${preference}`, { preference }])
  return parts
}

const FROM = { from: '2001:db8:9::/48' }

/** The next change of a route. */
export function routeOperation(dice: Dice, anyIfname: () => string): RouteOperation {
  const family = dice.pick(4, 4, 6)
  const ip6 = family === 6
  const verb: Verb = dice.pick('add', 'add', 'add', 'replace', 'replace', 'del', 'del', 'append', 'prepend', 'change')
  const destination = dice.pick(...DESTINATIONS[family])
  const table = dice.pick(254, 254, 100, 101)
  const metric = dice.pick(0, 10, 20)
  const routeType = dice.oneIn(6) ? dice.pick('blackhole', 'unreachable', 'prohibit', 'throw') : undefined
  const [words, fields] = routeType === undefined ? way(dice, family, anyIfname) : ['', { routeType }]
  const parts: Part[] = [
    [routeType ?? '', {}],
    [destination, { destination }],
    [`table ${table}`, { table }],
    metric === 0 ? ['', {}] : [`metric ${metric}`, { metric }],
    ...attributes(dice, family, verb),
    [words, fields], // the hops of a multipath route stand last
  ]
  const said = parts.map(([word]) => word).filter((word) => word !== '')
  const line = [`route ${verb}`, ...said].join(' ')
  if (fields === undefined || verb === 'append' || verb === 'prepend' || verb === 'change') return { line, ip6 }
  const given = Object.assign({ destination }, ...parts.map(([, field]) => field))
  return { line, ip6, command: { type: TYPES[verb], family, ...given } }
}
