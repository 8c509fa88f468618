/** Random changes of routes. */

import type { RouteCommand } from '../../lib/kernel/messages.js'
import type { Dice } from './dice.js'

interface RouteOperation {
  readonly line: string
  readonly ip6: boolean
  readonly command?: RouteCommand | undefined
}

const TYPES = { add: 'addRoute', replace: 'replaceRoute', del: 'deleteRoute' } as const
type Verb = keyof typeof TYPES | 'append' | 'prepend' | 'change'

/** What the two families may say. */
const WORDS = {
  4: {
    destinations: ['default', '203.0.113.0/24', '203.0.113.0/25', '203.0.113.7/32'],
    gateways: ['192.0.2.1', '192.0.2.9', '198.51.100.9'],
    sources: ['192.0.2.1', '198.51.100.2'],
  },
  6: {
    destinations: ['default', '2001:db8:8::/48', '2001:db8:8:8::/64', '2001:db8:8::7/128'],
    gateways: ['2001:db8:1::9', '2001:db8:1::a', '2001:db8:2::9'],
    sources: ['2001:db8:1::1', '2001:db8:2::2'],
  },
} as const

function pickFrom(dice: Dice, list: readonly string[]): string {
  return list[dice.roll(list.length)] ?? ''
}

/** The hops of a multipath route; only `ip` makes them, a command needs indices. */
function hops(dice: Dice, family: 4 | 6, anyIfname: () => string): string {
  const count = dice.pick(2, 2, 3)
  return Array.from({ length: count }, () => {
    const weight = dice.oneIn(3) ? ` weight ${dice.roll(4) + 1}` : ''
    return `nexthop via ${pickFrom(dice, WORDS[family].gateways)} dev ${anyIfname()}${weight}`
  }).join(' ')
}

/** Where the route leads: the words of `ip` and the fields of a command, none where only `ip` can say it. */
function way(dice: Dice, family: 4 | 6, anyIfname: () => string): readonly [string, object | undefined] {
  const ifname = anyIfname()
  const gateway = pickFrom(dice, WORDS[family].gateways)
  switch (dice.roll(8)) {
    case 0:
      return [`dev ${ifname}`, { ifname }]
    case 1:
      return [`via ${gateway} dev ${ifname} onlink`, { gateway, ifname, onlink: true }]
    case 2:
    case 3:
      return [hops(dice, family, anyIfname), undefined]
    default:
      return [`via ${gateway} dev ${ifname}`, { gateway, ifname }]
  }
}

/** The next change of a route. */
export function routeOperation(dice: Dice, anyIfname: () => string): RouteOperation {
  const family = dice.pick(4, 4, 6)
  const ip6 = family === 6
  const verb: Verb = dice.pick('add', 'add', 'add', 'replace', 'replace', 'del', 'del', 'append', 'prepend', 'change')
  const destination = pickFrom(dice, WORDS[family].destinations)
  const table = dice.pick(254, 254, 100, 101)
  const metric = dice.pick(0, 10, 20)
  const routeType = dice.oneIn(6) ? dice.pick('blackhole', 'unreachable', 'prohibit', 'throw') : undefined
  const [words, fields] = routeType === undefined ? way(dice, family, anyIfname) : [routeType, { routeType }]
  const source = verb !== 'del' && dice.oneIn(5) ? pickFrom(dice, WORDS[family].sources) : undefined
  const protocol = dice.oneIn(3) ? 183 : undefined
  // The hops of a multipath route stand last.
  const line = [
    `route ${verb}`,
    routeType,
    destination,
    `table ${table}`,
    metric === 0 ? '' : `metric ${metric}`,
    source === undefined ? '' : `src ${source}`,
    protocol === undefined ? '' : `proto ${protocol}`,
    routeType === undefined ? words : '',
  ]
    .filter((word) => word !== undefined && word !== '')
    .join(' ')
  if (fields === undefined || verb === 'append' || verb === 'prepend' || verb === 'change') return { line, ip6 }
  const type = TYPES[verb]
  return {
    line,
    ip6,
    command: {
      type,
      family,
      destination,
      table,
      ...(metric === 0 ? {} : { metric }),
      ...(source === undefined ? {} : { source }),
      ...(protocol === undefined ? {} : { protocol }),
      ...fields,
    },
  }
}
