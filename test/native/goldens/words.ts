/** What `ip -N -d -j` says of addresses, routes, rules, neighbours and nexthops, in our words. */

import type { IpRecord } from './ip-record.js'
import { LINK } from './link-words.js'
import { type Names, type Noun, type Ours, present } from './noun.js'

const ROUTE_TYPES =
  'unspec unicast local broadcast anycast multicast blackhole unreachable prohibit throw nat xresolve'.split(' ')
const RULE_ACTIONS = 'unspec table goto nop none none blackhole unreachable prohibit'.split(' ')

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)
const maxLength = (family: 4 | 6): number => (family === 4 ? 32 : 128)
const trueOrAbsent = (value: boolean): true | undefined => (value ? true : undefined)
const withLength = (address: string, length = maxLength(familyOf(address))): string => `${address}/${length}`
/** `ip` leaves the length of a host out. */
const prefix = (text: string): string => (text.includes('/') || text === 'default' ? text : withLength(text))

function address(record: IpRecord, ifindex: number): object {
  const local = record.text('local') ?? ''
  return present({
    ifindex,
    family: record.text('family') === 'inet' ? 4 : 6,
    address: local,
    prefixLength: record.number('prefixlen'),
    peer: record.text('address'),
    broadcast: record.text('broadcast'),
    scope: record.number('scope'),
    label: record.text('label'),
    permanent: !record.flag('dynamic'),
    noPrefixRoute: record.flag('noprefixroute'),
  })
}

/** `gateway`, or `via` where it is of the other family. */
function gateway(record: IpRecord): string | undefined {
  return record.text('gateway') ?? record.record('via').text('host')
}

function hop(record: IpRecord, names: Names): object {
  const onlink = record.words('flags').includes('onlink')
  return present({
    gateway: gateway(record),
    ifindex: names.index(record.text('dev')) ?? 0,
    weight: record.number('weight'),
    onlink: trueOrAbsent(onlink),
  })
}

function route(record: IpRecord, names: Names, family: 4 | 6): object {
  const hops = record.records('nexthops')
  const metrics = record.records('metrics')[0]
  const preference = record.text('pref')
  const from = record.text('src') ?? record.text('from')
  return present({
    family,
    routeType: ROUTE_TYPES[record.number('type') ?? 0],
    destination: prefix(record.text('dst') ?? ''),
    gateway: gateway(record),
    ifindex: names.index(record.text('dev')),
    metric: record.number('metric') ?? 0,
    table: record.number('table'),
    protocol: record.number('protocol'),
    scope: record.number('scope'),
    source: record.text('prefsrc'),
    nexthops: hops.length === 0 ? undefined : hops.map((each) => hop(each, names)),
    nexthopId: record.number('nhid'),
    from: from === undefined ? undefined : prefix(from),
    tos: record.number('tos'),
    onlink: trueOrAbsent(record.words('flags').includes('onlink')),
    preference: preference === 'medium' ? undefined : preference,
    mtu: metrics?.number('mtu'),
    advmss: metrics?.number('advmss'),
    initcwnd: metrics?.number('initcwnd'),
  })
}

function ports(record: IpRecord, name: string): object | undefined {
  const start = record.number(name) ?? record.number(`${name}_start`)
  return start === undefined ? undefined : { start, end: record.number(`${name}_end`) ?? start }
}

function ruleAction(record: IpRecord): string | undefined {
  if (record.has('goto')) return 'goto'
  if (record.flag('nop')) return 'nop'
  return RULE_ACTIONS[record.number('action') ?? 1]
}

function rulePrefix(record: IpRecord, name: 'src' | 'dst'): string | undefined {
  const text = record.text(name)
  const length = record.number(`${name}len`)
  return text === undefined || text === 'all' ? undefined : withLength(text, length)
}

function rule(record: IpRecord, _names: Names, family: 4 | 6): object {
  const mark = record.number('fwmark')
  const uid = record.number('uid_start')
  const l3mdev = record.flag('l3mdev')
  return present({
    family,
    priority: record.number('priority'),
    from: rulePrefix(record, 'src'),
    to: rulePrefix(record, 'dst'),
    iif: record.text('iif'),
    oif: record.text('oif'),
    mark,
    // `ip` leaves the mask out where it has every bit.
    mask: record.number('fwmask') ?? (mark === undefined ? undefined : 0xffffffff),
    action: ruleAction(record),
    table: record.number('table'),
    protocol: record.number('protocol'),
    invert: trueOrAbsent(record.flag('not')),
    tos: record.number('tos'),
    dscp: record.number('dscp'),
    ipProtocol: record.number('ipproto'),
    sourcePorts: ports(record, 'sport'),
    destinationPorts: ports(record, 'dport'),
    uidRange: uid === undefined ? undefined : { start: uid, end: record.number('uid_end') },
    l3mdev: trueOrAbsent(l3mdev),
    suppressPrefixLength: record.number('suppress_prefixlen'),
    suppressIfgroup: record.number('suppress_ifgroup'),
    target: record.number('goto'),
  })
}

function neighbour(record: IpRecord, names: Names): object {
  const text = record.text('dst') ?? ''
  return present({
    ifindex: names.index(record.text('dev')),
    family: familyOf(text),
    address: text,
    macAddress: record.text('lladdr'),
    state: record.words('state')[0]?.toLowerCase(),
    router: record.flag('router'),
    proxy: record.flag('proxy'),
    extLearned: record.flag('extern_learn'),
    protocol: record.number('protocol') ?? 0,
  })
}

function nexthop(record: IpRecord, names: Names): object {
  const hop = gateway(record)
  const group = record.records('group')
  const isGroup = group.length > 0
  const members = group.map((member) => ({ id: member.number('id'), weight: member.number('weight') ?? 1 }))
  return present({
    id: record.number('id'),
    family: isGroup ? undefined : familyOf(hop ?? ''),
    gateway: hop,
    ifindex: names.index(record.text('dev')),
    blackhole: record.flag('blackhole'),
    onlink: record.words('flags').includes('onlink'),
    fdb: record.flag('fdb'),
    group: isGroup ? members : undefined,
    resilient: isGroup ? record.text('type') === 'resilient' : undefined,
    protocol: record.number('protocol'),
    scope: record.number('scope'),
  })
}

const whole = (ours: Ours): string => JSON.stringify({ ...ours, replaces: undefined })

export const NOUNS: Readonly<Record<string, Noun>> = {
  link: LINK,
  address: {
    toOurs: (record) => address(record, record.number('ifindex') ?? 0),
    key: ({ ifindex, address: local, prefixLength, peer }) => [ifindex, local, prefixLength, peer].join(' '),
    leftOut: ['temporary', 'deprecated', 'secondary', 'nodad', 'mngtmpaddr', 'tentative'],
    untold: ['protocol'], // iproute2 tells it from 6.3 on
  },
  // nh_info repeats the nexthop object, which is compared by itself.
  route: { toOurs: route, key: whole, leftOut: ['nh_info'], untold: [] },
  rule: { toOurs: rule, key: whole, leftOut: ['tun_id'], untold: [] },
  neighbour: {
    toOurs: neighbour,
    key: ({ ifindex, address: text, proxy }) => [ifindex, text, proxy].join(' '),
    leftOut: [],
    untold: [],
  },
  nexthop: { toOurs: nexthop, key: ({ id }) => String(id), leftOut: ['resilient_args'], untold: [] },
}
