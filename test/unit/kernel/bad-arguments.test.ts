import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { EngineBinding } from '../../../lib/kernel/engine-binding.js'
import { openKernel } from '../../../lib/kernel/index.js'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'

const route = { type: 'addRoute', family: 4, destination: '198.51.100.0/24', ifname: 'lo' } as const
const address = { type: 'addAddress', ifname: 'lo', address: '192.0.2.2', prefixLength: 24 } as const

/** What a program without types may send, and the field that is wrong. */
const BAD: readonly [field: string, command: object][] = [
  ['up', { type: 'setLink', ifname: 'lo', up: 'yes' }],
  ['kind', { type: 'addLink', ifname: 'x0', kind: 've\0th' }],
  ['label', { ...address, label: 'l\0' }],
  ['label', { ...address, label: 'sixteen-letters-' }],
  ['noPrefixRoute', { ...address, noPrefixRoute: 1 }],
  ['routeType', { ...route, routeType: 'sideways' }],
  ['onlink', { ...route, onlink: 'true' }],
  ['nexthops', { ...route, nexthops: [] }],
  ['nexthops', { ...route, nexthops: Array.from({ length: 4_100 }, () => ({ ifindex: 1 })) }],
  ['action', { type: 'addRule', family: 4, action: 'jump' }],
  ['value', { type: 'setSysctl', path: ['ipv4', 'ip_forward'], value: '' }],
  ['value', { type: 'setSysctl', path: ['ipv4', 'ip_forward'], value: '1\0' }],
  ['type', { type: 'explode' }],
]

for (const [field, command] of BAD) {
  const { type } = command as { type: string }
  test(`${type} with a wrong ${field} is that command's result, and its neighbours are carried out`, async () => {
    await using kernel = new FakeKernel()
    const good: KernelCommand = { type: 'addAddress', ifname: 'lo', address: '192.0.2.9', prefixLength: 32 }
    const [refused, done] = await kernel.send([command as KernelCommand, good])
    assert.ok(isNetworkError(refused, 'ERR_INVALID_CONFIG'))
    assert.is(refused.field, field)
    assert.is(done, 'done')
  })
}

test('what is no object is its own result, and takes nothing from the commands around it', async () => {
  await using kernel = new FakeKernel()
  // More than cross at once: what was handed over before has results too.
  const good = Array.from({ length: 1_100 }, (): KernelCommand => ({ type: 'setLink', ifname: 'lo', up: true }))
  for (const nothing of [null, undefined, 7, 'addLink']) {
    const results = await kernel.send([...good, nothing as never, ...good])
    const refused = results[good.length]
    assert.ok(isNetworkError(refused, 'ERR_INVALID_CONFIG'))
    assert.is(refused.field, 'command')
    assert.match(refused.message, 'expected an object')
    assert.is(results.filter((result) => result === 'done').length, 2 * good.length)
  }
  kernel.prepare([null as never])
})

test('whatever a field holds, the result names a field', async () => {
  await using kernel = new FakeKernel()
  const circle: unknown[] = []
  circle.push(circle)
  const odd = [1n, circle, Symbol('odd'), () => 0, Object.create(null)]
  const results = await kernel.send(odd.map((metric) => ({ ...route, metric: metric as never })))
  for (const refused of results) {
    assert.ok(isNetworkError(refused, 'ERR_INVALID_CONFIG'))
    assert.is(refused.field, 'metric')
  }
})

test('a filter of sockets with wrong arguments rejects with the field, before anything is sent', async () => {
  await using kernel = new FakeKernel()
  let asked = 0
  kernel.lab.sockets(() => {
    asked += 1
    return []
  })
  const cases: readonly [string, object | null][] = [
    ['filter', null],
    ['states', { states: 'listen' }],
    ['states.1', { states: ['listen', 'LISTEN'] }],
    ['states.0', { states: ['unknown'] }],
    ['states.0', { states: [undefined] }],
    ['ifindex', { ifindex: -1 }],
    ['localPort', { localPort: 65_536 }],
    ['remotePort', { remotePort: '443' }],
    ['local', { local: '192.0.2.1' }],
    ['local', { local: '2001:db8::/129' }],
  ]
  for (const [field, filter] of cases) {
    const error: unknown = await kernel.sockets(filter as never).catch((reason: unknown) => reason)
    assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG'), field)
    assert.equal([error.field, error.operation], [field, 'sockets'])
  }
  assert.is(asked, 0)
  for (const local of ['192.0.2.1/32', '2001:db8::/64', undefined]) {
    assert.equal(await kernel.sockets({ states: ['listen', 'bound'], localPort: 0, local } as never), [])
  }
  assert.is(asked, 3)
})

test('a probe or a dump with wrong arguments rejects with the field', async () => {
  await using kernel = new FakeKernel()
  const probe = { address: '192.0.2.1', port: 53, deadlineMs: 100 }
  const calls: readonly [string, Promise<unknown>][] = [
    ['port', kernel.probe({ ...probe, port: undefined as never })],
    ['deadlineMs', kernel.probe({ ...probe, deadlineMs: '5' as never })],
    ['deadlineMs', kernel.probe({ ...probe, deadlineMs: Number.NaN })],
    ['table', kernel.routes({ table: -1 })],
  ]
  for (const [field, call] of calls) {
    const error: unknown = await call.catch((reason: unknown) => reason)
    assert.ok(isNetworkError(error, 'ERR_INVALID_CONFIG'), field)
    assert.is(error.field, field)
  }
})

test('what the engine throws at becomes the result of each command, and nobody waits for ever', async () => {
  const binding: EngineBinding = {
    abi: 1,
    schema: {},
    open: (_options, onBatch) => {
      const snapshot = { atMs: 0, what: 'all' } as const
      queueMicrotask(() =>
        onBatch([
          { type: 'snapshotBegin', ...snapshot },
          { type: 'snapshotEnd', ...snapshot },
        ]),
      )
      return {
        send() {
          throw new TypeError('planned')
        },
        close: () => undefined,
      }
    },
  }
  const kernel = await openKernel({ binding })
  const results = await kernel.send([address, { ...address, address: '192.0.2.3', ifname: undefined, ifindex: 1 }])
  assert.ok(results.every((result) => isNetworkError(result)))
  const dumped: unknown = await kernel.links().catch((reason: unknown) => reason)
  assert.ok(isNetworkError(dumped))
  await kernel.close()
})

test.run()
