/** The part of the kernel's contract that is about WireGuard. */

import { release } from 'node:os'
import { suite } from 'uvu'
import { declarer } from '../kernel-contract/contract.js'
import { realWorld } from '../kernel-contract/real-world.js'
import { wireguardContract } from '../kernel-contract/wireguard.js'

const contract = suite('WireGuard')

wireguardContract(declarer(contract, realWorld, release()), {
  lacking: new Set(),
  leaveOut: (title) => {
    throw new Error(`left out: ${title}`)
  },
})

contract.run()
