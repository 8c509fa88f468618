import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type DesiredRoute, desiredRoutes } from '../../../lib/routing/desired-routes.js'
import { prepareRoutes } from '../../../lib/routing/interface-routes.js'
import { availableInterfaces, bestConnection, standingOf, worseConnection } from '../../../lib/routing/standing.js'

/** eth0 with both families, the IPv4 one with a gateway and a further route. */
const wanted: readonly DesiredRoute[] = desiredRoutes([
  {
    ifname: 'eth0',
    ifindex: 2,
    slot: 0,
    metrics: { 4: 10, 6: 11 },
    ...prepareRoutes('eth0', {
      addresses: [
        { address: '192.0.2.50', prefixLength: 24 },
        { address: '2001:db8::50', prefixLength: 64 },
      ],
      gateway: '192.0.2.1',
      routes: [{ to: '203.0.113.0/24', via: '192.0.2.254' }],
    }),
  },
]).routes

const ceilingWithout = (isMissing: (route: DesiredRoute) => boolean): string | undefined =>
  standingOf(wanted, new Set(wanted.filter(isMissing))).get('eth0')?.ceiling

test('all routes stand: nothing limits the claim', () => {
  assert.is(
    ceilingWithout(() => false),
    'internet',
  )
})

test('no subnet route in main: disconnected', () => {
  assert.is(
    ceilingWithout(({ kind }) => kind === 'prefix'),
    'disconnected',
  )
})

test('without its default route a family stands for a LAN; the other may stand for more', () => {
  assert.is(
    ceilingWithout(({ destination }) => destination === 'default'),
    'internet',
  )
  assert.is(
    ceilingWithout(({ destination, family }) => destination === 'default' || family === 6),
    'lan',
  )
})

test('a further route that is missing, and private tables, limit nothing', () => {
  assert.is(
    ceilingWithout(
      ({ destination, table, family }) => destination === '203.0.113.0/24' || table === 100 || family === 6,
    ),
    'internet',
  )
})

test('available are those with a subnet route in main, by the best metric, then by name', () => {
  const standing = new Map([
    ['wlan0', { ceiling: 'internet', metric: 20 }],
    ['eth1', { ceiling: 'lan', metric: 11 }],
    ['eth0', { ceiling: 'lan', metric: 11 }],
    ['usb0', { ceiling: 'disconnected', metric: undefined }],
  ] as const)
  assert.equal(availableInterfaces(standing), ['eth0', 'eth1', 'wlan0'])
  assert.is(standingOf(wanted, new Set()).get('eth0')?.metric, 10)
})

test('connections compare from disconnected to internet', () => {
  assert.is(worseConnection('lan', 'internet'), 'lan')
  assert.is(worseConnection('lan', 'disconnected'), 'disconnected')
  assert.is(bestConnection(['lan', 'internet', 'disconnected']), 'internet')
  assert.is(bestConnection([]), 'disconnected')
})

test.run()
