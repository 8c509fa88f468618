// node ending.mjs SPEC: one round that ends this process. SPEC is JSON: { end, step, round, netns, addon }.

import { turns } from './resources.mjs'
import { enter } from './steps.mjs'

const spec = JSON.parse(process.argv[2])
const hook = () => {
  throw new Error('thrown on purpose')
}

const session = await enter(spec.step, { ...spec, table: 501, ...(spec.end === 'throw' ? { hook } : {}) })
await turns(spec.round % 5)
if (spec.end === 'natural') await session.close()
else if (spec.end === 'exit') process.exit(7)
// A throw comes by itself, with the next batch.
