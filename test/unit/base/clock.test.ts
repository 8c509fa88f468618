import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from '../../../lib/base/clock.js'

const DAY_MS = 86_400_000

/** Runs `work` with a setTimeout that only writes down what it is asked for. */
function withNotedTimers(work: (asked: { delayMs: number; fire: () => void }[]) => void): void {
  const original = globalThis.setTimeout
  const asked: { delayMs: number; fire: () => void }[] = []
  globalThis.setTimeout = ((fire: () => void, delayMs: number) => {
    asked.push({ delayMs, fire })
    return original(() => undefined, 0)
  }) as unknown as typeof setTimeout
  try {
    work(asked)
  } finally {
    globalThis.setTimeout = original
  }
}

test('a delay beyond what setTimeout can hold comes in stages that add up to it', () => {
  let fired = 0
  withNotedTimers((asked) => {
    systemClock.setTimer(60 * DAY_MS, () => {
      fired += 1
    })
    for (let stage = 0; stage < 3; stage += 1) {
      assert.is(asked.length, stage + 1)
      assert.is(fired, 0)
      asked[stage]?.fire()
    }
    assert.is(fired, 1)
    assert.is(
      asked.reduce((sum, { delayMs }) => sum + delayMs, 0),
      60 * DAY_MS,
    )
    assert.ok(asked.every(({ delayMs }) => delayMs <= 2 ** 31 - 1))
  })
})

test('a negative delay is none', () => {
  withNotedTimers((asked) => {
    systemClock.setTimer(-5, () => undefined)
    assert.equal(
      asked.map(({ delayMs }) => delayMs),
      [0],
    )
  })
})

test.run()
