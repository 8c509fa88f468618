import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { isNetworkError } from '../../../lib/errors.js'
import { ChangeFeed } from '../../../lib/kernel/change-feed.js'
import type { KernelChange, KernelSnapshot } from '../../../lib/kernel/kernel.js'
import { link } from './scripted-engine.js'

const snapshot = (): KernelSnapshot => ({
  type: 'snapshot',
  atMs: 0,
  links: [],
  addresses: [],
  routes: [],
  rules: [],
  neighbours: [],
  nexthops: [],
})
const changes = (count: number): KernelChange[] => Array.from({ length: count }, (_, n) => link(n + 1, `eth${n}`))
const newFeed = (watchLimitChanges: number): ChangeFeed => new ChangeFeed({ logger: silentLogger, watchLimitChanges })

test('a reader that is too far behind ends with ERR_OVERFLOW, once; others go on', async () => {
  const feed = newFeed(10)
  const slow = feed.watch(snapshot, undefined)[Symbol.asyncIterator]()
  const quick = feed.watch(snapshot, undefined)[Symbol.asyncIterator]()
  assert.is((await quick.next()).value?.type, 'snapshot')
  feed.publish(changes(10))
  for (let read = 0; read < 10; read += 1) assert.is((await quick.next()).value?.type, 'link')
  feed.publish(changes(1))
  try {
    await slow.next()
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_OVERFLOW'))
  }
  assert.is((await slow.next()).done, true)
  assert.is((await quick.next()).value?.type, 'link')
})

test('each iteration of one watch starts with a snapshot of its own', async () => {
  const feed = newFeed(10)
  const watch = feed.watch(snapshot, undefined)
  for (let round = 0; round < 2; round += 1) {
    const reader = watch[Symbol.asyncIterator]()
    assert.is((await reader.next()).value?.type, 'snapshot')
    await reader.return?.()
    assert.is((await reader.next()).done, true)
  }
})

test('several reads at once are served in order', async () => {
  const feed = newFeed(10)
  const reader = feed.watch(snapshot, undefined)[Symbol.asyncIterator]()
  const reads = [reader.next(), reader.next(), reader.next()]
  feed.publish(changes(2))
  const types = (await Promise.all(reads)).map(({ value }) => (value?.type === 'link' ? value.ifname : value?.type))
  assert.equal(types, ['snapshot', 'eth0', 'eth1'])
})

test('a watch with an aborted signal, or of a feed that has ended, is over at once', async () => {
  const feed = newFeed(10)
  assert.is((await feed.watch(snapshot, AbortSignal.abort())[Symbol.asyncIterator]().next()).done, true)
  feed.end()
  assert.is((await feed.watch(snapshot, undefined)[Symbol.asyncIterator]().next()).done, true)
})

test('who subscribes inside a listener hears of the next batch first', () => {
  const feed = newFeed(10)
  let heard = 0
  feed.subscribe(() => {
    if (heard === 0) {
      feed.subscribe(() => {
        heard += 10
      })
    }
    heard += 1
  })
  feed.publish(changes(1))
  assert.is(heard, 1)
  feed.publish(changes(1))
  assert.is(heard, 12)
})

test('who is unsubscribed inside a listener does not hear of that batch any more', () => {
  const feed = newFeed(10)
  const heard: string[] = []
  feed.subscribe(() => {
    heard.push('first')
    second.unsubscribe()
  })
  const second = feed.subscribe(() => heard.push('second'))
  feed.subscribe(() => heard.push('third'))
  feed.publish(changes(1))
  assert.equal(heard, ['first', 'third'])
})

test('a feed that ends inside a listener tells nobody behind it', () => {
  const feed = newFeed(10)
  const heard: string[] = []
  feed.subscribe(() => {
    heard.push('first')
    feed.end()
  })
  feed.subscribe(() => heard.push('second'))
  feed.publish(changes(1))
  feed.publish(changes(1))
  assert.equal(heard, ['first'])
})

test.run()
