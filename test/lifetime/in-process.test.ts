/** Engines in the main thread of a process that lives on. */

import { suite } from 'uvu'
import { type Context, livingCells } from './cells.js'
import { Stage } from './stage.js'

const test = suite<Context>('lifetime in a process')

test.before(async (context) => {
  context.stage = await Stage.create()
})
test.after(async ({ stage }) => {
  await stage?.[Symbol.asyncDispose]()
})

livingCells(test, { row: 'closed' })
livingCells(test, { row: 'throwInDelivery' })
// Nobody can listen before the kernel is open.
livingCells(test, { row: 'throwInListener', steps: ['event', 'command', 'close'] })
livingCells(test, { row: 'forkAndExec' })

test.run()
