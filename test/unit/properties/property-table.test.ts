import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { Change } from '../../../lib/properties/change.js'
import { type PropertyEntry, PropertyTable } from '../../../lib/properties/property-table.js'
import { capturingLogger, manualClock } from './manual-clock.js'

function world() {
  const clock = manualClock()
  const logger = capturingLogger()
  const table = new PropertyTable({ clock, logger })
  const changes: Change[] = []
  const listener = (change: Change) => void changes.push(change)
  /** Path text, old and new value of each change so far. */
  const seen = () => changes.map(({ path, oldValue, newValue }) => [path.join('/'), oldValue, newValue])
  return { clock, logger, table, listener, changes, seen }
}

const turn = () => Promise.resolve()
const refused = (thrown: unknown) => isNetworkError(thrown, 'ERR_INVALID_CONFIG')

test('Q1: seeded properties are readable at once and no subscriber hears of them', async () => {
  const { table, listener, seen } = world()
  table.subscribe([], listener)
  table.seed([
    [['a'], 1],
    [['b', 'c'], { deep: true }],
  ])
  assert.is(table.get(['a']), 1)
  assert.equal(table.get(['b', 'c']), { deep: true })
  await turn()
  assert.equal(seen(), [])
})

test('Q2: a pattern with a wildcard sees changes at and below it, and no others', async () => {
  const { table, listener, seen } = world()
  table.subscribe(['a', '*', 'c'], listener)
  table.put(['a', 'b', 'c'], 7)
  table.put(['a', 'b', 'c', 'd'], 8)
  table.put(['x', 'b', 'c'], 9)
  table.put(['a', 'b', 'd'], 10)
  await turn()
  assert.equal(seen(), [
    ['a/b/c', undefined, 7],
    ['a/b/c/d', undefined, 8],
  ])
})

test('Q3: a subscriber sees each change in order, and nothing after it unsubscribed', async () => {
  const { table, listener, seen } = world()
  const subscription = table.subscribe(['test'], listener)
  table.put(['test'], 99)
  table.put(['test'], 100)
  table.delete(['test'])
  await turn()
  subscription.unsubscribe()
  subscription.unsubscribe()
  table.put(['test'], 102)
  await turn()
  assert.equal(seen(), [
    ['test', undefined, 99],
    ['test', 99, 100],
    ['test', 100, undefined],
  ])
})

test('Q4: null is a value like any other', async () => {
  const { table, listener, seen } = world()
  table.subscribe([], listener)
  table.put(['a'], null)
  assert.is(table.get(['a'], 'fallback'), null)
  assert.ok(table.has(['a']))
  assert.equal(table.match(['a']), [[['a'], null]])
  await turn()
  assert.equal(seen(), [['a', undefined, null]])
})

test('Q5: ending one subscription leaves the others', async () => {
  const { table, listener, seen } = world()
  const one = table.subscribe(['test1'], listener)
  table.subscribe(['test2'], listener)
  one.unsubscribe()
  table.putMany([
    [['test1'], 1],
    [['test2'], 2],
    [['test3'], 3],
  ])
  await turn()
  assert.equal(seen(), [['test2', undefined, 2]])
})

test('Q5: ending a subscription with a wildcard leaves the same listener subscribed to a narrower pattern', async () => {
  const { table, listener, seen } = world()
  const wide = table.subscribe(['a', '*'], listener)
  table.subscribe(['a', 'b'], listener)
  wide.unsubscribe()
  table.put(['a', 'b'], 1)
  table.put(['a', 'c'], 1)
  await turn()
  assert.equal(seen(), [['a/b', undefined, 1]])
})

test('Q6: an equal value is no change and leaves the timestamp alone', async () => {
  const { table, clock, listener, seen } = world()
  table.subscribe([], listener)
  table.put(['a'], { x: [1, { y: null }], z: 2 })
  clock.advance(5)
  table.put(['a'], { z: 2, x: [1, { y: null }], gone: undefined })
  assert.is(table.timestamp(['a']), 1_000)
  await turn()
  assert.is(seen().length, 1)
  table.put(['a'], { x: [1, { y: 0 }], z: 2 })
  assert.is(table.timestamp(['a']), 1_005)
})

test('Q7: deleting a property that does not exist is no change', async () => {
  const { table, listener, seen } = world()
  table.subscribe([], listener)
  table.delete(['a'])
  table.deleteMatches(['a', '*'])
  await turn()
  assert.equal(seen(), [])
})

test('Q8: a path that is no list of strings is refused and changes nothing', async () => {
  const { table, listener, seen } = world()
  table.subscribe([], listener)
  // What a caller without types may pass.
  const wrong = ['a', 7] as unknown as string[]
  assert.throws(() => table.put(wrong, 1), refused)
  assert.throws(() => table.get(wrong), refused)
  assert.throws(() => table.subscribe(wrong, listener), refused)
  assert.throws(
    () =>
      table.putMany([
        [['good'], 1],
        [wrong, 2],
      ]),
    refused,
  )
  assert.throws(
    () =>
      table.seed([
        [['good'], 1],
        [wrong, 2],
      ]),
    refused,
  )
  await turn()
  assert.equal(seen(), [])
  assert.equal(table.getByPrefix([]), [])
})

test('what is not JSON is refused, and nothing of its batch is written', () => {
  const { table } = world()
  const cycle: unknown[] = []
  cycle.push(cycle)
  for (const wrong of [undefined, () => 1, Symbol('s'), 1n, new Date(0), new Map(), [undefined], cycle]) {
    assert.throws(() => table.put(['a'], wrong), refused)
    assert.throws(
      () =>
        table.putMany([
          [['b'], 1],
          [['a'], wrong],
        ]),
      refused,
    )
  }
  assert.equal(table.getByPrefix([]), [])
})

test('neither a reader nor the writer can change a stored value', () => {
  const { table } = world()
  const value = { list: [{ text: 'kept' }] }
  table.put(['a'], value)
  const inner = value.list[0]
  if (inner !== undefined) inner.text = 'changed'
  value.list.push({ text: 'more' })
  const read = table.get(['a']) as typeof value
  assert.equal(read, { list: [{ text: 'kept' }] })
  assert.throws(() => read.list.push({ text: 'more' }))
  assert.throws(() => {
    read.list = []
  })
})

test('a path that the caller changes later is not changed in the table', async () => {
  const { table, listener, seen } = world()
  table.subscribe([], listener)
  const path = ['a', 'b']
  table.put(path, 1)
  path[1] = 'c'
  await turn()
  assert.equal(seen(), [['a/b', undefined, 1]])
  assert.equal(table.getByPrefix([]), [[['a', 'b'], 1]])
})

test('keys named like members of Object are keys like any other', () => {
  const { table } = world()
  const value: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')
  table.put(['__proto__', 'toString'], value)
  assert.is(JSON.stringify(table.get(['__proto__', 'toString'])), JSON.stringify(value))
  table.put(['a'], {})
  table.put(['a'], JSON.parse('{"toString": 1}'))
  assert.equal(Object.keys(table.get(['a']) as object), ['toString'])
})

test('match compares whole paths, getByPrefix their beginnings; both are sorted by segments', () => {
  const { table } = world()
  const entries: PropertyEntry[] = [
    [['i', 'b', 'x'], 1],
    [['i', 'a'], 2],
    [['i', 'a', 'x'], 3],
    [['i', 'a', 'x', 'y'], 4],
    [['i-0', 'a', 'x'], 5],
  ]
  table.putMany(entries)
  const at = (index: number) => entries[index]
  assert.equal(table.match(['i', '*', 'x']), [at(2), at(0)])
  assert.equal(table.match([]), [])
  assert.equal(table.getByPrefix(['i', '*', 'x']), [at(2), at(3), at(0)])
  assert.equal(table.getByPrefix([]), [at(1), at(2), at(3), at(0), at(4)])
})

test('putMany has one timestamp, keeps the last value of a path listed twice, and tells of no value between', async () => {
  const { table, clock, listener, changes, seen } = world()
  table.put(['b'], 0)
  table.subscribe([], listener)
  clock.advance(10)
  table.putMany([
    [['a'], 1],
    [['b'], 2],
    [['a'], 3],
  ])
  assert.is(table.get(['a']), 3)
  await turn()
  assert.equal(seen(), [
    ['a', undefined, 3],
    ['b', 0, 2],
  ])
  assert.ok(changes.every((change) => change.metadata.newTimestamp === 1_010))
})

test('a change carries the times of both values; a new property counts from when the table was made', async () => {
  const { table, clock, listener, changes } = world()
  table.subscribe([], listener)
  clock.advance(10)
  table.put(['a'], 1)
  clock.advance(10)
  table.delete(['a'])
  await turn()
  assert.equal(
    changes.map((change) => change.metadata),
    [
      { oldTimestamp: 1_000, newTimestamp: 1_010 },
      { oldTimestamp: 1_010, newTimestamp: 1_020 },
    ],
  )
  assert.is(table.timestamp(['a']), undefined)
})

test('deleteMatches removes everything at and below the pattern before anyone hears of it', async () => {
  const { table, seen, listener } = world()
  table.putMany([
    [['i', 'eth0', 'type'], 'ethernet'],
    [['i', 'eth0', 'state'], 'configured'],
    [['i', 'eth1', 'type'], 'ethernet'],
  ])
  await turn()
  const left: number[] = []
  table.subscribe([], listener)
  table.subscribe([], () => void left.push(table.getByPrefix([]).length))
  table.deleteMatches(['i', 'eth0'])
  await turn()
  assert.equal(seen(), [
    ['i/eth0/state', 'configured', undefined],
    ['i/eth0/type', 'ethernet', undefined],
  ])
  assert.equal(left, [1, 1])
})

test.run()
