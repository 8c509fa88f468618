import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { race, rotated } from '../../../bench/race.js'

const test = suite('race')

test('each round begins with the next contender', () => {
  assert.equal(
    [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join('')),
    ['abc', 'bca', 'cab', 'abc'],
  )
  assert.equal(rotated([], 3), [])
})

test('a figure is the median of the rounds, with least and most', async () => {
  const results = await race([{ name: 'a', run: async (round) => ({ figures: { ms: [5, 1, 3][round] } }) }], 3)
  assert.equal(results.figure('a', 'ms'), { value: 3, spread: [1, 5] })
})

test('a contender that failed in one round has no figure, and says why once', async () => {
  const outcome = (round: number) => ({ figures: { ms: round === 1 ? undefined : 2 }, note: 'lost some' })
  const results = await race([{ name: 'a', run: async (round) => outcome(round) }], 3)
  assert.is(results.figure('a', 'ms'), null)
  assert.equal(results.notes(), ['a: lost some'])
})

test('a contender that throws is out of the race, the others are not', async () => {
  let calls = 0
  const thrower = {
    name: 'thrower',
    run: async () => {
      calls += 1
      throw new Error('ended too early')
    },
  }
  const results = await race([thrower, { name: 'other', run: async () => ({ figures: { ms: 1 } }) }], 3)
  assert.is(calls, 1)
  assert.is(results.figure('thrower', 'ms'), null)
  assert.is(results.figure('other', 'ms')?.value, 1)
  assert.equal(results.notes(), ['thrower: ended too early'])
})

test('a slow contender stays away from later rounds', async () => {
  let calls = 0
  const run = async () => {
    calls += 1
    return { figures: { ms: calls } }
  }
  const slow = { name: 'slow', maxRounds: 1, run }
  const results = await race([slow], 3)
  assert.is(calls, 1)
  assert.is(results.figure('slow', 'ms')?.value, 1)
})

test.run()
