/** The contract of a Kernel: one suite, run on the fake and on the real one. */

import { suite } from 'uvu'
import { skip } from '../support/skip.js'
import { addressContract } from './addresses.js'
import { linkKindContract } from './link-kinds.js'
import { linkContract } from './links.js'
import { neighbourContract } from './neighbours.js'
import { nexthopContract } from './nexthops.js'
import { orderContract } from './orders.js'
import { placeContract } from './place.js'
import { routeContract } from './routes.js'
import { ruleContract } from './rules.js'
import { streamContract } from './streams.js'
import { walkContract } from './walk.js'
import type { ContractTest, MakeWorld } from './world.js'

/** Declares the whole contract for one kind of kernel, which may lack kinds of links; returns the suite, to which a runner may add before it runs. */
export function kernelContract(name: string, makeWorld: MakeWorld, lacking: ReadonlySet<string> = new Set()) {
  const contract = suite(name)
  const test: ContractTest = (title, body, options) => {
    contract(title, async () => {
      const world = await makeWorld(options)
      try {
        await body(world)
      } finally {
        await world.dispose()
      }
    })
  }
  linkContract(test)
  addressContract(test)
  routeContract(test)
  ruleContract(test)
  linkKindContract(test, { lacking, leaveOut: (title, reason) => skip(contract, title, reason) })
  neighbourContract(test)
  nexthopContract(test)
  orderContract(test)
  streamContract(test)
  placeContract(test)
  walkContract(test)
  return contract
}
