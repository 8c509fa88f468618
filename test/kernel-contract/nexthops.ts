/** The contract for nexthop objects and the routes that use them. */

import * as assert from 'uvu/assert'
import type { Kernel } from '../../lib/kernel/kernel.js'
import { addPair, type ContractTest, codes, mustBeExact, mustSend, until } from './world.js'

const route = { type: 'addRoute', family: 4, destination: '203.0.113.0/24', protocol: 183 } as const

async function prepare(kernel: Kernel): Promise<void> {
  await addPair(kernel)
  await mustSend(kernel, [
    { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
    { type: 'addNexthop', id: 7, ifname: 'v0', gateway: '192.0.2.1', protocol: 183 },
    { type: 'addNexthop', id: 8, ifname: 'v0', gateway: '192.0.2.3' },
  ])
}

const ours = (kernel: Kernel) => kernel.mirror.routes({ protocol: 183 })

/** Declares the tests for nexthop objects. */
export function nexthopContract(test: ContractTest): void {
  test('addNexthop arrives as asked for, a group too; a route by it shows its way', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    await mustSend(kernel, [
      { type: 'addNexthop', id: 9, group: [{ id: 7 }, { id: 8, weight: 3 }] },
      { type: 'addNexthop', id: 10, blackhole: true },
      { ...route, nexthopId: 7 },
    ])
    const byId = new Map(kernel.mirror.nexthops().map((nexthop) => [nexthop.id, nexthop]))
    const { family, gateway, ifindex, protocol } = byId.get(7) ?? {}
    assert.equal([family, gateway, ifindex, protocol], [4, '192.0.2.1', 10, 183])
    assert.is(byId.get(8)?.protocol, 4)
    assert.equal(byId.get(9)?.group, [
      { id: 7, weight: 1 },
      { id: 8, weight: 3 },
    ])
    assert.is(byId.get(10)?.blackhole, true)
    const [held] = ours(kernel)
    assert.equal([held?.nexthopId, held?.gateway, held?.ifindex, held?.scope], [7, '192.0.2.1', 10, 0])
    await mustBeExact(world)
  })

  test('the same id twice is EEXIST; an id, a link, a member that is not there is refused', async ({ kernel }) => {
    await prepare(kernel)
    const results = await kernel.send([
      { type: 'addNexthop', id: 7, ifname: 'v0' },
      { type: 'deleteNexthop', id: 77 },
      { type: 'addNexthop', id: 78, group: [{ id: 77 }] },
      { type: 'addNexthop', id: 79, ifindex: 77 },
      { ...route, nexthopId: 77 },
    ])
    assert.equal(codes(results), ['EEXIST', 'ENOENT', 'EINVAL', 'EINVAL', 'EINVAL'])
  })

  test('a nexthop object takes its routes along when it goes; the mirror finds out by itself', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    await mustSend(kernel, [
      { ...route, nexthopId: 7 },
      { type: 'deleteNexthop', id: 7 },
    ])
    await kernel.settled()
    assert.equal(ours(kernel), [])
    await mustBeExact(world)
  })

  test('a nexthop object that is replaced leads its routes another way', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    await mustSend(kernel, [
      { ...route, nexthopId: 7 },
      { type: 'replaceNexthop', id: 7, ifname: 'v0', gateway: '192.0.2.5', protocol: 183 },
    ])
    await kernel.settled()
    assert.equal(
      ours(kernel).map(({ gateway }) => gateway),
      ['192.0.2.5'],
    )
    await mustBeExact(world)
  })

  test('carrier loss takes nexthop objects and their routes; the mirror finds out by itself', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    await mustSend(kernel, [{ ...route, nexthopId: 7 }])
    await world.foreign([{ type: 'setLink', ifname: 'v1', up: false }])
    await until(kernel, 'the objects have gone', () => kernel.mirror.nexthops().length === 0)
    await kernel.settled()
    assert.equal(ours(kernel), [])
    await mustBeExact(world)
  })
}
