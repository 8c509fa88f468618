import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { capturingLogger, manualClock } from './manual-clock.js'

function world() {
  const clock = manualClock()
  const logger = capturingLogger()
  return { clock, logger, table: new PropertyTable({ clock, logger }) }
}

const PATH = ['interface', 'eth0', 'connection']

/** The code of what a promise rejects with, and its text. */
async function rejection(promise: Promise<unknown>): Promise<{ code: string; message: string; cause: unknown }> {
  try {
    await promise
  } catch (thrown) {
    if (isNetworkError(thrown)) return { code: thrown.code, message: thrown.message, cause: thrown.cause }
    throw thrown
  }
  throw new Error('it did not reject')
}

test('changes yields every change since it was called, also those before it is read', async () => {
  const { table } = world()
  table.put(['a'], 0)
  const controller = new AbortController()
  const changes = table.changes(['*'], { signal: controller.signal })
  table.put(['a'], 1)
  table.put(['a'], 2)
  const seen: unknown[] = []
  for await (const change of changes) {
    seen.push(change.newValue)
    if (change.newValue === 2) setImmediate(() => table.put(['a'], 3))
    if (change.newValue === 3) controller.abort()
  }
  assert.equal(seen, [1, 2, 3])
})

test('an abort ends changes without an error, before and during the reading', async () => {
  const { table } = world()
  for await (const change of table.changes([], { signal: AbortSignal.abort() })) assert.unreachable(String(change.path))
  const controller = new AbortController()
  setImmediate(() => controller.abort())
  for await (const change of table.changes([], { signal: controller.signal })) assert.unreachable(String(change.path))
})

test('closing the table ends changes after what waits to be read', async () => {
  const { table } = world()
  const changes = table.changes([])
  table.put(['a'], 1)
  table.close()
  const seen: unknown[] = []
  for await (const change of changes) seen.push(change.newValue)
  assert.equal(seen, [1])
  for await (const change of table.changes([])) assert.unreachable(String(change.path))
})

test('a reader that is too far behind gets what came before and then ERR_OVERFLOW', async () => {
  const { table } = world()
  const changes = table.changes([])
  for (let value = 0; value < 5_000; value += 1) table.put(['a'], value)
  table.flush()
  const seen: unknown[] = []
  const { code } = await rejection(
    (async () => {
      for await (const change of changes) seen.push(change.newValue)
    })(),
  )
  assert.is(code, 'ERR_OVERFLOW')
  assert.is(seen.length, 4_096)
  assert.equal(seen.at(-1), 4_095)
})

test('a loop that is left takes no more changes', async () => {
  const { table } = world()
  const changes = table.changes([])
  table.put(['a'], 1)
  for await (const change of changes) {
    assert.is(change.newValue, 1)
    break
  }
  table.put(['a'], 2)
  table.flush()
  for await (const change of changes) assert.unreachable(String(change.newValue))
})

test('until resolves at once when the value is already there', async () => {
  const { table, clock } = world()
  table.put(PATH, 'internet')
  assert.is(await table.until(PATH, 'internet', { deadlineMs: 0 }), 'internet')
  assert.equal(await table.until(['nothing'], undefined), undefined)
  assert.is(clock.pendingTimers(), 0)
})

test('until sees a value that another replaced in the same turn', async () => {
  const { table } = world()
  const waiting = table.until(PATH, 'lan', { deadlineMs: 10 })
  table.put(PATH, 'lan')
  table.put(PATH, 'disconnected')
  assert.is(await waiting, 'lan')
})

test('until takes a predicate and structured values, and looks at its own path only', async () => {
  const { table } = world()
  const large = table.until(['a'], (value) => typeof value === 'number' && value > 2)
  const structured = table.until(['b'], { y: [1], x: 2 })
  table.put(['a', 'below'], 7)
  table.put(['a'], 1)
  table.put(['a'], 3)
  table.put(['b'], { x: 2, y: [1] })
  assert.is(await large, 3)
  assert.equal(await structured, { x: 2, y: [1] })
})

test('until can wait for a deletion', async () => {
  const { table } = world()
  table.put(['a'], null)
  const waiting = table.until(['a'], undefined)
  table.delete(['a'])
  assert.is(await waiting, undefined)
})

test('the text of ERR_TIMEOUT names the path, what was waited for and what is there', async () => {
  const { table, clock } = world()
  table.put(PATH, 'lan')
  const waiting = rejection(table.until(PATH, 'internet', { deadlineMs: 30_000 }))
  clock.advance(29_999)
  clock.advance(1)
  const { code, message } = await waiting
  assert.is(code, 'ERR_TIMEOUT')
  for (const part of ['interface/eth0/connection', '"internet"', '30000 ms', '"lan"']) assert.ok(message.includes(part))
})

test('a very long value is cut in the text of ERR_TIMEOUT, and an absent one is called so', async () => {
  const { table, clock } = world()
  table.put(['a'], 'x'.repeat(10_000))
  const long = rejection(table.until(['a'], 1, { deadlineMs: 1 }))
  const absent = rejection(table.until(['b'], (value) => value === 1, { deadlineMs: 1 }))
  clock.advance(1)
  assert.ok((await long).message.length < 300)
  assert.match((await absent).message, /absent/)
})

test('what was written before the deadline counts even when its turn has not ended', async () => {
  const { table, clock } = world()
  const waiting = table.until(['a'], 1, { deadlineMs: 10 })
  table.put(['a'], 1)
  table.put(['a'], 2)
  clock.advance(10)
  assert.is(await waiting, 1)
})

test('until rejects on abort, on closing and for a closed table, and leaves no timer behind', async () => {
  const { table, clock } = world()
  const controller = new AbortController()
  const aborted = rejection(table.until(['a'], 1, { signal: controller.signal, deadlineMs: 10 }))
  const stopped = rejection(table.until(['a'], 1, { deadlineMs: 10 }))
  controller.abort('enough')
  table.close()
  const { code, cause } = await aborted
  assert.is(code, 'ERR_CANCELLED')
  assert.is(cause, 'enough')
  assert.is((await stopped).code, 'ERR_STOPPED')
  assert.is((await rejection(table.until(['a'], 1, { deadlineMs: 10 }))).code, 'ERR_STOPPED')
  assert.is((await rejection(table.until(['a'], 1, { signal: AbortSignal.abort() }))).code, 'ERR_CANCELLED')
  assert.is(clock.pendingTimers(), 0)
})

test('until refuses a deadline that is no time, and a path that is none', async () => {
  const { table } = world()
  assert.is((await rejection(table.until(['a'], 1, { deadlineMs: -1 }))).code, 'ERR_INVALID_CONFIG')
  assert.is((await rejection(table.until(['a'], 1, { deadlineMs: Number.NaN }))).code, 'ERR_INVALID_CONFIG')
  assert.is((await rejection(table.until(['*'], 1))).code, 'ERR_INVALID_CONFIG')
})

test('a predicate that throws rejects the wait with what it threw', async () => {
  const { table, logger } = world()
  const waiting = table.until(['a'], (value) => {
    if (value === 1) throw new Error('of the predicate')
    return false
  })
  table.put(['a'], 1)
  let message = ''
  await waiting.catch((thrown: Error) => {
    message = thrown.message
  })
  assert.is(message, 'of the predicate')
  assert.equal(logger.lines, [])
})

test.run()
