/** A random walk: whatever is done, in whatever order, the mirror equals a fresh dump. */

import type { KernelCommand } from '../../lib/kernel/messages.js'
import { addPair, type ContractTest, mustBeExact } from './world.js'

const STEPS = 40
const COMMANDS_PER_STEP = 6
const SEEDS = [1, 2, 3]

/** Numbers from 0 below `count`, the same for the same seed (a linear congruential generator, Numerical Recipes). */
function dice(seed: number): (count: number) => number {
  let state = seed
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
}

function randomCommand(roll: (count: number) => number): KernelCommand {
  const pick = <T>(...items: [T, ...T[]]): T => items[roll(items.length)] ?? items[0]
  const ifname = pick('v0', 'v1')
  const net = pick('192.0.2', '198.51.100')
  const table = pick(254, 100)
  const metric = pick(0, 10)
  switch (roll(8)) {
    case 0:
      return { type: 'setLink', ifname, up: roll(3) > 0 }
    case 1:
    case 2:
      return {
        type: pick('addAddress', 'deleteAddress'),
        ifname,
        address: `${net}.${pick(1, 2, 3)}`,
        prefixLength: pick(24, 25),
      }
    case 3:
      return { type: pick('addAddress', 'deleteAddress'), ifname, address: `2001:db8::${pick(1, 2)}`, prefixLength: 64 }
    case 4:
    case 5: {
      const type = pick('addRoute', 'replaceRoute', 'deleteRoute')
      const source = roll(4) === 0 && type !== 'deleteRoute' ? { source: `${net}.${pick(1, 2)}` } : {}
      return {
        type,
        family: 4,
        destination: 'default',
        gateway: `${net}.${pick(9, 10)}`,
        ifname,
        table,
        metric,
        ...source,
      }
    }
    case 6: {
      const type = pick('addRoute', 'replaceRoute', 'deleteRoute')
      return { type, family: 6, destination: 'default', gateway: `2001:db8::${pick(9, 10)}`, ifname, table, metric: 10 }
    }
    default:
      return { type: pick('addRule', 'deleteRule'), family: pick(4, 6), priority: pick(10, 20), table: pick(100, 101) }
  }
}

/** Declares the walks. */
export function walkContract(test: ContractTest): void {
  for (const seed of SEEDS) {
    test(`whatever is done, the mirror equals a fresh dump (seed ${seed})`, async (world) => {
      const { kernel } = world
      await addPair(kernel)
      const roll = dice(seed)
      for (let step = 0; step < STEPS; step += 1) {
        await kernel.send(Array.from({ length: COMMANDS_PER_STEP }, () => randomCommand(roll)))
        await mustBeExact(world)
      }
    })
  }
}
