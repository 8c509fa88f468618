import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Dice } from './dice.js'
import { drawSteps } from './draw-steps.js'
import { run } from './run.js'
import { shrink } from './shrink.js'
import type { Step } from './step.js'

const WAIT: Step = { do: 'wait', ms: 1, pause: 'quiet' }
const SEED = 7
const STEP_COUNT = 120

test('the same seed draws the same steps, another draws others', () => {
  assert.equal(drawSteps(SEED, STEP_COUNT), drawSteps(SEED, STEP_COUNT))
  assert.not.equal(drawSteps(SEED, STEP_COUNT), drawSteps(SEED + 1, STEP_COUNT))
})

test('steps are plain data: what JSON gives back is the same', () => {
  const steps = drawSteps(SEED, STEP_COUNT)
  assert.equal(JSON.parse(JSON.stringify(steps)), JSON.parse(JSON.stringify(steps)))
})

test('a seed run twice shows the same at every step: properties, links, addresses, routes, rules, time', async () => {
  const first = await run(drawSteps(SEED, STEP_COUNT), { trace: true })
  const second = await run(JSON.parse(JSON.stringify(drawSteps(SEED, STEP_COUNT))) as Step[], { trace: true })
  const other = await run(drawSteps(SEED + 1, STEP_COUNT), { trace: true })
  assert.match(first.hash, /^[0-9a-f]{64}$/)
  assert.is(first.hash, second.hash)
  assert.is.not(first.hash, other.hash)
})

test('dice: every number comes, about as often as the others', () => {
  const dice = new Dice(1)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let roll = 0; roll < 10_000; roll += 1) {
    const number = dice.roll(10)
    counts[number] = (counts[number] ?? 0) + 1
  }
  assert.ok(
    counts.every((count) => count > 850 && count < 1150),
    String(counts),
  )
})

test('shrinking leaves the steps without which it does not fail, in their order', async () => {
  const steps = Array.from({ length: 40 }, (_, at): Step => ({ ...WAIT, do: 'wait', ms: at }))
  const needs = (ms: number) => (some: readonly Step[]) => some.some((step) => step.do === 'wait' && step.ms === ms)
  const short = await shrink(steps, async (some) => needs(3)(some) && needs(30)(some) && needs(31)(some))
  assert.equal(
    short.map((step) => (step.do === 'wait' ? step.ms : -1)),
    [3, 30, 31],
  )
})

test.run()
