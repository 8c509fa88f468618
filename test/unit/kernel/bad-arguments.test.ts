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
