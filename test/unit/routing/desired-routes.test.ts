import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type DesiredRoutes, desiredRoutes, type RoutingRecord } from '../../../lib/routing/desired-routes.js'
import { type InterfaceRoutes, prepareRoutes } from '../../../lib/routing/interface-routes.js'

interface Given extends InterfaceRoutes {
  readonly ifname?: string
  readonly slot?: number | undefined
  readonly metric4?: number | 'disabled'
  readonly metric6?: number | 'disabled'
  readonly ifindex?: number | undefined
}

function record(given: Given): RoutingRecord {
  const { ifname = 'eth0', metric4 = 10, metric6 = 'disabled' } = given
  const { addresses, routes } = prepareRoutes(ifname, given)
  const slot = 'slot' in given ? given.slot : 0
  const ifindex = 'ifindex' in given ? given.ifindex : 2
  return { ifname, ifindex, slot, metrics: { 4: metric4, 6: metric6 }, addresses, routes }
}

/** One line an entry, as a person would read it. */
function lines({ rules, routes }: DesiredRoutes): string[] {
  return [
    ...rules.map(({ priority, from, table }) => `rule ${priority} from ${from} lookup ${table}`),
    ...routes.map(({ destination, gateway, ifname, source, metric, table, scope, onlink }) => {
      const via = gateway === undefined ? '' : ` via ${gateway}${onlink ? ' onlink' : ''}`
      const src = source === undefined ? '' : ` src ${source}`
      return `${destination}${via} dev ${ifname}${src} scope ${scope} metric ${metric} table ${table}`
    }),
  ]
}

const address = { address: '192.168.1.50', prefixLength: 24 }

test('I1: no records, nothing', () => {
  const desired = desiredRoutes([])
  assert.is(desired.tables.size, 0)
  assert.equal(lines(desired), [])
})

test('I2: an interface with internet has its rule, its subnet and its default route in its table and in main', () => {
  const desired = desiredRoutes([record({ addresses: [address], gateway: '192.168.1.1' })])
  assert.equal([...desired.tables], [['eth0', 100]])
  assert.equal(lines(desired), [
    'rule 10000 from 192.168.1.50/32 lookup 100',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 0 table 100',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 10 table 254',
    'default via 192.168.1.1 dev eth0 scope 0 metric 0 table 100',
    'default via 192.168.1.1 dev eth0 scope 0 metric 10 table 254',
  ])
})

test('I3: a disabled interface keeps its table and has no entries', () => {
  const desired = desiredRoutes([record({ addresses: [address], gateway: '192.168.1.1', metric4: 'disabled' })])
  assert.equal([...desired.tables], [['eth0', 100]])
  assert.equal(lines(desired), [])
})

test('I4: a lan without gateway has its rule and its subnet only', () => {
  const desired = desiredRoutes([record({ addresses: [address], metric4: 50 })])
  assert.equal(lines(desired), [
    'rule 10000 from 192.168.1.50/32 lookup 100',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 0 table 100',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 50 table 254',
  ])
})

test('IPv6 has the same, with metric 1 in its table and no source', () => {
  const desired = desiredRoutes([
    record({
      addresses: [{ address: '2001:db8::2', prefixLength: 64 }],
      gateway: 'fe80::1',
      metric4: 'disabled',
      metric6: 10,
    }),
  ])
  assert.ok([...desired.rules, ...desired.routes].every(({ family }) => family === 6))
  assert.equal(lines(desired), [
    'rule 10000 from 2001:db8::2/128 lookup 100',
    '2001:db8::/64 dev eth0 scope 0 metric 1 table 100',
    '2001:db8::/64 dev eth0 scope 0 metric 10 table 254',
    'default via fe80::1 dev eth0 scope 0 metric 1 table 100',
    'default via fe80::1 dev eth0 scope 0 metric 10 table 254',
  ])
})

test('each family has its own metric, and a gateway belongs to one of them', () => {
  const desired = desiredRoutes([
    record({
      addresses: [address, { address: '2001:db8::2', prefixLength: 64 }],
      gateway: '192.168.1.1',
      metric4: 10,
      metric6: 11,
    }),
  ])
  const main = desired.routes.filter(({ table }) => table === 254)
  assert.equal(
    main.map(({ destination, metric }) => `${destination} ${metric}`),
    ['192.168.1.0/24 10', '2001:db8::/64 11', 'default 10'],
  )
})

test('rules stand before subnets, subnets before routes on the link, those before routes by a gateway', () => {
  const desired = desiredRoutes([
    record({
      ifname: 'wlan0',
      ifindex: 3,
      slot: 0,
      metric4: 20,
      addresses: [{ address: '198.51.100.9', prefixLength: 24 }],
      gateway: '198.51.100.1',
    }),
    record({
      ifname: 'eth0',
      slot: 1,
      addresses: [address],
      gateway: '192.168.1.1',
      routes: [{ to: '203.0.113.0/24', via: '192.168.1.254', metric: 7 }, { to: '192.0.2.0/24' }],
    }),
  ])
  assert.equal(lines(desired), [
    'rule 10000 from 198.51.100.9/32 lookup 100',
    'rule 10001 from 192.168.1.50/32 lookup 101',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 0 table 101',
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 10 table 254',
    '198.51.100.0/24 dev wlan0 src 198.51.100.9 scope 253 metric 0 table 100',
    '198.51.100.0/24 dev wlan0 src 198.51.100.9 scope 253 metric 20 table 254',
    '192.0.2.0/24 dev eth0 scope 253 metric 0 table 101',
    '192.0.2.0/24 dev eth0 scope 253 metric 10 table 254',
    'default via 192.168.1.1 dev eth0 scope 0 metric 0 table 101',
    'default via 192.168.1.1 dev eth0 scope 0 metric 10 table 254',
    '203.0.113.0/24 via 192.168.1.254 dev eth0 scope 0 metric 7 table 101',
    '203.0.113.0/24 via 192.168.1.254 dev eth0 scope 0 metric 7 table 254',
    'default via 198.51.100.1 dev wlan0 scope 0 metric 0 table 100',
    'default via 198.51.100.1 dev wlan0 scope 0 metric 20 table 254',
  ])
})

test('every address has a rule, two addresses of one subnet share its route', () => {
  const desired = desiredRoutes([
    record({
      addresses: [{ address: '192.168.1.7', prefixLength: 24 }, address, { address: '192.0.2.1', prefixLength: 30 }],
    }),
  ])
  assert.equal(
    desired.rules.map(({ from }) => from),
    ['192.0.2.1/32', '192.168.1.50/32', '192.168.1.7/32'],
  )
  assert.equal(
    desired.routes.filter(({ table }) => table === 254).map(({ destination, source }) => `${destination} ${source}`),
    ['192.0.2.0/30 192.0.2.1', '192.168.1.0/24 192.168.1.50'],
  )
})

test('a host address has a route to itself and reaches any gateway', () => {
  const desired = desiredRoutes([
    record({ addresses: [{ address: '192.0.2.7', prefixLength: 32 }], gateway: '198.51.100.1' }),
  ])
  assert.equal(lines(desired), [
    'rule 10000 from 192.0.2.7/32 lookup 100',
    '192.0.2.7/32 dev eth0 src 192.0.2.7 scope 253 metric 0 table 100',
    '192.0.2.7/32 dev eth0 src 192.0.2.7 scope 253 metric 10 table 254',
    'default via 198.51.100.1 onlink dev eth0 scope 0 metric 0 table 100',
    'default via 198.51.100.1 onlink dev eth0 scope 0 metric 10 table 254',
  ])
})

test('without a slot there are routes in main only', () => {
  const desired = desiredRoutes([record({ slot: undefined, addresses: [address], gateway: '192.168.1.1' })])
  assert.is(desired.tables.size, 0)
  assert.equal(lines(desired), [
    '192.168.1.0/24 dev eth0 src 192.168.1.50 scope 253 metric 10 table 254',
    'default via 192.168.1.1 dev eth0 scope 0 metric 10 table 254',
  ])
})

test('a link that is absent or down, or without an address of the family, has no entries', () => {
  assert.equal(lines(desiredRoutes([record({ ifindex: undefined, addresses: [address] })])), [])
  assert.equal(
    lines(desiredRoutes([record({ addresses: [], gateway: '192.168.1.1', routes: [{ to: '192.0.2.0/24' }] })])),
    [],
  )
})

test('a configured metric of 0 is 1 for IPv6', () => {
  const desired = desiredRoutes([
    record({
      addresses: [{ address: '2001:db8::2', prefixLength: 64 }],
      routes: [{ to: '2001:db8:1::/48', metric: 0 }],
      metric6: 10,
    }),
  ])
  assert.ok(desired.routes.every(({ metric }) => metric > 0))
})

test.run()
