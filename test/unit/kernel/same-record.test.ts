/** Equality and copies field by field: a field that the vocabulary gains and they forget is found here. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { announced } from '../../../lib/kernel/announced.js'
import type { Address, Link, Route } from '../../../lib/kernel/messages.js'
import { copyAddress, copyRoute, sameAddress, sameLink, sameRoute } from '../../../lib/kernel/same-record.js'

const LINK: Required<Link> = {
  ifindex: 3,
  ifname: 'eth0',
  kind: 'veth',
  macAddress: '02:00:00:00:00:01',
  mtu: 1_500,
  up: true,
  lowerUp: true,
  operstate: 'up',
  master: 4,
  parent: 5,
  vlan: { id: 7 },
  bridge: { stp: true },
  bond: { mode: 'active-backup' },
  macvlan: { mode: 'bridge' },
  vrf: { table: 10 },
  tun: { mode: 'tap' },
  bridgePort: { cost: 2 },
  bondPort: { state: 'active' },
}

const ADDRESS: Required<Address> = {
  ifindex: 3,
  family: 4,
  address: '192.0.2.1',
  prefixLength: 24,
  peer: '192.0.2.2',
  broadcast: '192.0.2.255',
  scope: 0,
  label: 'eth0',
  permanent: true,
  noPrefixRoute: true,
  protocol: 183,
}

const ROUTE: Required<Route> = {
  family: 4,
  routeType: 'unicast',
  destination: '198.51.100.0/24',
  gateway: '192.0.2.1',
  ifindex: 3,
  metric: 10,
  table: 254,
  protocol: 183,
  scope: 0,
  source: '192.0.2.9',
  nexthops: [{ ifindex: 3, weight: 1 }],
  nexthopId: 8,
  from: '203.0.113.0/24',
  tos: 16,
  onlink: true,
  preference: 'high',
  mtu: 1_400,
  advmss: 1_360,
  initcwnd: 10,
}

function differsInEachField<T extends object>(whole: T, same: (a: T, b: T) => boolean): void {
  assert.is(same(whole, structuredClone(whole)), true)
  for (const key of Object.keys(whole)) {
    const { [key]: _, ...without } = whole as Record<string, unknown>
    assert.is(same(whole, without as T), false, `without ${key}`)
    assert.is(same(without as T, whole), false, `with ${key}`)
  }
}

test('records differ where one field does', () => {
  differsInEachField(LINK, sameLink)
  differsInEachField(ADDRESS, sameAddress)
  differsInEachField({ ...ADDRESS, family: 6, address: '2001:db8::1', peer: '2001:db8::2' }, sameAddress)
  differsInEachField(ROUTE, sameRoute)
})

test('copies out of events have every field of their record, and nothing else', () => {
  assert.equal(copyAddress({ ...ADDRESS, type: 'address', atMs: 1 } as Address), ADDRESS)
  assert.equal(copyRoute({ ...ROUTE, type: 'route', atMs: 1 } as Route), ROUTE)
  const { bridgePort: _, ...told } = LINK
  assert.equal(announced({ ...LINK, type: 'link', atMs: 1 } as Link), told, 'a bridge tells of its ports otherwise')
})

test('of a tun only its mode is kept', () => {
  const base = { ifindex: 3, ifname: 'tun0', mtu: 1_500, up: true, lowerUp: true, operstate: 'up' } as const
  assert.equal(announced({ ...base, tun: { mode: 'tun', persist: true } }), { ...base, tun: { mode: 'tun' } })
  assert.equal(announced({ ...base, tun: { persist: true } }), base)
})

test.run()
