/** The contract for routes. */

import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { FollowSubject, RouteCommand } from '../../lib/kernel/messages.js'
import {
  addPair,
  type ContractTest,
  codes,
  mustBeExact,
  mustSend,
  routesMustBeExact,
  until,
  type World,
} from './world.js'

const via = (type: RouteCommand['type'], gateway: string, more: Partial<RouteCommand> = {}): RouteCommand => ({
  type,
  family: gateway.includes(':') ? 6 : 4,
  destination: 'default',
  gateway,
  ifname: 'v0',
  ...more,
})

/** v0 with 192.0.2.2/24 and 2001:db8::2/64, and the prefix routes that the kernel makes. */
async function addPairWithAddresses(kernel: Kernel): Promise<void> {
  await addPair(kernel)
  await mustSend(kernel, [
    { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
    { type: 'addAddress', ifname: 'v0', address: '2001:db8::2', prefixLength: 64 },
  ])
}

const gateways = (kernel: Kernel, table = 254): (string | undefined)[] =>
  kernel.mirror
    .routes({ table })
    .filter(({ destination }) => destination === 'default')
    .map(({ gateway }) => gateway)
    .sort()

/** Declares the tests for routes. */
export function routeContract(test: ContractTest): void {
  test('addRoute arrives as asked for; deleteRoute takes it', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const ours = { metric: 10, protocol: 183, table: 100, source: '192.0.2.2' }
    await mustSend(kernel, [via('addRoute', '192.0.2.1', ours)])
    const [route, ...more] = kernel.mirror.routes({ table: 100 })
    assert.equal(more, [])
    assert.equal(route, {
      family: 4,
      routeType: 'unicast',
      destination: 'default',
      gateway: '192.0.2.1',
      ifindex: 10,
      scope: 0,
      ...ours,
    })
    await mustBeExact(world)
    await mustSend(kernel, [via('deleteRoute', '192.0.2.1', { metric: 10, table: 100 })])
    assert.equal(kernel.mirror.routes({ table: 100 }), [])
    await mustBeExact(world)
  })

  test('a second route of the same destination and metric is refused, one of another metric is not', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const results = await kernel.send([
      via('addRoute', '192.0.2.1', { metric: 10 }),
      via('addRoute', '192.0.2.9', { metric: 10 }),
      via('addRoute', '192.0.2.9', { metric: 11 }),
      via('addRoute', '2001:db8::1', { metric: 10 }),
      via('addRoute', '2001:db8::9', { metric: 10 }),
    ])
    assert.equal(codes(results), ['done', 'EEXIST', 'done', 'done', 'EEXIST'])
    await mustBeExact(world)
  })

  test('replaceRoute adds, replaces, and accepts what is there; the mirror never holds both', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const told: string[] = []
    kernel.subscribe((changes) => {
      for (const change of changes) {
        if ((change.type === 'route' || change.type === 'routeGone') && change.destination === 'default') {
          told.push(`${change.type} ${change.gateway}`)
        }
      }
    })
    for (const prefix of ['192.0.2.', '2001:db8::']) {
      told.length = 0
      await mustSend(kernel, [
        via('replaceRoute', `${prefix}1`, { metric: 10 }),
        via('replaceRoute', `${prefix}9`, { metric: 10 }),
        via('replaceRoute', `${prefix}9`, { metric: 10 }),
      ])
      assert.equal(told, [`route ${prefix}1`, `routeGone ${prefix}1`, `route ${prefix}9`])
    }
    assert.equal(gateways(kernel), ['192.0.2.9', '2001:db8::9'])
    await mustBeExact(world)
  })

  test('a table that does not exist is empty, and deleting from it is ESRCH', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    assert.equal(await kernel.routes({ table: 4242 }), [])
    const results = await kernel.send([
      via('deleteRoute', '192.0.2.1', { table: 4242 }),
      via('deleteRoute', '192.0.2.1'),
      via('deleteRoute', '2001:db8::1'),
    ])
    assert.equal(codes(results), ['ESRCH', 'ESRCH', 'ESRCH'])
  })

  test('routes of one table are dumped alone', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [
      via('addRoute', '192.0.2.1', { table: 1000 }),
      via('addRoute', '2001:db8::1', { table: 1000 }),
    ])
    const routes = await kernel.routes({ table: 1000 })
    assert.equal(routes.map(({ family }) => family).sort(), [4, 6])
    assert.ok((await kernel.routes()).length > 2)
  })

  test('a gateway out of reach is refused with the kernel’s text', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const results = await kernel.send([
      via('addRoute', '198.51.100.1'),
      via('addRoute', '2001:db8:77::1'),
      via('addRoute', '198.51.100.1', { onlink: true }),
    ])
    assert.equal(codes(results), ['ENETUNREACH', 'EHOSTUNREACH', 'done'])
    assert.match(
      String(results[0]),
      'addRoute default via 198.51.100.1 on v0: Nexthop has invalid gateway (ENETUNREACH)',
    )
  })

  test('routes over a link that is down, host bits, and a foreign source are refused', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const to = (destination: string, more: Partial<RouteCommand> = {}): RouteCommand => ({
      type: 'addRoute',
      family: 4,
      destination,
      ifname: 'v0',
      ...more,
    })
    const results = await kernel.send([
      to('203.0.113.1/24'),
      to('203.0.113.0/24', { source: '192.0.2.77' }),
      { type: 'setLink', ifname: 'v0', up: false },
      to('203.0.113.0/24'),
      to('2001:db8:9::/64', { family: 6 }),
      to('203.0.113.0/24', { gateway: '192.0.2.1' }),
    ])
    assert.equal(codes(results), ['EINVAL', 'EINVAL', 'done', 'ENETDOWN', 'ENETDOWN', 'ENETUNREACH'])
    assert.match(String(results[0]), 'Invalid prefix for given prefix length')
    assert.match(String(results[1]), 'Invalid prefsrc address')
    assert.match(String(results[3]), 'Device for nexthop is not up')
  })

  test('blackhole and unreachable routes need no link', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [
      { type: 'addRoute', family: 4, destination: '203.0.113.0/24', routeType: 'blackhole', table: 100 },
      { type: 'addRoute', family: 6, destination: '2001:db8:3::/48', routeType: 'unreachable', table: 100 },
    ])
    const types = kernel.mirror.routes({ table: 100 }).map(({ routeType, metric }) => `${routeType} ${metric}`)
    assert.equal(types.sort(), ['blackhole 0', 'unreachable 1024'])
    await mustBeExact(world)
  })

  test('a multipath route arrives with its hops', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    for (const [family, prefix] of [
      [4, '192.0.2.'],
      [6, '2001:db8::'],
    ] as const) {
      const nexthops = [
        { gateway: `${prefix}11`, ifindex: 10, weight: 1 },
        { gateway: `${prefix}12`, ifindex: 10, weight: 3 },
      ]
      await mustSend(kernel, [{ type: 'addRoute', family, destination: 'default', metric: 50, nexthops }])
      const [route] = kernel.mirror
        .routes({ table: 254 })
        .filter((held) => held.family === family && held.metric === 50)
      assert.equal(route?.nexthops, nexthops)
      assert.is(route?.gateway, undefined)
      await mustBeExact(world)
    }
  })

  test('a link going down takes its IPv4 routes in all tables; the mirror finds out by itself', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [
      via('addRoute', '192.0.2.1', { metric: 10 }),
      via('addRoute', '192.0.2.1', { table: 100 }),
      via('addRoute', '2001:db8::1', { table: 100 }),
      { type: 'addRoute', family: 4, destination: '203.0.113.0/24', routeType: 'blackhole' },
    ])
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', up: false }])
    await kernel.settled()
    assert.equal([gateways(kernel), gateways(kernel, 100)], [[], []])
    const left = kernel.mirror.routes().filter(({ ifindex, family }) => ifindex === 10 && family === 4)
    assert.equal(
      left.map(({ destination }) => destination),
      ['192.0.2.2/32'],
    )
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', up: true }])
    await mustBeExact(world)
    assert.equal(gateways(kernel), [])
  })

  test('a link going away takes its routes; the mirror finds out by itself', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [
      via('addRoute', '192.0.2.1', { table: 100 }),
      via('addRoute', '2001:db8::1', { table: 100 }),
    ])
    await world.foreign([{ type: 'deleteLink', ifname: 'v0' }])
    await kernel.links()
    await kernel.settled()
    assert.equal(kernel.mirror.routes({ table: 100 }), [])
    await mustBeExact(world)
  })

  silentContract(test, mustBeExact)
  silentContract(test, routesMustBeExact, ['routes'])

  test('carrier loss leaves the routes', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [via('addRoute', '192.0.2.1')])
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v1', up: false }])
    await kernel.settled()
    assert.equal(gateways(kernel), ['192.0.2.1'])
    await mustBeExact(world)
  })
}

/** What the kernel deletes without a word when an address goes, whatever is followed. */
function silentContract(
  test: ContractTest,
  mustBe: (world: World) => Promise<void>,
  follow?: readonly FollowSubject[],
): void {
  const who = follow === undefined ? '' : `; following ${follow.join()}`
  test(
    `deleting the last IPv4 address takes the link’s IPv4 routes in all tables${who}`,
    async (world) => {
      const { kernel } = world
      await addPairWithAddresses(kernel)
      await mustSend(kernel, [
        { type: 'addAddress', ifname: 'v0', address: '198.51.100.2', prefixLength: 24 },
        via('addRoute', '192.0.2.1', { table: 100 }),
        via('addRoute', '2001:db8::1', { table: 100 }),
        { type: 'deleteAddress', ifname: 'v0', address: '198.51.100.2', prefixLength: 24 },
      ])
      await kernel.settled()
      assert.equal(gateways(kernel, 100), ['192.0.2.1', '2001:db8::1'])
      await mustSend(kernel, [{ type: 'deleteAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 }])
      await kernel.settled()
      assert.equal(gateways(kernel, 100), ['2001:db8::1'])
      await mustBe(world)
    },
    { follow },
  )

  test(
    `deleting an address takes main’s IPv4 routes that prefer it as source, IPv6 routes lose the preference${who}`,
    async (world) => {
      const { kernel } = world
      await addPairWithAddresses(kernel)
      await mustSend(kernel, [
        { type: 'addAddress', ifname: 'v0', address: '192.0.2.3', prefixLength: 24 },
        { type: 'addAddress', ifname: 'v0', address: '2001:db8::3', prefixLength: 64 },
      ])
      await until(kernel, 'the address can be a source', () =>
        kernel.mirror.routes({ table: 255 }).some(({ destination }) => destination === '2001:db8::3/128'),
      )
      await mustSend(kernel, [
        via('addRoute', '192.0.2.1', { metric: 1, source: '192.0.2.3' }),
        via('addRoute', '192.0.2.9', { metric: 2, source: '192.0.2.2' }),
        via('addRoute', '192.0.2.1', { table: 100, source: '192.0.2.3' }),
        via('addRoute', '2001:db8::1', { source: '2001:db8::3' }),
        { type: 'deleteAddress', ifname: 'v0', address: '192.0.2.3', prefixLength: 24 },
        { type: 'deleteAddress', ifname: 'v0', address: '2001:db8::3', prefixLength: 64 },
      ])
      await mustBe(world)
      assert.equal([gateways(kernel), gateways(kernel, 100)], [['192.0.2.9', '2001:db8::1'], ['192.0.2.1']])
      assert.is(
        kernel.mirror.routes({ table: 254 }).find(({ gateway }) => gateway === '2001:db8::1')?.source,
        undefined,
      )
    },
    { follow },
  )
}
