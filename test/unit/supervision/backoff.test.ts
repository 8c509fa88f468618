import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type BackoffState, initialBackoff, nextBackoff } from '../../../lib/supervision/backoff.js'

function delays(ranForMs: readonly number[]): number[] {
  let state: BackoffState = initialBackoff
  return ranForMs.map((ranMs) => {
    const next = nextBackoff(state, ranMs)
    state = next.state
    return next.delayMs
  })
}

test('doubles from half a second to 30 s and stays there', () => {
  assert.equal(delays(Array(9).fill(0)), [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('starts over after 30 s of running', () => {
  assert.equal(delays([0, 0, 0, 29_999, 30_000, 0]), [500, 1_000, 2_000, 4_000, 500, 1_000])
})

test('stays at the limit after a year of failures', () => {
  assert.is(nextBackoff({ failureCount: 5_000 }, 0).delayMs, 30_000)
})

test.run()
