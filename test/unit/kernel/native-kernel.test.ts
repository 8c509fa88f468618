import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError, NetworkError } from '../../../lib/errors.js'
import type { Kernel } from '../../../lib/kernel/kernel.js'
import type { EngineError, KernelCommand, KernelEvent } from '../../../lib/kernel/messages.js'
import { openKernel } from '../../../lib/kernel/native-kernel.js'
import { address, link, route, ScriptedEngine } from './scripted-engine.js'

const reply = (id: number, error?: EngineError): KernelEvent =>
  error === undefined ? { type: 'reply', atMs: 9, id } : { type: 'reply', atMs: 9, id, error }
const EEXIST: EngineError = {
  errno: 17,
  code: 'EEXIST',
  operation: 'addAddress',
  message: 'ipv4: Address already assigned',
}

/** A kernel whose first dump held these records. */
async function opened(...records: KernelEvent[]): Promise<{ kernel: Kernel; engine: ScriptedEngine }> {
  const engine = new ScriptedEngine()
  const opening = openKernel({ binding: engine })
  await Promise.resolve()
  engine.snapshot(...records)
  return { kernel: await opening, engine }
}

async function rejection(promise: Promise<unknown>): Promise<NetworkError> {
  try {
    await promise
  } catch (thrown) {
    if (isNetworkError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it resolved')
}

test('openKernel resolves when the first dump has ended, not before', async () => {
  const engine = new ScriptedEngine()
  let done = false
  const opening = openKernel({ binding: engine }).then((kernel) => {
    done = true
    return kernel
  })
  await Promise.resolve()
  engine.deliver({ type: 'snapshotBegin', atMs: 1, what: 'all' }, link(1, 'lo'))
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(done, false)
  engine.deliver({ type: 'snapshotEnd', atMs: 1, what: 'all' })
  const kernel = await opening
  assert.is(kernel.mirror.links().length, 1)
})

test('netns is a path, or the pid of a process; other options go through', async () => {
  for (const [netns, expected] of [
    [42, '/proc/42/ns/net'],
    ['/run/netns/a', '/run/netns/a'],
  ] as const) {
    const engine = new ScriptedEngine()
    const opening = openKernel({ binding: engine, netns, receiveBufferBytes: 4096 })
    engine.snapshot()
    await opening
    assert.equal(engine.options, { netns: expected, receiveBufferBytes: 4096 })
  }
})

test('impossible options are named', async () => {
  const binding = new ScriptedEngine()
  assert.is((await rejection(openKernel({ binding, netns: -1 }))).field, 'netns')
  assert.is((await rejection(openKernel({ binding, netns: '' }))).field, 'netns')
  assert.is((await rejection(openKernel({ binding, receiveBufferBytes: 0 }))).field, 'receiveBufferBytes')
})

test('an engine that dies before its first dump makes openKernel reject with the reason', async () => {
  const engine = new ScriptedEngine()
  const opening = openKernel({ binding: engine })
  await Promise.resolve()
  engine.deliver({ type: 'fatal', atMs: 1, error: { errno: 1, code: 'EPERM', operation: 'setns', message: '' } })
  const error = await rejection(opening)
  assert.is(error.code, 'ERR_NOT_PERMITTED')
  assert.match(error.message, 'setns')
  assert.is(engine.closed, 1)
})

test('what the engine throws at open becomes a NetworkError', async () => {
  const binding = new ScriptedEngine()
  binding.open = () => {
    throw Object.assign(new Error('no such namespace'), { errno: 2, code: 'ENOENT', operation: 'open /run/netns/x' })
  }
  const error = await rejection(openKernel({ binding }))
  assert.is(error.code, 'ERR_KERNEL_REFUSED')
  assert.match(error.message, /netns\/x: no such namespace \(ENOENT\)/)
})

test('send: names become indices, defaults are filled in, undefined is left away', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'), link(3, 'br0'))
  void kernel.send([
    { type: 'setLink', ifname: 'eth0', up: true, mtu: undefined, master: 'br0' },
    { type: 'addRoute', family: 4, destination: 'default', gateway: '192.0.2.1', ifname: 'eth0' },
    { type: 'addRoute', family: 4, destination: '192.0.2.0/24', ifindex: 2 },
    { type: 'deleteRoute', family: 4, destination: 'default' },
    { type: 'addRule', family: 4, from: '192.0.2.1/32', table: 100, priority: 10 },
  ])
  assert.is(engine.sent.length, 1, 'one batch')
  const more = { family: 4, routeType: 'unicast', table: 254, protocol: 4 }
  assert.equal(engine.commands, [
    { type: 'setLink', id: 1, ifindex: 2, up: true, master: 3 },
    { type: 'addRoute', id: 2, ...more, destination: 'default', gateway: '192.0.2.1', ifindex: 2, scope: 0 },
    { type: 'addRoute', id: 3, ...more, destination: '192.0.2.0/24', ifindex: 2, scope: 253 },
    { type: 'deleteRoute', id: 4, family: 4, destination: 'default', table: 254 },
    { type: 'addRule', id: 5, family: 4, from: '192.0.2.1/32', table: 100, priority: 10, action: 'table', protocol: 4 },
  ])
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
    [{ type: 'addRoute', ...on, family: 4, destination: 'default', gateway: '2001:db8::1' }, 'gateway'],
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
  assert.match(String(results[12]), 'interface name')
  assert.equal(engine.sent, [])
})

test('listeners hear a batch before any result resolves, in order, the mirror being current', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const heard: string[] = []
  kernel.subscribe(() => heard.push(`first ${kernel.mirror.addresses(2).length}`))
  kernel.subscribe(() => heard.push('second'))
  const results = kernel
    .send([{ type: 'addAddress', ifname: 'eth0', address: '192.0.2.1', prefixLength: 24 }])
    .then(() => heard.push('result'))
  engine.deliver({ type: 'address', atMs: 3, ...address(2, '192.0.2.1') }, reply(1))
  assert.equal(heard, ['first 1', 'second'])
  await results
  assert.equal(heard, ['first 1', 'second', 'result'])
})

test('a listener that throws is logged and harms no other; one that has unsubscribed hears nothing', async () => {
  const logged: string[] = []
  const quiet = (): void => undefined
  const logger = { debug: quiet, info: quiet, warn: quiet, error: (_: object, text: string) => void logged.push(text) }
  const engine = new ScriptedEngine()
  const opening = openKernel({ binding: engine, logger })
  engine.snapshot()
  const kernel = await opening
  let heard = 0
  const gone = kernel.subscribe(() => assert.unreachable())
  kernel.subscribe(() => {
    throw new Error('mine')
  })
  kernel.subscribe(() => {
    heard += 1
  })
  gone.unsubscribe()
  gone.unsubscribe()
  engine.deliver(link(2, 'eth0'))
  assert.is(heard, 1)
  assert.is(logged.length, 1)
})

test('settled waits for the route dump that a link going down makes necessary; one request serves several needs', async () => {
  const { kernel, engine } = await opened(
    link(2, 'eth0'),
    link(3, 'eth1'),
    { type: 'route', atMs: 1, ...route('default', { ifindex: 2 }) },
    { type: 'route', atMs: 1, ...route('203.0.113.0/24', { ifindex: 3 }) },
  )
  await kernel.settled()
  engine.deliver(link(2, 'eth0', { up: false }), link(3, 'eth1', { up: false }))
  assert.equal(engine.commands, [{ type: 'resync', what: 'routes', id: 1 }])
  let settled = false
  const settling = kernel.settled().then(() => {
    settled = true
  })
  engine.deliver({ type: 'snapshotBegin', atMs: 4, what: 'routes' })
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(settled, false)
  engine.deliver({ type: 'snapshotEnd', atMs: 5, what: 'routes' }, reply(1))
  await settling
  assert.equal(kernel.mirror.routes(), [])
})

test('a need that arises while a dump is read asks for another', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'), {
    type: 'route',
    atMs: 1,
    ...route('default', { ifindex: 2 }),
  })
  engine.deliver(link(2, 'eth0', { up: false }), { type: 'snapshotBegin', atMs: 4, what: 'routes' })
  engine.deliver(link(2, 'eth0', { up: false }))
  assert.equal(
    engine.commands.map(({ type }) => type),
    ['resync', 'resync'],
  )
  engine.deliver({ type: 'snapshotEnd', atMs: 5, what: 'routes' })
  let settled = false
  void kernel.settled().then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(settled, false)
})

test('after an overrun settled waits for the dump of everything', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const heard: string[] = []
  kernel.subscribe((changes) => heard.push(...changes.map(({ type }) => type)))
  engine.deliver({ type: 'overrun', atMs: 3 })
  let settled = false
  const settling = kernel.settled().then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(settled, false)
  engine.snapshot(link(3, 'eth1'))
  await settling
  assert.equal(heard, ['overrun', 'linkGone', 'link'])
})

test('a watch begins with a snapshot, then tells every change, and ends on abort without an error', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const abort = new AbortController()
  const seen: string[] = []
  for await (const item of kernel.watch({ signal: abort.signal })) {
    seen.push(item.type)
    if (item.type === 'snapshot') {
      assert.is(item.links.length, 1)
      engine.deliver(link(3, 'eth1'), { type: 'linkGone', atMs: 4, ifindex: 2, ifname: 'eth0' })
    }
    if (item.type === 'linkGone') abort.abort()
  }
  assert.equal(seen, ['snapshot', 'link', 'linkGone'])
})

test('a probe resolves with its outcome; its abort cancels it at the engine', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const request = { address: '192.0.2.1', port: 53, ifname: 'eth0', deadlineMs: 100 }
  const outcome = kernel.probe(request)
  assert.equal(engine.commands, [{ type: 'probe', id: 1, ...request }])
  engine.deliver({ type: 'probe', atMs: 5, id: 1, outcome: 'refused', ms: 2.5 })
  assert.equal(await outcome, { outcome: 'refused', ms: 2.5 })

  const abort = new AbortController()
  const cancelled = rejection(kernel.probe(request, { signal: abort.signal }))
  abort.abort()
  assert.is((await cancelled).code, 'ERR_CANCELLED')
  assert.equal(engine.commands.at(-1), { type: 'cancel', id: 3, target: 2 })
  engine.deliver({ type: 'probe', atMs: 5, id: 2, outcome: 'timeout', ms: 100 })
})

test('a probe is checked first: address, port, link, signal', async () => {
  const { kernel, engine } = await opened()
  const good = { address: '192.0.2.1', port: 53, deadlineMs: 100 }
  assert.is((await rejection(kernel.probe({ ...good, address: 'example.com' }))).field, 'address')
  assert.is((await rejection(kernel.probe({ ...good, port: 0 }))).field, 'port')
  assert.is((await rejection(kernel.probe({ ...good, ifname: 'eth9' }))).code, 'ERR_NO_SUCH_INTERFACE')
  assert.is((await rejection(kernel.probe(good, { signal: AbortSignal.abort() }))).code, 'ERR_CANCELLED')
  assert.equal(engine.sent, [])
})

test('lockInstance: the owner’s pid stands in the error', async () => {
  const { kernel, engine } = await opened()
  const locking = rejection(kernel.lockInstance('vintage-net'))
  const error = { errno: 98, code: 'EADDRINUSE', operation: 'lockInstance', message: '' }
  engine.deliver({ type: 'reply', atMs: 3, id: 1, error, text: '4711' })
  const refused = await locking
  assert.is(refused.code, 'ERR_ALREADY_RUNNING')
  assert.match(refused.message, '4711')
})

test('readSysctl and hwPath resolve with the text', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const value = kernel.readSysctl(['ipv4', 'ip_forward'])
  const path = kernel.hwPath('eth0')
  engine.deliver({ type: 'reply', atMs: 3, id: 1, text: '1\n' }, { type: 'reply', atMs: 3, id: 2, text: '/devices/x' })
  assert.is(await value, '1')
  assert.is(await path, '/devices/x')
  assert.equal(engine.commands.at(-1), { type: 'linkPath', id: 2, ifindex: 2, ifname: 'eth0' })
  assert.is((await rejection(kernel.hwPath('eth9'))).code, 'ERR_NO_SUCH_INTERFACE')
})

test('close ends watches, rejects what waits and what comes later, once', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'))
  const waiting = [
    rejection(kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])),
    rejection(kernel.links()),
    rejection(kernel.probe({ address: '192.0.2.1', port: 1, deadlineMs: 5 })),
  ]
  const watch = kernel.watch()[Symbol.asyncIterator]()
  await watch.next()
  const next = watch.next()
  await kernel.close()
  await kernel.close()
  assert.is((await next).done, true)
  for (const error of await Promise.all(waiting)) assert.is(error.code, 'ERR_STOPPED')
  assert.is((await rejection(kernel.send([]))).code, 'ERR_STOPPED')
  assert.is((await rejection(kernel.routes())).code, 'ERR_STOPPED')
  assert.is((await rejection(kernel.settled())).code, 'ERR_STOPPED')
  assert.ok(engine.closed >= 1)
  engine.deliver(link(3, 'eth1'))
  assert.is(kernel.mirror.links().length, 1)
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

test('an engine that dies rejects what waits with its reason and ends watches with it', async () => {
  const { kernel, engine } = await opened()
  const waiting = rejection(kernel.links())
  const watch = kernel.watch()[Symbol.asyncIterator]()
  await watch.next()
  const next = rejection(watch.next())
  engine.deliver({ type: 'fatal', atMs: 3, error: { errno: 12, code: 'ENOMEM', operation: 'recvmsg', message: '' } })
  assert.match((await waiting).message, /recvmsg.*ENOMEM/)
  assert.match((await next).message, /ENOMEM/)
})

test.run()
