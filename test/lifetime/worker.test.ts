/** Engines in worker threads that come and go while their process lives on. */

import { suite } from 'uvu'
import { type Context, livingCells } from './cells.js'
import { Stage } from './stage.js'

const test = suite<Context>('lifetime in workers')

test.before(async (context) => {
  context.stage = await Stage.create()
})
test.after(async ({ stage }) => {
  await stage?.[Symbol.asyncDispose]()
})

livingCells(test, { row: 'workerTerminated' })
livingCells(test, { row: 'workerExits' })
livingCells(test, { row: 'handleCollected' })
livingCells(test, { row: 'mainAndWorker' })
livingCells(test, { row: 'twoWorkers' })

test.run()
