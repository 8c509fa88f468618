/** The contract for standing orders and urgent sends. */

import * as assert from 'uvu/assert'
import type { Kernel, KernelChange, StandingOrder } from '../../lib/kernel/kernel.js'
import type { KernelCommand, RouteCommand } from '../../lib/kernel/messages.js'
import { addPair, type ContractTest, codes, mustBeExact, mustSend, until, type World } from './world.js'

const MAIN = { family: 4, table: 254, protocol: 183 } as const
const BULK_ROUTES = 5_000

type OrderDone = Extract<KernelChange, { type: 'order' }>

async function prepare(kernel: Kernel): Promise<OrderDone[]> {
  await addPair(kernel)
  await mustSend(kernel, [
    { type: 'addAddress', ifname: 'v0', address: '192.0.2.2', prefixLength: 24 },
    { type: 'addRoute', ...MAIN, destination: '203.0.113.0/24', gateway: '192.0.2.1', ifname: 'v0' },
  ])
  const done: OrderDone[] = []
  kernel.subscribe((changes) => {
    for (const change of changes) if (change.type === 'order') done.push(change)
  })
  return done
}

const failover = (name: string, via: string, lowerUp = false): StandingOrder => ({
  name,
  when: { ifname: 'v0', lowerUp },
  commands: [{ type: 'replaceRoute', ...MAIN, destination: '203.0.113.0/24', gateway: via, ifname: 'v0' }],
})

const gateways = ({ mirror }: Kernel): unknown[] => mirror.routes({ protocol: 183 }).map(({ gateway }) => gateway)
const cut = (world: World): Promise<void> => world.foreign([{ type: 'setLink', ifname: 'v1', up: false }])
const mend = (world: World): Promise<void> => world.foreign([{ type: 'setLink', ifname: 'v1', up: true }])

/** Declares the tests for what is carried out ahead of its turn. */
export function orderContract(test: ContractTest): void {
  test('a standing order is carried out when the carrier goes, once, and told with its results', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    const generation = await kernel.setStandingOrders([failover('over', '192.0.2.9')])
    assert.equal(done, [])
    await cut(world)
    await until(kernel, 'the order is told', () => done.length === 1)
    const [told] = done
    assert.equal([told?.generation, told?.name, told?.ifindex, told?.results], [generation, 'over', 10, ['done']])
    assert.equal(gateways(kernel), ['192.0.2.9'])
    await mend(world)
    await until(kernel, 'v0 has a carrier', () => kernel.mirror.link(10)?.lowerUp === true)
    await cut(world)
    await until(kernel, 'v0 has none', () => kernel.mirror.link(10)?.lowerUp === false)
    await kernel.links()
    assert.is(done.length, 1)
    await mustBeExact(world)
  })

  test('an order of several chunks is carried out whole, and a refusal stands in its place', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    // With a source each: 256 of them are more than one chunk.
    const commands = Array.from(
      { length: 256 },
      (_, at): RouteCommand => ({
        type: 'replaceRoute',
        ...MAIN,
        destination: `198.18.0.${at}/32`,
        gateway: at === 250 ? '198.51.100.9' : '192.0.2.9',
        source: '192.0.2.2',
        metric: 7,
        ifname: 'v0',
      }),
    )
    await kernel.setStandingOrders([{ name: 'many', when: { ifname: 'v0', lowerUp: false }, commands }])
    await cut(world)
    await until(kernel, 'the order is told', () => done.length === 1)
    const refused = done[0]?.results.flatMap((result, at) => (result === 'done' ? [] : [at]))
    assert.equal([done[0]?.results.length, refused], [256, [250]])
    assert.is(kernel.mirror.routes({ protocol: 183 }).length, 256, '255, and the one from before')
  })

  test('a prepared command is sent as it was when it was prepared, and prepared again as it is then', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    const command = {
      ...{ type: 'replaceRoute' as const, ...MAIN, destination: '203.0.113.0/24' },
      ...{ gateway: '192.0.2.7', ifindex: 10 },
    }
    kernel.prepare([command])
    command.gateway = '192.0.2.8'
    await mustSend(kernel, [command])
    assert.equal(gateways(kernel), ['192.0.2.7'])
    kernel.prepare([command])
    await mustSend(kernel, [command])
    assert.equal(gateways(kernel), ['192.0.2.8'])
    command.gateway = 'nowhere'
    kernel.prepare([command])
    assert.equal(codes(await kernel.send([command])), ['ERR_INVALID_CONFIG'])
    assert.equal(gateways(kernel), ['192.0.2.8'], 'what was prepared before is forgotten')
  })

  test('a prepared command that gives a link its name is waited for by those that use the name', async (world) => {
    const { kernel } = world
    const add = { type: 'addLink' as const, ifname: 'made0', kind: 'bridge' as const }
    kernel.prepare([add])
    assert.equal(await kernel.send([add, { type: 'setLink', ifname: 'made0', up: true }]), ['done', 'done'])
    assert.is(kernel.mirror.linkByName('made0')?.up, true)
  })

  test('a new set takes the place of the old one; [] ends them all', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    await kernel.setStandingOrders([failover('old', '192.0.2.8')])
    await kernel.setStandingOrders([failover('new', '192.0.2.9')])
    await cut(world)
    await until(kernel, 'the order is told', () => done.length === 1)
    assert.equal(
      done.map(({ name }) => name),
      ['new'],
    )
    await mend(world)
    await until(kernel, 'v0 has a carrier', () => kernel.mirror.link(10)?.lowerUp === true)
    await kernel.setStandingOrders([failover('third', '192.0.2.7')])
    await kernel.setStandingOrders([])
    await cut(world)
    await until(kernel, 'v0 has none', () => kernel.mirror.link(10)?.lowerUp === false)
    await kernel.links()
    assert.equal(gateways(kernel), ['192.0.2.9'])
  })

  test('an order whose condition holds already is carried out at once', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    await kernel.setStandingOrders([failover('now', '192.0.2.9', true)])
    await until(kernel, 'the order is told', () => done.length === 1)
    assert.equal(gateways(kernel), ['192.0.2.9'])
  })

  test('an order whose condition held already is not carried out again by the next word of that link', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    await kernel.setStandingOrders([failover('now', '192.0.2.9', true), failover('later', '192.0.2.8')])
    await until(kernel, 'the order is told', () => done.length === 1)
    await mustSend(kernel, [
      { type: 'replaceRoute', ...MAIN, destination: '203.0.113.0/24', gateway: '192.0.2.1', ifname: 'v0' },
    ])
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', mtu: 1_400 }])
    assert.equal(gateways(kernel), ['192.0.2.1'])
    assert.equal(
      done.map(({ name }) => name),
      ['now'],
    )
    await cut(world)
    await until(kernel, 'the other order stands all the same', () => done.length === 2)
    assert.equal(gateways(kernel), ['192.0.2.8'])
  })

  test('what the kernel refuses of an order is told at its place', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    const order = failover('over', '192.0.2.9')
    const wrong: RouteCommand = { type: 'deleteRoute', family: 4, destination: '198.51.100.0/24', table: 254 }
    await kernel.setStandingOrders([{ ...order, commands: [wrong, ...order.commands, wrong] }])
    await cut(world)
    await until(kernel, 'the order is told', () => done.length === 1)
    assert.equal(codes(done[0]?.results ?? []), ['ESRCH', 'done', 'ESRCH'])
  })

  test('an order is carried out in the midst of a bulk send', async (world) => {
    const { kernel } = world
    const done = await prepare(kernel)
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'w0', kind: 'veth', peer: { ifname: 'w1' } },
      { type: 'setLink', ifname: 'w0', up: true },
      { type: 'setLink', ifname: 'w1', up: true },
    ])
    await until(kernel, 'w0 has a carrier', () => kernel.mirror.linkByName('w0')?.lowerUp === true)
    await kernel.setStandingOrders([{ ...failover('over', '192.0.2.9'), when: { ifname: 'w0', lowerUp: false } }])
    const bulk = Array.from({ length: BULK_ROUTES }, (_, at): KernelCommand => {
      const destination = `10.0.${at >> 8}.${at & 255}/32`
      return { type: 'addRoute', family: 4, destination, gateway: '192.0.2.1', ifname: 'v0', table: 100 }
    })
    // A link that goes down tells so at once, while linkwatch takes its time with a carrier.
    bulk.splice(BULK_ROUTES / 2, 0, { type: 'setLink', ifname: 'w0', up: false })
    const told: string[] = []
    kernel.subscribe((changes) => {
      for (const change of changes) if (change.type === 'route') told.push(change.destination)
    })
    const results = await kernel.send(bulk)
    assert.is(results.filter((result) => result === 'done').length, BULK_ROUTES + 1)
    await until(kernel, 'the order is told', () => done.length === 1)
    assert.is(told.length, BULK_ROUTES + 1)
    const at = told.indexOf('203.0.113.0/24')
    assert.ok(at >= BULK_ROUTES / 2 && at < BULK_ROUTES, `it came in the midst of the bulk, at ${at}`)
    assert.equal(gateways(kernel), ['192.0.2.9'])
  })

  test('urgent commands have their own results, and go before what waits', async (world) => {
    const { kernel } = world
    await prepare(kernel)
    const bulk = Array.from({ length: BULK_ROUTES }, (_, at): RouteCommand => {
      const destination = `10.0.${at >> 8}.${at & 255}/32`
      return { type: 'addRoute', family: 4, destination, gateway: '192.0.2.1', ifindex: 10, table: 100 }
    })
    const told: string[] = []
    kernel.subscribe((changes) => {
      for (const change of changes) if (change.type === 'route') told.push(change.destination)
    })
    const sending = kernel.send(bulk)
    assert.equal(await kernel.send(failover('', '192.0.2.9').commands, { urgent: true }), ['done'])
    assert.is((await sending).filter((result) => result === 'done').length, BULK_ROUTES)
    assert.is(told.length, BULK_ROUTES + 1)
    assert.ok(told.indexOf('203.0.113.0/24') < BULK_ROUTES, 'it came before the last of the bulk')
    assert.equal(gateways(kernel), ['192.0.2.9'])
  })
}
