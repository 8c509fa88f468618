import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { parseDhcpOptions } from '../../../lib/dhcp/lease.js'
import { leaseRoutes } from '../../../lib/dhcp/lease-routes.js'

const LEASE = { ip: '192.0.2.100', mask: '24', router: '192.0.2.1' }
const ADDRESSES = [{ address: '192.0.2.100', prefixLength: 24 }]

function routes(environment: Record<string, string>, settings = {}) {
  return leaseRoutes(parseDhcpOptions(new Map(Object.entries({ ...LEASE, ...environment }))), settings)
}

test('without classless routes the first router is the gateway', () => {
  assert.equal(routes({ router: '192.0.2.1 192.0.2.2' }, { metric: 7 }), {
    addresses: ADDRESSES,
    gateway: '192.0.2.1',
    metric: 7,
  })
})

test('RFC 3442: classless routes hold, and the router does not', () => {
  assert.equal(routes({ staticroutes: '203.0.113.0/24 192.0.2.254' }), {
    addresses: ADDRESSES,
    gateway: undefined,
    routes: [{ to: '203.0.113.0/24', via: '192.0.2.254' }],
    metric: undefined,
  })
  const withDefault = routes({ staticroutes: '203.0.113.0/24 192.0.2.254 0.0.0.0/0 192.0.2.9' })
  assert.is(withDefault.gateway, '192.0.2.9')
  assert.equal(withDefault.routes, [{ to: '203.0.113.0/24', via: '192.0.2.254' }])
})

test('the option of Microsoft means the same, and yields to the standard one', () => {
  const msstaticroutes = '203.0.113.0/24 192.0.2.254'
  assert.equal(routes({ msstaticroutes }).routes, [{ to: '203.0.113.0/24', via: '192.0.2.254' }])
  assert.equal(routes({ msstaticroutes, staticroutes: '0.0.0.0/0 192.0.2.9' }).routes, undefined)
})

test('ignoreGateway ignores the default route of both kinds, and no other', () => {
  const staticroutes = '203.0.113.0/24 192.0.2.254 0.0.0.0/0 192.0.2.9'
  const settings = { ignoreGateway: true }
  assert.is(routes({}, settings).gateway, undefined)
  assert.is(routes({ staticroutes }, settings).gateway, undefined)
  assert.is(routes({ staticroutes }, settings).routes?.length, 1)
})

test('host bits are cleared, and 0.0.0.0 means on the link', () => {
  const staticroutes = '203.0.113.77/24 0.0.0.0 198.51.100.0/24 203.0.113.1'
  assert.equal(routes({ staticroutes }).routes, [
    { to: '203.0.113.0/24' },
    { to: '198.51.100.0/24', via: '203.0.113.1' },
  ])
})

test('a route that leads out of reach, or to the host itself, is left out', () => {
  const staticroutes = '198.51.100.0/24 203.0.113.1 198.51.100.0/25 192.0.2.100'
  assert.equal(routes({ staticroutes }).routes, undefined)
})

test('a list that is no pairs of subnet and address costs only itself', () => {
  for (const staticroutes of ['nonsense', '203.0.113.0/33 192.0.2.1', '203.0.113.0/24', '203.0.113.0 192.0.2.1']) {
    assert.is(routes({ staticroutes }).gateway, '192.0.2.1')
  }
})

test('routes beyond a limit are not taken', () => {
  const many = Array.from({ length: 200 }, (_, index) => `10.0.${index}.0/24 192.0.2.254`).join(' ')
  assert.is(routes({ staticroutes: many }).routes?.length, 64)
})

test('the lists of routes are options that everybody may read', () => {
  const environment = { staticroutes: '203.0.113.0/24 192.0.2.254', routes: '203.0.113.1/192.0.2.1' }
  assert.equal(parseDhcpOptions(new Map(Object.entries(environment))), {
    staticroutes: ['203.0.113.0/24', '192.0.2.254'],
    routes: ['203.0.113.1/192.0.2.1'],
  })
})

test.run()
