/** dump TABLE: for each line on standard input one dump of the table's routes into objects. */

import { open } from './library.js'
import { answer, say } from './lines.js'

const table = Number(process.argv[2])
const kernel = await open(['links'])
say('ready')
await answer(async () => {
  const startedMs = performance.now()
  const routes = await kernel.routes({ table })
  return JSON.stringify({ ms: performance.now() - startedMs, routes: routes.length })
})
await kernel.close()
