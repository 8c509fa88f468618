import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Change } from '../../../lib/properties/change.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { capturingLogger, manualClock } from './manual-clock.js'

function world() {
  const clock = manualClock()
  const logger = capturingLogger()
  return { clock, logger, table: new PropertyTable({ clock, logger }) }
}

const turn = () => Promise.resolve()
const nextTask = () => new Promise<void>((resolve) => setImmediate(resolve))

test('listeners are called after the turn, when get shows its last state', async () => {
  const { table } = world()
  const seen: unknown[] = []
  table.subscribe(['a'], (change) => void seen.push([change.newValue, table.get(['a']), table.get(['b'])]))
  table.put(['a'], 1)
  table.put(['a'], 2)
  table.put(['b'], 3)
  assert.equal(seen, [])
  await turn()
  assert.equal(seen, [
    [1, 2, 3],
    [2, 2, 3],
  ])
})

test('every listener of a change is called, in order of subscribing, before the next change', async () => {
  const { table } = world()
  const calls: string[] = []
  const note = (name: string) => (change: Change) => void calls.push(`${name}${String(change.newValue)}`)
  table.subscribe(['*'], note('wide'))
  table.subscribe(['a'], note('narrow'))
  table.subscribe([], note('all'))
  table.put(['a'], 1)
  table.put(['a'], 2)
  await turn()
  assert.equal(calls, ['wide1', 'narrow1', 'all1', 'wide2', 'narrow2', 'all2'])
})

test('one who subscribes between a write and its delivery does not see the earlier change', async () => {
  const { table } = world()
  const seen: unknown[] = []
  table.subscribe([], () => undefined)
  table.put(['a'], 1)
  table.subscribe([], (change) => void seen.push(change.newValue))
  table.put(['a'], 2)
  await turn()
  assert.equal(seen, [2])
})

test('a listener that throws or rejects is logged and harms no other', async () => {
  const { table, logger } = world()
  const seen: unknown[] = []
  table.subscribe([], () => {
    throw new Error('thrown')
  })
  table.subscribe([], async () => {
    throw new Error('rejected')
  })
  table.subscribe([], (change) => void seen.push(change.newValue))
  table.put(['a'], 1)
  table.put(['a'], 2)
  await nextTask()
  assert.equal(seen, [1, 2])
  const errors = logger.lines.map((line) => (line.details as { error: string }).error)
  assert.equal(errors.sort(), ['rejected', 'rejected', 'thrown', 'thrown'])
  assert.ok(logger.lines.every((line) => line.level === 'error'))
})

test('a listener can unsubscribe itself and those behind it', async () => {
  const { table } = world()
  const calls: string[] = []
  const first = table.subscribe([], () => {
    calls.push('first')
    first.unsubscribe()
    second.unsubscribe()
  })
  const second = table.subscribe([], () => void calls.push('second'))
  table.put(['a'], 1)
  table.put(['a'], 2)
  await turn()
  assert.equal(calls, ['first'])
})

test('what a listener writes is told after the present round, and the listener is not entered again meanwhile', async () => {
  const { table } = world()
  const calls: string[] = []
  let depth = 0
  table.subscribe(['a'], (change) => {
    depth += 1
    assert.is(depth, 1)
    if (change.newValue === 1) {
      table.put(['a'], 10)
      table.flush()
    }
    calls.push(`first ${String(change.newValue)}`)
    depth -= 1
  })
  table.subscribe(['a'], (change) => void calls.push(`second ${String(change.newValue)}`))
  table.put(['a'], 1)
  table.put(['a'], 2)
  await nextTask()
  assert.equal(calls, ['first 1', 'second 1', 'first 2', 'second 2', 'first 10', 'second 10'])
})

test('listeners that feed each other for ever give way to a timer and are named in a warning', async () => {
  const { table, clock, logger } = world()
  let count = 0
  const subscription = table.subscribe(['a'], () => {
    count += 1
    table.put(['a'], count)
  })
  table.put(['a'], 'start')
  await nextTask()
  assert.is(count, 64)
  assert.is(logger.lines.filter((line) => line.level === 'warn').length, 1)
  assert.match(logger.lines[0]?.message ?? '', /\(a\)/)
  clock.advance(0)
  await nextTask()
  assert.ok(count > 64)
  subscription.unsubscribe()
})

test('flush delivers at once what is pending and what its listeners write, and nothing is told twice', async () => {
  const { table } = world()
  const seen: unknown[] = []
  table.subscribe([], ({ path, newValue }) => {
    seen.push(`${path.join('/')}=${String(newValue)}`)
    if (path[0] === 'a') table.put(['b'], newValue)
  })
  table.put(['a'], 1)
  table.flush()
  assert.equal(seen, ['a=1', 'b=1'])
  await turn()
  assert.equal(seen, ['a=1', 'b=1'])
})

test('closing delivers what is pending, then ends subscriptions; values stay readable and no longer change', async () => {
  const { table } = world()
  const seen: unknown[] = []
  table.subscribe([], (change) => void seen.push(change.newValue))
  table.put(['a'], 1)
  table.close()
  table.close()
  assert.equal(seen, [1])
  table.put(['a'], 2)
  table.delete(['a'])
  table.subscribe([], (change) => void seen.push(change.newValue)).unsubscribe()
  await turn()
  assert.equal(seen, [1])
  assert.is(table.get(['a']), 1)
})

test('among 20,000 subscriptions a change reaches those of its own path only', async () => {
  const { table } = world()
  const called: number[] = []
  for (let index = 0; index < 20_000; index += 1) {
    table.subscribe(['interface', `if${index}`, '*'], () => void called.push(index))
  }
  for (let value = 0; value < 20_000; value += 1) table.put(['interface', 'if7', 'count'], value)
  await turn()
  assert.is(called.length, 20_000)
  assert.ok(called.every((index) => index === 7))
})

test.run()
