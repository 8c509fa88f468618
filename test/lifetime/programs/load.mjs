// node load.mjs NETNS: lets addresses of v0 come and go until standard input ends. Prints a line when it has begun.

import { setTimeout as delay } from 'node:timers/promises'
import { openKernel } from '../../../dist/kernel/index.js'

const ADDRESSES = 8
/** Leaves the processor to what is tested: some 10,000 events a second remain. */
const PAUSE_MS = 4

const kernel = await openKernel({ netns: process.argv[2] })
let going = true
process.stdin.on('end', () => {
  going = false
})
process.stdin.resume()
const flips = ['addAddress', 'deleteAddress'].flatMap((type) =>
  Array.from({ length: ADDRESSES }, (_, host) => ({
    type,
    ifname: 'v0',
    address: `198.51.100.${host + 1}`,
    prefixLength: 32,
  })),
)
process.stdout.write('ready\n')
while (going) {
  await kernel.send(flips)
  await delay(PAUSE_MS)
}
await kernel.close()
