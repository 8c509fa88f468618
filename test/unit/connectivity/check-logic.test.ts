import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type CheckInput,
  type CheckState,
  initialCheckState,
  reduceCheck,
} from '../../../lib/connectivity/check-logic.js'

const after = (state: CheckState, ...inputs: CheckInput[]): CheckState => inputs.reduce(reduceCheck, state)
const [internet, lan, disconnected] = [
  initialCheckState('internet'),
  initialCheckState('lan'),
  initialCheckState('disconnected'),
]

test('K1: the first interval is 500 ms, 500 ms and infinite', () => {
  assert.equal(
    [internet, lan, disconnected].map(({ intervalMs }) => intervalMs),
    [500, 500, Number.POSITIVE_INFINITY],
  )
  assert.equal(
    [internet, lan, disconnected].map(({ strikes }) => strikes),
    [0, 3, 3],
  )
})

test('K2: a success in lan is internet without strikes', () => {
  assert.equal(after(lan, 'succeeded'), { connection: 'internet', strikes: 0, intervalMs: 30_000 })
})

test('K3: a failure in lan stays lan with 3 strikes', () => {
  assert.equal(after(lan, 'failed'), { connection: 'lan', strikes: 3, intervalMs: 1_000 })
})

test('K4: results while disconnected change nothing', () => {
  assert.equal(after(disconnected, 'succeeded'), disconnected)
  assert.equal(after(disconnected, 'failed'), disconnected)
  assert.equal(after(disconnected, 'addressed'), disconnected)
})

test('K5: ifdown is disconnected from everywhere, and keeps the strikes', () => {
  for (const state of [internet, lan, disconnected]) {
    const down = after(state, 'ifdown')
    assert.is(down.connection, 'disconnected')
    assert.is(down.intervalMs, Number.POSITIVE_INFINITY)
    assert.is(down.strikes, state.strikes)
  }
})

test('K6: ifup leads from disconnected to lan and changes nothing else', () => {
  assert.equal(after(disconnected, 'ifup'), { connection: 'lan', strikes: 3, intervalMs: 500 })
  assert.equal(after(internet, 'ifup'), internet)
  assert.equal(after(lan, 'ifup'), lan)
})

test('K7: a success in internet waits 30 s', () => {
  assert.equal(after(internet, 'succeeded'), { connection: 'internet', strikes: 0, intervalMs: 30_000 })
})

test('failures in internet: 15 s, 10 s, then lan with the interval unchanged', () => {
  const first = after(internet, 'succeeded', 'failed')
  assert.equal(first, { connection: 'internet', strikes: 1, intervalMs: 15_000 })
  const second = after(first, 'failed')
  assert.equal(second, { connection: 'internet', strikes: 2, intervalMs: 10_000 })
  assert.equal(after(second, 'failed'), { connection: 'lan', strikes: 3, intervalMs: 10_000 })
})

test('a success between failures begins the count anew', () => {
  assert.is(after(internet, 'failed', 'failed', 'succeeded', 'failed').strikes, 1)
})

test('failures in lan double the interval up to 30 s', () => {
  const intervals: number[] = []
  let state = lan
  for (let round = 0; round < 8; round += 1) {
    state = reduceCheck(state, 'failed')
    intervals.push(state.intervalMs)
  }
  assert.equal(intervals, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('a further address begins the waits of lan anew and leaves internet alone', () => {
  assert.is(after(lan, 'failed', 'failed', 'failed', 'addressed').intervalMs, 500)
  const settled = after(internet, 'succeeded')
  assert.is(after(settled, 'addressed'), settled)
})

test.run()
