import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, NetworkError } from '../../../lib/errors.js'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import { resolveCommand } from '../../../lib/kernel/resolve-command.js'
import { EEXIST, link, opened, rejection, reply } from './scripted-engine.js'

test('send: names become indices; defaults are the engine’s, but for the protocol of a rule', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'), link(3, 'br0'))
  void kernel.send([
    { type: 'setLink', ifname: 'eth0', up: true, master: 'br0' },
    { type: 'addRoute', family: 4, destination: 'default', gateway: '192.0.2.1', ifname: 'eth0' },
    { type: 'addRoute', family: 4, destination: '192.0.2.0/24', ifindex: 2 },
    { type: 'deleteRoute', family: 4, destination: 'default' },
    { type: 'addRule', family: 4, from: '192.0.2.1/32', table: 100, priority: 10 },
  ])
  assert.is(engine.sent.length, 1, 'one batch')
  assert.equal(engine.commands, [
    { type: 'setLink', id: 1, ifindex: 2, up: true, master: 3 },
    { type: 'addRoute', id: 2, family: 4, destination: 'default', gateway: '192.0.2.1', ifindex: 2 },
    { type: 'addRoute', id: 3, family: 4, destination: '192.0.2.0/24', ifindex: 2 },
    { type: 'deleteRoute', id: 4, family: 4, destination: 'default' },
    { type: 'addRule', id: 5, family: 4, from: '192.0.2.1/32', table: 100, priority: 10, protocol: 4 },
  ])
})

test('send: parent, master, the ports of a bond and the links of hops are named as well', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'), link(3, 'br0'))
  void kernel.send([
    { type: 'addLink', ifname: 'eth0.7', kind: 'vlan', parent: 'eth0', master: 'br0', vlan: { id: 7 } },
    { type: 'setLink', ifindex: 9, bond: { primary: 'eth0', activeSlave: 0, minLinks: 1 } },
    {
      type: 'addRoute',
      family: 4,
      destination: 'default',
      nexthops: [{ ifname: 'eth0', gateway: '192.0.2.1' }, { ifindex: 3 }],
    },
  ])
  assert.equal(engine.commands, [
    { type: 'addLink', id: 1, ifname: 'eth0.7', kind: 'vlan', parent: 2, master: 3, vlan: { id: 7 } },
    { type: 'setLink', id: 2, ifindex: 9, bond: { primary: 2, activeSlave: 0, minLinks: 1 } },
    {
      type: 'addRoute',
      id: 3,
      family: 4,
      destination: 'default',
      nexthops: [{ gateway: '192.0.2.1', ifindex: 2 }, { ifindex: 3 }],
    },
  ])
})

test('resolve: a command without names is passed on as it is', () => {
  const mirror = { link: () => undefined, linkByName: () => undefined }
  const commands: KernelCommand[] = [
    { type: 'addRoute', family: 4, destination: 'default', gateway: '192.0.2.1', ifindex: 2 },
    { type: 'addRule', family: 4, protocol: 4 },
    { type: 'addNeighbour', ifindex: 2, address: '192.0.2.1' },
    { type: 'addNexthop', id: 1, ifindex: 2 },
  ]
  for (const command of commands) assert.is(resolveCommand(command, mirror), command)
})

test('send: one result a command; the error says what, on which link, the text and the errno', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const add = (text: string): KernelCommand => ({ type: 'addAddress', ifname: 'eth0', address: text, prefixLength: 24 })
  const results = kernel.send([add('192.0.2.1'), add('192.0.2.2')])
  engine.deliver(reply(1, EEXIST), reply(2))
  const [first, second] = await results
  assert.is(second, 'done')
  assert.instance(first, NetworkError)
  if (first === 'done' || first === undefined) return
  assert.is(first.message, 'addAddress 192.0.2.1/24 on eth0: ipv4: Address already assigned (EEXIST)')
  assert.equal(
    [first.code, first.errno, first.operation, first.ifname],
    ['ERR_KERNEL_REFUSED', 17, 'addAddress', 'eth0'],
  )
})

test('refusals: EPERM and EACCES are ERR_NOT_PERMITTED, ENODEV is ERR_NO_SUCH_INTERFACE; a missing text is filled in', async () => {
  const { kernel, engine } = await opened()
  const cases = [
    ['EPERM', 1, 'ERR_NOT_PERMITTED'],
    ['EACCES', 13, 'ERR_NOT_PERMITTED'],
    ['ENODEV', 19, 'ERR_NO_SUCH_INTERFACE'],
    ['ESRCH', 3, 'ERR_KERNEL_REFUSED'],
  ] as const
  const results = kernel.send(cases.map(() => ({ type: 'deleteLink', ifindex: 9 })))
  engine.deliver(
    ...cases.map(([code, errno], at) => reply(at + 1, { errno, code, operation: 'deleteLink', message: '' })),
  )
  for (const [at, result] of (await results).entries()) {
    if (result === 'done') throw new Error('not refused')
    assert.is(result.code, cases[at]?.[2])
    assert.match(result.message, new RegExp(`deleteLink on link 9: .+ \\(${cases[at]?.[0]}\\)`))
  }
})

test('send: an unknown name is refused without the engine, the rest goes on', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const results = kernel.send([
    { type: 'setLink', ifname: 'eth7', up: true },
    { type: 'setLink', ifname: 'eth0', master: 'br7' },
    { type: 'setLink', ifname: 'eth0', up: true },
  ])
  assert.is(engine.commands.length, 1)
  engine.deliver(reply(1))
  const [first, second, third] = await results
  assert.ok(isNetworkError(first, 'ERR_NO_SUCH_INTERFACE'))
  assert.match(String(first), 'eth7')
  assert.ok(isNetworkError(second, 'ERR_NO_SUCH_INTERFACE'))
  assert.is(third, 'done')
})

test('send: a name that an earlier command of the same send makes waits for that command', async () => {
  const { kernel, engine } = await opened()
  const results = kernel.send([
    { type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1' } },
    { type: 'setLink', ifname: 'v1', up: true },
    { type: 'setLink', ifname: 'v0', name: 'w0' },
    { type: 'setLink', ifname: 'w0', up: true },
  ])
  const rules = kernel.rules()
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  assert.is(engine.sent.length, 1)
  engine.deliver(link(8, 'v1'), link(9, 'v0'), reply(1))
  await turn()
  assert.is(engine.sent.length, 2)
  assert.equal(
    engine.sent[1]?.map((command) => [command.type, 'ifindex' in command && command.ifindex]),
    [
      ['setLink', 8],
      ['setLink', 9],
    ],
  )
  engine.deliver(reply(2), link(9, 'w0'), reply(3))
  await turn()
  assert.equal(engine.sent[2], [{ type: 'setLink', id: 4, ifindex: 9, up: true }])
  engine.deliver(reply(4))
  assert.equal(await results, ['done', 'done', 'done', 'done'])
  await turn()
  assert.is(engine.sent[3]?.[0]?.type, 'dump', 'a dump stays behind the commands sent before it')
  engine.deliver({ type: 'reply', atMs: 9, id: 5, records: [] })
  assert.equal(await rules, [])
})

test('send: a bad argument is named by its field and never reaches the engine', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const on = { ifname: 'eth0' } as const
  const cases: [KernelCommand, string][] = [
    [{ type: 'addAddress', ...on, address: '192.0.2', prefixLength: 24 }, 'address'],
    [{ type: 'addAddress', ...on, address: '192.0.2.1', prefixLength: 33 }, 'prefixLength'],
    [{ type: 'addAddress', ...on, address: '2001:db8::1', prefixLength: 129 }, 'prefixLength'],
    [{ type: 'addAddress', address: '192.0.2.1', prefixLength: 24 }, 'ifname'],
    [{ type: 'addAddress', ...on, address: '192.0.2.1', prefixLength: 24, broadcast: '::1' }, 'broadcast'],
    [{ type: 'addRoute', ...on, family: 4, destination: '2001:db8::/64' }, 'destination'],
    [{ type: 'addRoute', ...on, family: 4, destination: '192.0.2.0' }, 'destination'],
    [{ type: 'addRoute', ...on, family: 4, destination: '192.0.2.0/024.' }, 'destination'],
    [{ type: 'addRoute', ...on, family: 6, destination: 'default', gateway: '192.0.2.1' }, 'gateway'],
    [{ type: 'addRoute', ...on, family: 4, destination: 'default', metric: -1 }, 'metric'],
    [{ type: 'addRoute', ...on, family: 4, destination: 'default', table: 1.5 }, 'table'],
    [
      { type: 'addRoute', family: 4, destination: 'default', nexthops: [{ ifindex: 2, weight: 0 }] },
      'nexthops.0.weight',
    ],
    [{ type: 'addRule', family: 4, from: '192.0.2.1' }, 'from'],
    [{ type: 'setLink', ...on, name: 'a/b' }, 'name'],
    [{ type: 'setLink', ...on, macAddress: '02:00' }, 'macAddress'],
    [{ type: 'addLink', ifname: 'a-very-long-name', kind: 'veth' }, 'ifname'],
    [{ type: 'setSysctl', path: ['ipv4', '..', 'x'], value: '1' }, 'path'],
    [{ type: 'nonsense' } as unknown as KernelCommand, 'type'],
  ]
  const results = await kernel.send(cases.map(([command]) => command))
  for (const [at, result] of results.entries()) {
    if (result === 'done') throw new Error(`command ${at} was not refused`)
    assert.is(result.field, cases[at]?.[1])
    assert.match(result.code, /^ERR_INVALID_(CONFIG|INTERFACE_NAME)$/)
  }
  assert.match(String(results[13]), 'interface name')
  assert.equal(engine.sent, [])
})

test('a reply behind an overrun waits for the dump that follows, so that the mirror holds what its command did', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  let done = false
  const sending = kernel.send([{ type: 'setLink', ifname: 'eth0', mtu: 1400 }]).then(() => {
    done = true
  })
  engine.deliver({ type: 'overrun', atMs: 3 }, reply(1))
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(done, false)
  engine.snapshot(link(2, 'eth0', { mtu: 1400 }))
  await sending
  assert.is(kernel.mirror.link(2)?.mtu, 1400)
})

test('close in the midst of a send that waits for a name rejects it', async () => {
  const { kernel } = await opened()
  const sending = rejection(
    kernel.send([
      { type: 'addLink', ifname: 'v0', kind: 'veth' },
      { type: 'setLink', ifname: 'v0', up: true },
    ]),
  )
  const behind = rejection(kernel.links())
  await kernel.close()
  assert.is((await sending).code, 'ERR_STOPPED')
  assert.is((await behind).code, 'ERR_STOPPED')
})

test.run()
