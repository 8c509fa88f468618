/**
 * The part of the kernel's contract that other kernels may leave out: kinds of links. The whole contract takes too long in an
 * emulated machine; `VINTAGE_NET_FULL=1 npm run test:vm` runs it there as well.
 */

import { release } from 'node:os'
import { suite } from 'uvu'
import { declarer } from '../kernel-contract/contract.js'
import { linkKindContract } from '../kernel-contract/link-kinds.js'
import { realWorld } from '../kernel-contract/real-world.js'

const contract = suite('kinds of links')

linkKindContract(declarer(contract, realWorld, release()), {
  lacking: new Set(),
  leaveOut: (title) => {
    throw new Error(`left out: ${title}`)
  },
})

contract.run()
