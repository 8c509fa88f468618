import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { Kernel } from '../../../lib/kernel/kernel.js'
import type { RouteCommand } from '../../../lib/kernel/messages.js'
import { type DesiredRoute, replaceTable, type TableReplaced } from '../../../lib/kernel/replace-table.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'

const IPV4 = { table: 100, family: 4 } as const
const IPV6 = { table: 100, family: 6 } as const

/** A fake kernel with 192.0.2.2/24 and 2001:db8::2/64 at a link that is up. */
async function withAddresses(): Promise<FakeKernel> {
  const kernel = new FakeKernel()
  kernel.lab.addLink({ ifname: 'eth0', ifindex: 2 })
  kernel.lab.foreign([
    { type: 'setLink', ifname: 'eth0', up: true },
    { type: 'addAddress', ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 },
    { type: 'addAddress', ifname: 'eth0', address: '2001:db8::2', prefixLength: 64 },
  ])
  await Promise.resolve()
  return kernel
}

const counts = ({ unchanged, added, replaced, deleted, refused }: TableReplaced): number[] => [
  unchanged,
  added,
  replaced,
  deleted,
  refused.length,
]

const held = async (kernel: FakeKernel): Promise<string[]> =>
  (await kernel.routes({ table: 100 })).map(({ destination, gateway, protocol }) =>
    [destination, gateway, protocol].join(' '),
  )

/** What a program without types may ask for, and the field that is wrong. */
const BAD: readonly [field: string, desired: object][] = [
  ['table', { family: 4, routes: [] }],
  ['table', { ...IPV4, table: null, routes: [] }],
  ['table', { ...IPV4, table: '100', routes: [] }],
  ['table', { ...IPV4, table: 0, routes: [] }],
  ['table', { ...IPV4, table: 1.5, routes: [] }],
  ['table', { ...IPV4, table: 4_294_967_296, routes: [] }],
  ['family', { table: 100, routes: [] }],
  ['family', { table: 100, family: '4', routes: [] }],
  ['protocol', { ...IPV4, protocol: -1, routes: [] }],
  ['protocol', { ...IPV4, protocol: 256, routes: [] }],
  ['protocol', { ...IPV4, protocol: null, routes: [] }],
  ['routes', { ...IPV4 }],
  ['routes', { ...IPV4, routes: { length: 0 } }],
  [
    'routes.1.gateway',
    {
      ...IPV4,
      routes: [
        { destination: 'default', gateway: '192.0.2.1' },
        { destination: '198.51.100.0/24', gateway: 'here' },
      ],
    },
  ],
]

for (const [field, desired] of BAD) {
  test(`${JSON.stringify(desired)} rejects with ${field}, and no table loses a route`, async () => {
    await using kernel = await withAddresses()
    const route = { type: 'addRoute', family: 4, destination: '203.0.113.0/24', gateway: '192.0.2.1' } as const
    assert.equal(await kernel.send([route, { ...route, table: 100 }]), ['done', 'done'])
    kernel.lab.sent.length = 0
    const error: unknown = await kernel.replaceTable(desired as never).catch((reason: unknown) => reason)
    assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG'), String(error))
    assert.equal([error.field, error.operation], [field, 'replaceTable'])
    assert.match(error.message, field.split('.').at(-1) ?? '')
    assert.equal(kernel.lab.sent, [])
    assert.is((await kernel.routes()).filter(({ protocol }) => protocol === 4).length, 2)
  })
}

test('what a route says of table, family and protocol is not asked: the table has its own', async () => {
  await using kernel = await withAddresses()
  const route = { destination: '203.0.113.0/24', gateway: '192.0.2.1', table: 200, family: 6, protocol: 9 }
  assert.equal(counts(await kernel.replaceTable({ ...IPV4, routes: [route as DesiredRoute] })), [0, 1, 0, 0, 0])
  assert.equal(await held(kernel), ['203.0.113.0/24 192.0.2.1 4'])
})

/** What is written, and how the kernel lists it. */
const SPELLINGS: readonly [title: string, route: DesiredRoute, listed: object][] = [
  ['host bits', { destination: '2001:db8:9::1/64' }, { destination: '2001:db8:9::/64' }],
  ['host bits within an octet', { destination: '2001:db8:9:f::/61' }, { destination: '2001:db8:9:8::/61' }],
  ['capitals and zeros', { destination: '2001:0DB8:0009::/048' }, { destination: '2001:db8:9::/48' }],
  ['all IPv4 addresses', { destination: '::ffff:0:0/96' }, { destination: '::ffff:0.0.0.0/96' }],
  ['an IPv4-compatible address', { destination: '::5:6/128' }, { destination: '::0.5.0.6/128' }],
  ['the prefix of everything', { destination: '2001:db8::/0' }, { destination: 'default' }],
  ['a source prefix with host bits', { destination: 'default', from: '2001:db8::5/64' }, { from: '2001:db8::/64' }],
  ['an IPv4-compatible address as it is listed', { destination: '::0.5.0.6/128' }, { destination: '::0.5.0.6/128' }],
  ['a source prefix of everything', { destination: 'default', from: '::/0' }, { destination: 'default' }],
  ['a gateway', { destination: 'default', gateway: '2001:DB8:0::1' }, { gateway: '2001:db8::1' }],
]

for (const [title, route, listed] of SPELLINGS) {
  test(`an IPv6 route in other words is unchanged: ${title}`, async () => {
    await using kernel = await withAddresses()
    const desired = { ...IPV6, routes: [{ gateway: '2001:db8::1', ifname: 'eth0', ...route }] }
    assert.equal(counts(await kernel.replaceTable(desired)), [0, 1, 0, 0, 0])
    const [found] = await kernel.routes({ table: 100 })
    assert.equal({ ...found, ...listed }, found)
    for (const _ of [2, 3]) assert.equal(counts(await kernel.replaceTable(desired)), [1, 0, 0, 0, 0])
  })
}

test('a route by gateways and a source that the kernel spells otherwise is unchanged', async () => {
  await using kernel = await withAddresses()
  kernel.lab.foreign([{ type: 'addAddress', ifname: 'eth0', address: '::5:6', prefixLength: 96 }])
  const hops = [
    { gateway: '::5:7', ifname: 'eth0' },
    { gateway: '2001:db8:0::1', ifname: 'eth0' },
  ]
  const routes = [
    { destination: '2001:db8:1::/48', gateway: '::5:7', source: '::5:6' },
    { destination: '2001:db8:2::/48', nexthops: hops },
  ]
  assert.equal(counts(await kernel.replaceTable({ ...IPV6, routes })), [0, 2, 0, 0, 0])
  assert.equal(counts(await kernel.replaceTable({ ...IPV6, routes })), [2, 0, 0, 0, 0])
  const found = await kernel.routes({ table: 100 })
  assert.equal(
    [found[0]?.gateway, found[0]?.source, found[1]?.nexthops?.[0]?.gateway],
    ['::0.5.0.7', '::0.5.0.6', '::0.5.0.7'],
  )
})

test('IPv4 host bits are refused each time, and the route of that prefix stays', async () => {
  await using kernel = await withAddresses()
  const to = (destination: string) => ({ ...IPV4, routes: [{ destination, gateway: '192.0.2.1', ifname: 'eth0' }] })
  assert.equal(counts(await kernel.replaceTable(to('198.51.100.0/24'))), [0, 1, 0, 0, 0])
  for (const _ of [1, 2]) {
    const { refused, ...rest } = await kernel.replaceTable(to('198.51.100.5/24'))
    assert.equal(counts({ ...rest, refused }), [0, 0, 0, 0, 1])
    assert.match(String(refused[0]), 'Invalid prefix for given prefix length (EINVAL)')
  }
  assert.equal(await held(kernel), ['198.51.100.0/24 192.0.2.1 4'])
  const both = { ...IPV4, routes: [...to('198.51.100.0/24').routes, ...to('198.51.100.5/24').routes] }
  const error: unknown = await kernel.replaceTable(both).catch((reason: unknown) => reason)
  assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG'))
})

/** Routes that the kernel lists with more than they were asked with, or less. */
const FILLED: readonly [title: string, family: 4 | 6, route: DesiredRoute][] = [
  ['an IPv4 gateway without a link', 4, { destination: '198.51.100.0/24', gateway: '192.0.2.1' }],
  ['an IPv6 gateway without a link', 6, { destination: '2001:db8:1::/48', gateway: '2001:db8::1' }],
  ['an IPv4 blackhole', 4, { destination: '198.51.100.0/24', routeType: 'blackhole' }],
  ...(['blackhole', 'unreachable', 'prohibit', 'throw'] as const)
    .map((routeType) => [`IPv6 ${routeType}`, 6, { destination: '2001:db8:1::/48', routeType }] as const)
    .map(([title, family, route]): [string, 6, DesiredRoute] => [title, family, route]),
  [
    'IPv6 unreachable by a link and a gateway',
    6,
    { destination: 'default', routeType: 'unreachable', ifname: 'eth0', gateway: '2001:db8::1' },
  ],
  ['an IPv6 scope', 6, { destination: '2001:db8:1::/48', ifname: 'eth0', scope: 253 }],
  ['an IPv6 type of service', 6, { destination: '2001:db8:1::/48', ifname: 'eth0', tos: 16 }],
]

for (const [title, family, route] of FILLED) {
  test(`${title} is unchanged the second time`, async () => {
    await using kernel = await withAddresses()
    const desired = { table: 100, family, routes: [route] }
    assert.equal(counts(await kernel.replaceTable(desired)), [0, 1, 0, 0, 0])
    assert.equal(counts(await kernel.replaceTable(desired)), [1, 0, 0, 0, 0])
    assert.equal(counts(await kernel.replaceTable({ ...desired, routes: [] })), [0, 0, 0, 1, 0])
  })
}

test('a link is compared where the route names one, or has no gateway', async () => {
  await using kernel = await withAddresses()
  kernel.lab.addLink({ ifname: 'eth1', ifindex: 3 })
  kernel.lab.foreign([{ type: 'setLink', ifname: 'eth1', up: true }])
  await Promise.resolve()
  const to = (more: object) => ({ ...IPV4, routes: [{ destination: '198.51.100.0/24', ...more }] })
  const way = { gateway: '192.0.2.1', onlink: true }
  await kernel.replaceTable(to({ ...way, ifname: 'eth0' }))
  assert.equal(counts(await kernel.replaceTable(to({ ...way, ifname: 'eth1' }))), [0, 0, 1, 0, 0])
  assert.equal(counts(await kernel.replaceTable(to({ ifname: 'eth0' }))), [0, 0, 1, 0, 0])
  assert.equal(counts(await kernel.replaceTable(to({ ifname: 'eth1' }))), [0, 0, 1, 0, 0])
  assert.equal(counts(await kernel.replaceTable(to({}))), [0, 0, 0, 0, 1], 'a way is missing')
})

test('IPv6 routes that differ in nothing but their type of service are the same twice', async () => {
  await using kernel = await withAddresses()
  const routes = [16, 32].map((tos) => ({ destination: '2001:db8:1::/48', ifname: 'eth0', tos }))
  const error: unknown = await kernel.replaceTable({ ...IPV6, routes }).catch((reason: unknown) => reason)
  assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG'))
  assert.is(error.field, 'routes')
})

test('where a foreign route has the same key, ours goes and the new one is refused: the foreign one is never replaced', async () => {
  await using kernel = await withAddresses()
  const to = (gateway: string) => ({ destination: '198.51.100.0/24', gateway, ifname: 'eth0' })
  const theirs: RouteCommand = { type: 'addRoute', ...IPV4, protocol: 9, ...to('192.0.2.9') }
  assert.equal(await kernel.send([theirs]), ['done'])
  const base = { family: 4, routeType: 'unicast', metric: 0, table: 100, protocol: 4, scope: 0, ifindex: 2 } as const
  // As `ip route append` does, for which there is no command.
  kernel.lab.network.state.routes.add({ ...base, destination: '198.51.100.0/24', gateway: '192.0.2.1' })
  kernel.lab.network.state.routes.add({ ...base, destination: '198.51.100.0/24', gateway: '192.0.2.5' })
  assert.equal(counts(await kernel.replaceTable({ ...IPV4, routes: [to('192.0.2.5')] })), [1, 0, 0, 1, 0])
  assert.equal(await held(kernel), ['198.51.100.0/24 192.0.2.9 9', '198.51.100.0/24 192.0.2.5 4'])
  for (const deleted of [1, 0]) {
    const done = await kernel.replaceTable({ ...IPV4, routes: [to('192.0.2.7')] })
    assert.equal(counts(done), [0, 0, 0, deleted, 1])
    assert.match(String(done.refused[0]), '(EEXIST)')
    assert.equal(await held(kernel), ['198.51.100.0/24 192.0.2.9 9'])
  }
})

test('where a foreign route has gone in the meantime, ours makes room for the new one', async () => {
  await using kernel = await withAddresses()
  const base = { family: 4, routeType: 'unicast', metric: 0, table: 100, scope: 0, ifindex: 2 } as const
  const { state } = kernel.lab.network
  state.routes.add({ ...base, destination: 'default', gateway: '192.0.2.9', protocol: 9 })
  state.routes.add({ ...base, destination: 'default', gateway: '192.0.2.5', protocol: 4 })
  const meanwhile: Pick<Kernel, 'mirror' | 'routes' | 'send'> = {
    mirror: kernel.mirror,
    routes: (filter) => kernel.routes(filter),
    send: (commands) => {
      kernel.lab.foreign([{ type: 'deleteRoute', ...IPV4, destination: 'default', protocol: 9 }])
      return kernel.send(commands)
    },
  }
  const routes = [{ destination: 'default', gateway: '192.0.2.7' }]
  assert.equal(counts(await replaceTable(meanwhile as Kernel, { ...IPV4, routes })), [0, 1, 0, 1, 0])
  assert.equal(await held(kernel), ['default 192.0.2.7 4'])
})

test.run()
