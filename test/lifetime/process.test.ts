/** Engines of processes that end. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Context, mustEnd } from './cells.js'
import { ENDING_ROUNDS, STEPS, Stage } from './stage.js'

const test = suite<Context>('lifetime of a process')

test.before(async (context) => {
  context.stage = await Stage.create()
})
test.after(async ({ stage }) => {
  await stage?.[Symbol.asyncDispose]()
})

for (const step of STEPS) {
  test(`natural exit × ${step}: a process whose engine is closed ends by itself`, async ({ stage }) => {
    for (let round = 0; round < ENDING_ROUNDS; round += 1) mustEnd(await stage.ending('natural', step, round), 0)
  })

  test(`process.exit × ${step}: the process ends with the code that was given`, async ({ stage }) => {
    for (let round = 0; round < ENDING_ROUNDS; round += 1) mustEnd(await stage.ending('exit', step, round), 7)
  })

  test(`uncaught throw in the delivery × ${step}: the process ends by the error`, async ({ stage }) => {
    for (let round = 0; round < ENDING_ROUNDS; round += 1) {
      const ending = await stage.ending('throw', step, round)
      mustEnd(ending, 1)
      assert.match(ending.stderr, /Error: thrown on purpose/)
    }
  })
}

test.run()
