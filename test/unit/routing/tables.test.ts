import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { lowestFreeSlot, rulePriorityOfSlot, tableOfSlot } from '../../../lib/routing/tables.js'

test('I5: eight slots are the tables 100 to 107', () => {
  assert.equal([0, 1, 2, 3, 4, 5, 6, 7].map(tableOfSlot), [100, 101, 102, 103, 104, 105, 106, 107])
})

test('tables go on from 252 at 1000 and never hit 0 or 253 to 255', () => {
  assert.equal([152, 153, 154].map(tableOfSlot), [252, 1000, 1001])
  const tables = new Set(Array.from({ length: 4_096 }, (_, slot) => tableOfSlot(slot)))
  assert.is(tables.size, 4_096)
  for (const reserved of [0, 253, 254, 255]) assert.not(tables.has(reserved))
})

test('rules stand at 10,000 plus the slot', () => {
  assert.equal([0, 7].map(rulePriorityOfSlot), [10_000, 10_007])
})

test('the lowest free slot is taken; none when all are used', () => {
  assert.is(lowestFreeSlot(new Set(), 2), 0)
  assert.is(lowestFreeSlot(new Set([0, 2]), 3), 1)
  assert.is(lowestFreeSlot(new Set([0, 1]), 2), undefined)
})

test.run()
