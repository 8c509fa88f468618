/** Runs seeds one after the other; the first that fails is shrunk, kept as a fixture and told. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { skip } from '../support/skip.js'
import { drawSteps } from './draw-steps.js'
import { keepFixture } from './fixture.js'
import { run } from './run.js'
import { shrink } from './shrink.js'
import { describeSteps } from './step.js'

const SEED_COUNT = 500
const STEP_COUNT = 300
/** A failing seed ends a part: each shrinking takes minutes. */
const PARTS = 4

/** Declares the test of one part of the seeds. SEED: that one alone; SEEDS, STEPS: how many. */
export function testSeeds(part: number): void {
  const test = suite(`simulation, part ${part + 1} of ${PARTS}`)
  const asked = process.env['SEED']
  const count = numberOf('SEEDS', SEED_COUNT)
  const stepCount = numberOf('STEPS', STEP_COUNT)
  const all = asked === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [Number(asked)]
  const seeds = all.filter((_, at) => at % PARTS === part)
  const title = `the invariants hold in ${seeds.length} seeds of ${stepCount} steps`
  if (seeds.length === 0) skip(test, title, `only ${all.length} seed asked for, run by another part`)
  else {
    test(title, async () => {
      for (const seed of seeds) await runSeed(seed, stepCount)
    })
  }
  test.run()
}

async function runSeed(seed: number, stepCount: number): Promise<void> {
  const steps = drawSteps(seed, stepCount)
  const { failure } = await run(steps)
  if (failure === undefined) return
  const { invariant } = failure
  const short = await shrink(steps.slice(0, failure.at + 1), async (some) => {
    const found = await run(some)
    return found.failure?.invariant === invariant
  })
  const { failure: again } = await run(short)
  const what = again?.message ?? failure.message
  const name = keepFixture({ what, seed, invariant, steps: short })
  assert.unreachable(
    `seed ${seed} broke after ${failure.at} steps; ${short.length} of them, kept in test/fixtures/simulation/${name}, do so too:\n${what}\n${describeSteps(short)}`,
  )
}

function numberOf(variable: string, otherwise: number): number {
  const text = process.env[variable]
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new Error(`${variable}: ${text} is no number of ${variable.toLowerCase()}`)
}
