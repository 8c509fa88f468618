import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { median, quantile, spread } from '../../../bench/statistics.js'

const test = suite('statistics')

test('the median is the middle one, whatever the order', () => {
  assert.is(median([9, 1, 5]), 5)
  assert.is(median([4]), 4)
})

test('a quantile stays within the samples', () => {
  assert.is(quantile([1, 2, 3, 4], 0.99), 4)
  assert.is(quantile([1, 2, 3, 4], 0), 1)
  assert.is(quantile([1, 2, 3, 4], 1), 4)
  assert.ok(Number.isNaN(quantile([], 0.5)))
})

test('the spread is least and most', () => {
  assert.equal(spread([3, 1, 2]), [1, 3])
})

test.run()
