// The far end of a cable: sets its link down and up by one system call each, and says when it did.
// Runs in the router's namespace. Reads `down` or `up` on standard input; answers with the CLOCK_MONOTONIC time in
// nanoseconds, read just before the system call. A write to `flags` in sysfs is the link-down system call itself.

import { openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const IFF_UP = 0x1
const IFF_MULTICAST = 0x1000
const flags = openSync(`/sys/class/net/${process.argv[2]}/flags`, 'w')

createInterface({ input: process.stdin }).on('line', (line) => {
  const wanted = `0x${(line === 'up' ? IFF_UP | IFF_MULTICAST : IFF_MULTICAST).toString(16)}`
  const atNs = process.hrtime.bigint()
  writeSync(flags, wanted, 0)
  process.stdout.write(`${atNs}\n`)
})
process.stdout.write('ready\n')
