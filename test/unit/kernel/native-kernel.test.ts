import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openKernel } from '../../../lib/kernel/native-kernel.js'
import { address, link, opened, rejection, reply, route, ScriptedEngine } from './scripted-engine.js'

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

test('follow: routes imply addresses and nexthops, links are always there, the order is the engine’s', async () => {
  const cases = [
    [[], ['links']],
    [['routes'], ['links', 'addresses', 'routes', 'nexthops']],
    [
      ['rules', 'addresses'],
      ['links', 'addresses', 'rules'],
    ],
    [
      ['ndOptions', 'neighbours'],
      ['links', 'neighbours', 'ndOptions'],
    ],
  ] as const
  for (const [follow, expected] of cases) {
    const engine = new ScriptedEngine()
    const opening = openKernel({ binding: engine, follow })
    engine.snapshot()
    await opening
    assert.equal(engine.options?.follow, expected)
  }
})

test('impossible options are named', async () => {
  const binding = new ScriptedEngine()
  assert.is((await rejection(openKernel({ binding, netns: -1 }))).field, 'netns')
  assert.is((await rejection(openKernel({ binding, netns: '' }))).field, 'netns')
  assert.is((await rejection(openKernel({ binding, receiveBufferBytes: 0 }))).field, 'receiveBufferBytes')
  for (const follow of [['cables'], 'links', [null]]) {
    const error = await rejection(openKernel({ binding, follow: follow as never }))
    assert.equal([error.code, error.field], ['ERR_INVALID_CONFIG', 'follow'])
  }
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

test('IPv6 routes of a link that goes down: the sysctl says whether they must be dumped, and settled waits for it', async () => {
  const stale = { type: 'route', atMs: 1, ...route('2001:db8::/64', { family: 6, ifindex: 2 }) } as const
  const path = ['ipv6', 'route', 'skip_notify_on_dev_down']
  const enoent = { errno: 2, code: 'ENOENT', operation: 'getSysctl', message: '' }
  for (const [answer, dumps] of [
    [{ text: '0\n' }, 0],
    [{ text: '1\n' }, 1],
    [{ error: enoent }, 0],
  ] as const) {
    const { kernel, engine } = await opened(link(2, 'eth0'), link(3, 'eth1'), stale, { ...stale, ifindex: 3 })
    engine.deliver(link(2, 'eth0', { up: false }), link(3, 'eth1', { up: false }))
    assert.equal(engine.commands, [{ type: 'getSysctl', path, id: 1 }], 'asked once')
    let settled = false
    const settling = kernel.settled().then(() => {
      settled = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    assert.is(settled, false)
    engine.deliver({ type: 'reply', atMs: 3, id: 1, ...answer })
    const asked = engine.commands.filter(({ type }) => type === 'resync')
    assert.is(asked.length, dumps)
    if (dumps > 0) {
      await new Promise((resolve) => setImmediate(resolve))
      assert.is(settled, false)
      engine.deliver(
        { type: 'snapshotBegin', atMs: 4, what: 'routes' },
        { type: 'snapshotEnd', atMs: 4, what: 'routes' },
      )
      assert.equal(kernel.mirror.routes(), [])
    }
    await settling
    engine.deliver(link(2, 'eth0', { up: false, mtu: 1_400 }))
    assert.is(
      engine.commands.filter(({ type }) => type === 'getSysctl').length,
      2 - dumps,
      'asked anew, where some are left',
    )
  }
})

test('a dump that begins before the sysctl is known makes up for what it would tell', async () => {
  const { kernel, engine } = await opened(link(2, 'eth0'), {
    type: 'route',
    atMs: 1,
    ...route('2001:db8::/64', { family: 6, ifindex: 2 }),
  })
  engine.deliver(link(2, 'eth0', { up: false }), { type: 'overrun', atMs: 3 })
  engine.snapshot(link(2, 'eth0', { up: false }))
  await kernel.settled()
  engine.deliver({ type: 'reply', atMs: 3, id: 1, text: '1' })
  assert.equal(
    engine.commands.map(({ type }) => type),
    ['getSysctl'],
  )
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
  await Promise.resolve() // the probes of one turn cross together
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

test('hwPath is unknown in a namespace that is not the process’s own: /sys shows the links of this one', async () => {
  for (const netns of [process.execPath, '/run/netns/none']) {
    const engine = new ScriptedEngine()
    const opening = openKernel({ binding: engine, netns })
    engine.snapshot(link(2, 'eth0'))
    const kernel = await opening
    assert.is(await kernel.hwPath('eth0'), '')
    assert.equal(engine.commands, [])
    assert.is((await rejection(kernel.hwPath('eth9'))).code, 'ERR_NO_SUCH_INTERFACE')
    await kernel.close()
    assert.is((await rejection(kernel.hwPath('eth0'))).code, 'ERR_STOPPED')
  }
  for (const netns of [process.pid, '/proc/self/ns/net']) {
    const engine = new ScriptedEngine()
    const opening = openKernel({ binding: engine, netns })
    engine.snapshot(link(2, 'eth0'))
    const path = (await opening).hwPath('eth0')
    engine.deliver({ type: 'reply', atMs: 3, id: 1, text: '/devices/x' })
    assert.is(await path, '/devices/x')
  }
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
