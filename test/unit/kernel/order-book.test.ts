/** Standing orders as the engine is told of them, and what is wrong with them. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Kernel, StandingOrder } from '../../../lib/kernel/kernel.js'
import type { KernelEvent } from '../../../lib/kernel/messages.js'
import { link, opened, rejection, reply, type ScriptedEngine } from './scripted-engine.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const order = (name: string, ifname: string, lowerUp = false): StandingOrder => ({
  name,
  when: { ifname, lowerUp },
  commands: [{ type: 'deleteRoute', family: 4, destination: 'default', ifname }],
})

const carriedOut = (name: string, ifindex: number): KernelEvent => {
  return { type: 'order', atMs: 5, generation: 1, name, ifindex, triggeredMs: 4, doneMs: 5, refusals: [] }
}

/** The names of each set that was sent. */
const sets = (engine: ScriptedEngine): string[] =>
  engine.commands.flatMap((command) =>
    command.type === 'setOrders' ? [command.orders.map(({ name }) => name).join()] : [],
  )

function outcomes(kernel: Kernel): string[] {
  const told: string[] = []
  kernel.subscribe((changes) => {
    for (const change of changes) if (change.type === 'order') told.push(change.name)
  })
  return told
}

const idOf = (engine: ScriptedEngine): number => engine.commands.at(-1)?.id ?? 0

test('an order that was carried out while another was taken back does not stand again', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0', { lowerUp: false }), link(3, 'eth1'), link(4, 'eth2'))
  const told = outcomes(kernel)
  const setting = kernel.setStandingOrders([order('A', 'eth0'), order('B', 'eth1'), order('C', 'eth2')])
  engine.deliver(reply(1))
  await turn()
  assert.equal(sets(engine), ['A,B,C', 'B,C'])
  const takingBack = idOf(engine)
  engine.deliver(link(3, 'eth1', { lowerUp: false }), carriedOut('B', 3), reply(takingBack))
  await turn()
  assert.equal(sets(engine), ['A,B,C', 'B,C', 'C'])
  // C goes while that crosses, and stands again with it.
  const third = engine.commands.findLast(({ type }) => type === 'setOrders')?.id ?? 0
  engine.deliver(carriedOut('C', 4), reply(third))
  await turn()
  assert.equal(sets(engine), ['A,B,C', 'B,C', 'C', ''])
  engine.deliver(reply(engine.commands.findLast(({ type }) => type === 'setOrders')?.id ?? 0))
  assert.is(await setting, 1)
  const due = engine.commands.filter(({ type }) => type === 'deleteRoute')
  assert.is(due.length, 1, 'A was carried out from here, once')
  engine.deliver(reply(due[0]?.id ?? 0))
  await turn()
  assert.equal(told, ['B', 'C', 'A'])
})

test('a set of which nothing is due, or nothing was carried out meanwhile, is sent no oftener than it must', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0', { lowerUp: false }), link(3, 'eth1'))
  const first = kernel.setStandingOrders([order('B', 'eth1')])
  engine.deliver(reply(1))
  assert.is(await first, 1)
  const second = kernel.setStandingOrders([order('A', 'eth0'), order('B', 'eth1')])
  engine.deliver(reply(2))
  await turn()
  engine.deliver(reply(3))
  assert.is(await second, 2)
  assert.equal(sets(engine), ['B', 'A,B', 'B'])
})

test('a newer set ends the taking back of an older one', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0', { lowerUp: false }), link(3, 'eth1'))
  const first = kernel.setStandingOrders([order('A', 'eth0'), order('B', 'eth1')])
  engine.deliver(reply(1))
  await turn()
  const second = kernel.setStandingOrders([])
  engine.deliver(carriedOut('B', 3), reply(2), reply(3))
  assert.equal(await Promise.all([first, second]), [1, 2])
  await turn()
  assert.equal(sets(engine), ['A,B', 'B', ''])
})

const good = order('one', 'eth0')
const [command] = good.commands

/** What a program without types may ask for, and the field that is wrong. */
const BAD: readonly (readonly [field: string, orders: unknown])[] = [
  ['orders', undefined],
  ['orders', Array.from({ length: 4_097 }, (_, at) => ({ ...good, name: `${at}` }))],
  ['orders.1', [good, null]],
  ['orders.0.name', [{ ...good, name: '' }]],
  ['orders.1.name', [good, good]],
  ['orders.0.when', [{ name: 'one', commands: [] }]],
  ['orders.0.when', [{ ...good, when: null }]],
  ['orders.0.when.lowerUp', [{ ...good, when: { ifname: 'eth0' } }]],
  ['orders.0.when.lowerUp', [{ ...good, when: { ifname: 'eth0', lowerUp: 1 } }]],
  ['orders.0.when.ifname', [{ ...good, when: { lowerUp: true } }]],
  ['orders.0.when.ifname', [{ ...good, when: { ifname: 'a/b', lowerUp: true } }]],
  ['orders.0.when.ifindex', [{ ...good, when: { ifindex: -1, lowerUp: true } }]],
  ['orders.0.commands', [{ ...good, commands: undefined }]],
  ['orders.0.commands', [{ ...good, commands: Array(257).fill(command) }]],
  ['orders.0.commands.1', [{ ...good, commands: [command, null] }]],
  ['orders.0.commands.0.type', [{ ...good, commands: [{ type: 'explode' }] }]],
  ['orders.0.commands.0.type', [{ ...good, commands: [{ type: 'setSysctl', path: ['ipv4'], value: '1' }] }]],
  [
    'orders.1.commands.2.gateway',
    [good, { ...good, name: 'two', commands: [command, command, { ...command, gateway: 'x' }] }],
  ],
]

for (const [at, [field, orders]] of BAD.entries()) {
  test(`a set with a wrong ${field} is refused with that field, and nothing is sent (${at})`, async () => {
    const { kernel, engine } = await opened(link(2, 'eth0'))
    const error = await rejection(kernel.setStandingOrders(orders as StandingOrder[]))
    assert.match(error.code, /^ERR_INVALID_(CONFIG|INTERFACE_NAME)$/)
    assert.equal([error.field, error.operation], [field, 'setStandingOrders'])
    assert.match(error.message, /^setStandingOrders: .*expected/)
    assert.equal(engine.commands, [])
  })
}

test('a link that is not there is said with the order, or with the command', async () => {
  const { kernel } = await opened(link(2, 'eth0'))
  const ofOrder = await rejection(kernel.setStandingOrders([order('one', 'eth7')]))
  assert.equal([ofOrder.code, ofOrder.ifname], ['ERR_NO_SUCH_INTERFACE', 'eth7'])
  assert.match(ofOrder.message, 'standing order one')
  const commands = [{ type: 'setLink', ifname: 'eth7', up: true } as const]
  const ofCommand = await rejection(kernel.setStandingOrders([{ ...good, commands }]))
  const { code, ifname, field } = ofCommand
  assert.equal([code, ifname, field], ['ERR_NO_SUCH_INTERFACE', 'eth7', 'orders.0.commands.0'])
})

test.run()
