/** The contract of a Kernel: one suite, run on the fake and on the real one. */

import { suite } from 'uvu'
import { skip } from '../support/skip.js'
import { addressContract } from './addresses.js'
import { deviceContract } from './devices.js'
import { linkKindContract } from './link-kinds.js'
import { linkContract } from './links.js'
import { neighbourContract } from './neighbours.js'
import { nexthopContract } from './nexthops.js'
import { orderContract } from './orders.js'
import { placeContract } from './place.js'
import { routeContract } from './routes.js'
import { ruleContract } from './rules.js'
import { streamContract } from './streams.js'
import { tableContract } from './tables.js'
import { walkContract } from './walk.js'
import { wireguardContract } from './wireguard.js'
import { wirelessContract } from './wireless.js'
import type { ContractTest, MakeWorld } from './world.js'

/** What a kernel may be without. */
export interface KernelChoice {
  /** Kinds of links that it was built without. */
  readonly lacking?: ReadonlySet<string>
  /** Its version, as `uname -r` says; undefined: it is as new as any. */
  readonly release?: string
}

/** How a contract's tests become tests of a suite; those for a newer kernel are left out. */
export function declarer(contract: ReturnType<typeof suite>, makeWorld: MakeWorld, release?: string): ContractTest {
  return (title, body, { since, ...options } = {}) => {
    if (since !== undefined && release !== undefined && isOlder(release, since)) {
      skip(contract, title, `the kernel is older than ${since.join('.')}`)
      return
    }
    contract(title, async () => {
      const world = await makeWorld(options)
      try {
        await body(world)
      } finally {
        await world.dispose()
      }
    })
  }
}

function isOlder(release: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}

/** Declares the whole contract for one kind of kernel; returns the suite, to which a runner may add before it runs. */
export function kernelContract(
  name: string,
  makeWorld: MakeWorld,
  { lacking = new Set(), release }: KernelChoice = {},
) {
  const contract = suite(name)
  const test = declarer(contract, makeWorld, release)
  linkContract(test)
  addressContract(test)
  routeContract(test)
  ruleContract(test)
  const kinds = { lacking, leaveOut: (title: string, reason: string) => skip(contract, title, reason) }
  linkKindContract(test, kinds)
  wireguardContract(test, kinds)
  wirelessContract(test, kinds)
  neighbourContract(test)
  nexthopContract(test)
  orderContract(test)
  tableContract(test)
  streamContract(test)
  deviceContract(test)
  placeContract(test)
  walkContract(test)
  return contract
}
