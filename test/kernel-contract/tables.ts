/** The contract for tables as a whole. */

import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { DesiredRoute, DesiredTable, TableReplaced } from '../../lib/kernel/replace-table.js'
import { addPair, type ContractTest, codes, mustBeExact, mustSend } from './world.js'

const OURS = { table: 100, protocol: 183 } as const
const IPV4 = { ...OURS, family: 4 } as const
const IPV6 = { ...OURS, family: 6 } as const

/** v0 with 192.0.2.2/24 and 2001:db8::2/64. */
async function addPairWithAddresses(kernel: Kernel): Promise<void> {
  await addPair(kernel)
  await mustSend(kernel, [
    { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
    { type: 'addAddress', ifname: 'v0', address: '2001:db8::2', prefixLength: 64 },
  ])
}

const counts = ({ unchanged, added, replaced, deleted, refused }: TableReplaced) => ({
  unchanged,
  added,
  replaced,
  deleted,
  refused: codes(refused),
})
const NOTHING = { unchanged: 0, added: 0, replaced: 0, deleted: 0, refused: [] }

/** The routes are added, then left alone however often they are asked for, then deleted. */
async function mustStay(kernel: Kernel, desired: DesiredTable): Promise<void> {
  const { length } = desired.routes
  assert.equal(counts(await kernel.replaceTable(desired)), { ...NOTHING, added: length })
  for (const _ of [2, 3]) {
    assert.equal(counts(await kernel.replaceTable(desired)), { ...NOTHING, unchanged: length })
  }
  assert.equal(counts(await kernel.replaceTable({ ...desired, routes: [] })), { ...NOTHING, deleted: length })
  assert.equal(await kernel.routes({ table: desired.table }), [])
}

/** Declares the tests for tables. */
export function tableContract(test: ContractTest): void {
  test('replaceTable makes a table hold what is wanted with as few commands as that takes', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const to = (host: number, gateway = '192.0.2.1') => ({
      destination: `198.51.100.${host}/32`,
      gateway,
      ifname: 'v0',
    })
    const table = { table: 100, family: 4, protocol: 183 } as const
    const first = await kernel.replaceTable({ ...table, routes: [to(1), to(2), to(3)] })
    assert.equal([first.added, first.replaced, first.deleted, first.unchanged], [3, 0, 0, 0])
    await mustSend(kernel, [{ type: 'addRoute', family: 4, table: 100, protocol: 4, ...to(9) }])
    const second = await kernel.replaceTable({ ...table, routes: [to(1), to(2, '192.0.2.5'), to(4)] })
    assert.equal([second.added, second.replaced, second.deleted, second.unchanged], [1, 1, 1, 1])
    assert.equal(second.refused, [])
    const held = (await kernel.routes({ table: 100 })).map(({ destination, gateway }) => `${destination} ${gateway}`)
    assert.equal(held.sort(), [
      '198.51.100.1/32 192.0.2.1',
      '198.51.100.2/32 192.0.2.5',
      '198.51.100.4/32 192.0.2.1',
      '198.51.100.9/32 192.0.2.1',
    ])
    await mustBeExact(world)
  })

  test('replaceTable leaves alone what is there in other words: attributes, single hops, nexthop objects', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [{ type: 'addNexthop', id: 7, ifname: 'v0', gateway: '192.0.2.1' }])
    const routes = [
      { destination: '198.51.100.1/32', nexthops: [{ gateway: '192.0.2.1', ifname: 'v0' }] },
      { destination: '198.51.100.2/32', gateway: '192.0.2.1', ifname: 'v0', mtu: 1_400, tos: 0, onlink: true },
      { destination: '198.51.100.3/32', nexthopId: 7 },
      { destination: '198.51.100.4/32', ifname: 'v0' },
    ]
    const desired = { table: 100, family: 4, protocol: 183, routes } as const
    assert.is((await kernel.replaceTable(desired)).added, 4)
    const again = await kernel.replaceTable(desired)
    assert.equal([again.unchanged, again.added, again.replaced, again.deleted], [4, 0, 0, 0])
    assert.is((await kernel.replaceTable({ ...desired, routes: [] })).deleted, 4)
    await mustBeExact(world)
  })

  test('replaceTable knows an IPv6 route by what the kernel makes of its text: host bits, IPv4 at the end', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const written = ['2001:db8:9::1/64', '2001:db8:a:f::/61', '::ffff:0:0/96', '::ffff:c000:201/128', '::5:6/128']
    const way = { gateway: '2001:DB8:0::1', ifname: 'v0' }
    const routes = [...written, '2001:0DB8:000b::/048', '2001:db8::1/0'].map((destination) => ({ destination, ...way }))
    await kernel.replaceTable({ ...IPV6, routes })
    assert.equal((await kernel.routes({ table: 100 })).map(({ destination }) => destination).sort(), [
      '2001:db8:9::/64',
      '2001:db8:a:8::/61',
      '2001:db8:b::/48',
      '::0.5.0.6/128',
      '::ffff:0.0.0.0/96',
      '::ffff:192.0.2.1/128',
      'default',
    ])
    await mustBeExact(world)
    await kernel.replaceTable({ ...IPV6, routes: [] })
    await mustStay(kernel, { ...IPV6, routes })
    const listed = ['::0.5.0.6/128', '::ffff:0.0.0.0/96'].map((destination) => ({ destination, ...way }))
    await mustStay(kernel, { ...IPV6, routes: listed })
    await mustBeExact(world)
  })

  test('replaceTable knows gateways and sources by what the kernel makes of their text', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    await mustSend(kernel, [{ type: 'addAddress', ifname: 'v0', address: '::5:6', prefixLength: 96 }])
    const routes: readonly DesiredRoute[] = [
      { destination: '2001:db8:1::/48', gateway: '::5:7', ifname: 'v0', source: '::0.5.0.6' },
      {
        destination: '2001:db8:2::/48',
        nexthops: ['::5:7', '2001:db8::01'].map((gateway) => ({ gateway, ifname: 'v0' })),
      },
    ]
    await mustStay(kernel, { ...IPV6, routes })
    await mustStay(kernel, { ...IPV4, routes: [{ destination: 'default', gateway: '2001:0db8::1', ifname: 'v0' }] })
  })

  test('replaceTable lets the kernel refuse IPv4 host bits, and keeps the route of that prefix', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const to = (destination: string): DesiredTable => ({
      ...IPV4,
      routes: [{ destination, gateway: '192.0.2.1', ifname: 'v0' }],
    })
    for (const destination of ['198.51.100.5/24', '198.51.100.5/0']) {
      assert.equal(counts(await kernel.replaceTable(to(destination))), { ...NOTHING, refused: ['EINVAL'] })
    }
    await kernel.replaceTable(to('198.51.100.0/24'))
    assert.equal(counts(await kernel.replaceTable(to('198.51.100.5/24'))), { ...NOTHING, refused: ['EINVAL'] })
    assert.equal(
      (await kernel.routes({ table: 100 })).map(({ destination }) => destination),
      ['198.51.100.0/24'],
    )
  })

  test('replaceTable leaves alone what the kernel fills in: a link, lo for what is rejected, a scope', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const rejecting = (['blackhole', 'unreachable', 'prohibit', 'throw'] as const).map((routeType, at) => ({
      routeType,
      metric: at + 1,
    }))
    await mustStay(kernel, {
      ...IPV4,
      routes: [
        { destination: '198.51.100.0/24', gateway: '192.0.2.1' },
        { destination: '198.51.100.128/25', gateway: '2001:db8::1', ifname: 'v0' },
        ...rejecting.map((route) => ({ destination: 'default', ...route })),
      ],
    })
    await mustStay(kernel, {
      ...IPV6,
      routes: [
        { destination: '2001:db8:1::/48', gateway: '2001:db8::1' },
        { destination: '2001:db8:2::/48', gateway: '2001:db8::1', ifname: 'v0', scope: 253 },
        { destination: '2001:db8:3::/48', ifname: 'v0', scope: 253 },
        ...rejecting.map((route) => ({ destination: 'default', ...route })),
        ...rejecting.map((route) => ({ destination: '2001:db8:4::/48', ifname: 'v0', ...route })),
        ...rejecting.map((route) => ({
          destination: '2001:db8:5::/48',
          gateway: '2001:db8::1',
          ifname: 'v0',
          ...route,
        })),
      ],
    })
    await mustBeExact(world)
  })

  test('replaceTable does not replace a route of another protocol', async (world) => {
    const { kernel } = world
    await addPairWithAddresses(kernel)
    const foreign = { ...OURS, protocol: 4, type: 'addRoute', ifname: 'v0' } as const
    await mustSend(kernel, [
      { ...foreign, family: 4, destination: 'default', gateway: '192.0.2.1' },
      { ...foreign, family: 6, destination: 'default', gateway: '2001:db8::1' },
    ])
    const before = await kernel.routes({ table: 100 })
    for (const gateway of ['192.0.2.5', '192.0.2.1']) {
      const done = await kernel.replaceTable({ ...IPV4, routes: [{ destination: 'default', gateway, ifname: 'v0' }] })
      assert.equal(counts(done), { ...NOTHING, refused: ['EEXIST'] })
    }
    for (const gateway of ['2001:db8::5', '2001:db8::1']) {
      const done = await kernel.replaceTable({ ...IPV6, routes: [{ destination: 'default', gateway, ifname: 'v0' }] })
      assert.equal(counts(done), { ...NOTHING, refused: ['EEXIST'] })
    }
    assert.equal(await kernel.routes({ table: 100 }), before)
  })
}
