import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

test('timers fire in order of time, equal times in order of setting', async () => {
  const clock = new SimulatedClock()
  const fired: string[] = []
  clock.setTimer(20, () => fired.push('c'))
  clock.setTimer(10, () => fired.push('a'))
  clock.setTimer(10, () => fired.push('b'))
  await clock.advance(20)
  assert.equal(fired, ['a', 'b', 'c'])
})

test('time stands at a timer’s own time while it fires, and at the end afterwards', async () => {
  const clock = new SimulatedClock({ nowMs: 1000, wallMs: 5000 })
  const seen: number[] = []
  clock.setTimer(7.5, () => seen.push(clock.nowMs(), clock.wallMs()))
  await clock.advance(100)
  assert.equal(seen, [1007.5, 5007.5])
  assert.is(clock.nowMs(), 1100)
  assert.is(clock.wallMs(), 5100)
})

test('a timer that is not yet due waits; pendingTimers and nextTimerMs tell of it', async () => {
  const clock = new SimulatedClock()
  let fired = 0
  clock.setTimer(100, () => {
    fired += 1
  })
  await clock.advance(99.9)
  assert.is(fired, 0)
  assert.is(clock.pendingTimers, 1)
  assert.is(clock.nextTimerMs, 100)
  await clock.advance(0.1)
  assert.is(fired, 1)
  assert.is(clock.pendingTimers, 0)
  assert.is(clock.nextTimerMs, undefined)
})

test('a cancelled timer never fires; cancelling again is harmless', async () => {
  const clock = new SimulatedClock()
  const timer = clock.setTimer(10, () => assert.unreachable())
  timer.cancel()
  timer.cancel()
  await clock.advance(50)
})

test('what a timer sets within the span fires in the same advance', async () => {
  const clock = new SimulatedClock()
  const times: number[] = []
  const again = (): void => {
    times.push(clock.nowMs())
    if (times.length < 4) clock.setTimer(10, again)
  }
  clock.setTimer(10, again)
  await clock.advance(35)
  assert.equal(times, [10, 20, 30])
})

test('promises run on between timers, however long their chain', async () => {
  const clock = new SimulatedClock()
  const times: number[] = []
  const loop = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await new Promise<void>((resolve) => clock.setTimer(10, resolve))
      for (let step = 0; step < 50; step += 1) await Promise.resolve()
      times.push(clock.nowMs())
    }
  }
  const done = loop()
  await clock.advance(30)
  await done
  assert.equal(times, [10, 20, 30])
})

test('the wall clock can be set without a timer noticing', async () => {
  const clock = new SimulatedClock()
  let fired = 0
  clock.setTimer(10, () => {
    fired += 1
  })
  clock.setWallMs(9_000_000)
  assert.is(clock.wallMs(), 9_000_000)
  await clock.advance(9)
  assert.is(fired, 0)
  await clock.advance(1)
  assert.is(fired, 1)
})

test.run()
