import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { type InterfaceRoutes, prepareRoutes, samePreparedRoutes } from '../../../lib/routing/interface-routes.js'

const prepare = (asked: InterfaceRoutes): ReturnType<typeof prepareRoutes> => prepareRoutes('eth0', asked)

function fieldOfError(asked: InterfaceRoutes): string | undefined {
  try {
    prepare(asked)
  } catch (thrown) {
    if (isNetworkError(thrown, 'ERR_INVALID_CONFIG')) return thrown.field
  }
  return undefined
}

test('computes the subnet of each address, in both families', () => {
  const { addresses } = prepare({
    addresses: [
      { address: '192.0.2.50', prefixLength: 25 },
      { address: '2001:DB8:0::5', prefixLength: 48 },
      { address: '198.51.100.7', prefixLength: 32 },
    ],
  })
  assert.equal(
    addresses.map(({ family, address, subnet }) => `${family} ${address} ${subnet}`),
    ['4 192.0.2.50 192.0.2.0/25', '6 2001:db8::5 2001:db8::/48', '4 198.51.100.7 198.51.100.7/32'],
  )
})

test('routes on the link stand before those by a gateway, the default route among the latter', () => {
  const { routes } = prepare({
    addresses: [{ address: '192.0.2.2', prefixLength: 24 }],
    gateway: '192.0.2.1',
    routes: [{ to: '203.0.113.7/24', via: '192.0.2.254', metric: 10 }, { to: '198.51.100.0/24' }],
  })
  assert.equal(
    routes.map(({ destination, gateway, metric }) => [destination, gateway, metric]),
    [
      ['198.51.100.0/24', undefined, undefined],
      ['default', '192.0.2.1', undefined],
      ['203.0.113.0/24', '192.0.2.254', 10],
    ],
  )
})

test('a destination of prefix length 0 is the default route', () => {
  const { routes } = prepare({ addresses: [], routes: [{ to: '0.0.0.0/0' }, { to: '::/0' }] })
  assert.equal(
    routes.map(({ family, destination }) => [family, destination]),
    [
      [4, 'default'],
      [6, 'default'],
    ],
  )
})

test('any gateway of a host address is on the link, one outside a subnet is not', () => {
  const onlink = (asked: InterfaceRoutes): unknown => prepare(asked).routes.map((route) => route.onlink)
  const host = { address: '198.51.100.7', prefixLength: 32 }
  assert.equal(onlink({ addresses: [host], gateway: '192.0.2.1' }), [true])
  assert.equal(onlink({ addresses: [{ address: '198.51.100.7', prefixLength: 24 }], gateway: '192.0.2.1' }), [false])
  assert.equal(onlink({ addresses: [host, { address: '192.0.2.9', prefixLength: 24 }], gateway: '192.0.2.1' }), [false])
  assert.equal(onlink({ addresses: [{ address: '2001:db8::7', prefixLength: 128 }], gateway: 'fe80::1' }), [false])
  assert.equal(onlink({ addresses: [{ address: '2001:db8::7', prefixLength: 128 }], gateway: '2001:db8:1::1' }), [true])
})

test('a gateway that a configured route on the link reaches needs no flag', () => {
  const { routes } = prepare({
    addresses: [{ address: '198.51.100.7', prefixLength: 32 }],
    gateway: '192.0.2.1',
    routes: [{ to: '192.0.2.1/32' }],
  })
  assert.equal(
    routes.map((route) => route.onlink),
    [false, false],
  )
})

test('the same in another spelling is the same', () => {
  const a = prepare({ addresses: [{ address: '2001:db8::1', prefixLength: 64 }], gateway: '2001:DB8::FE' })
  const b = prepare({
    addresses: [{ address: '2001:db8:0:0::1', prefixLength: 64 }],
    gateway: '2001:db8::fe',
    routes: [],
  })
  assert.ok(samePreparedRoutes(a, b))
  assert.not(samePreparedRoutes(a, prepare({ addresses: [{ address: '2001:db8::1', prefixLength: 64 }] })))
})

test('names the field of what cannot be read', () => {
  const address = { address: '192.0.2.2', prefixLength: 24 }
  assert.is(fieldOfError({ addresses: [{ address: 'bologna', prefixLength: 24 }] }), 'addresses.0.address')
  assert.is(fieldOfError({ addresses: [{ address: '192.0.2.2', prefixLength: 33 }] }), 'addresses.0.prefixLength')
  assert.is(fieldOfError({ addresses: [address], gateway: 'gw' }), 'gateway')
  assert.is(fieldOfError({ addresses: [address], routes: [{ to: '203.0.113.0' }] }), 'routes.0.to')
  assert.is(fieldOfError({ addresses: [address], routes: [{ to: '203.0.113.0/24', via: 'fe80::1' }] }), 'routes.0.via')
  assert.is(fieldOfError({ addresses: [address], metric: -1 }), 'metric')
})

test.run()
