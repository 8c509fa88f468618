import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ageOf,
  isSilent,
  mustAsk,
  NO_HANDSHAKE,
  nextLookMs,
  noteHandshake,
} from '../../../../lib/technology/wireguard/peer-logic.js'

const test = suite('technology/wireguard/peer-logic')

test('a handshake is as old as the wall clock says, and ages by the monotonic one', () => {
  const seen = noteHandshake(NO_HANDSHAKE, 1_000_000, { nowMs: 50_000, wallMs: 1_007_000, lastLookMs: undefined })
  assert.is(ageOf(seen, 50_000), 7_000)
  assert.is(ageOf(seen, 60_000), 17_000)
  const again = noteHandshake(seen, 1_000_000, { nowMs: 60_000, wallMs: 9e12, lastLookMs: 50_000 })
  assert.is(ageOf(again, 60_000), 17_000, 'the wall clock was set')
})

test('what was not there at the last look is no older than that, whatever the wall clock was set to', () => {
  const ahead = noteHandshake(NO_HANDSHAKE, 1_000, { nowMs: 50_000, wallMs: 1.7e12, lastLookMs: 45_000 })
  assert.is(ageOf(ahead, 50_000), 5_000)
  const behind = noteHandshake(NO_HANDSHAKE, 1.7e12, { nowMs: 50_000, wallMs: 1_000, lastLookMs: 45_000 })
  assert.is(ageOf(behind, 50_000), 0)
})

test('keys last three minutes; whoever has not answered 15 s later is silent', () => {
  assert.equal(
    [undefined, 0, 179_999, 180_000, 194_999, 195_000].map((age) => [mustAsk(age), isSilent(age)]),
    [
      [true, true],
      [false, false],
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ],
  )
})

test('the next look is when the judgement may change', () => {
  const look = (ages: (number | undefined)[], sinceAskedMs: number, watched = false): number =>
    nextLookMs({ ages, sinceAskedMs, watched })
  assert.is(look([undefined], 0), 1_000, 'an answer is expected')
  assert.is(look([undefined], 15_000), 5_000, 'nobody answers')
  assert.is(look([], 60_000), 5_000)
  assert.is(look([20_000], 60_000), 160_000, 'all is well')
  assert.is(look([20_000], 60_000, true), 5_000, 'somebody looks on')
  assert.is(look([182_000], 2_000), 1_000)
  assert.is(look([20_000, undefined], 60_000), 30_000, 'another one is asked from time to time')
})

test.run()
