/** probe COUNT OUTSTANDING ADDRESS PORT IFNAME: for one line on standard input COUNT probes, OUTSTANDING at a time. */

import { open } from './library.js'
import { say } from './lines.js'

const [count, outstanding, address = '', port, ifname = ''] = process.argv.slice(2)
/** No probe takes this long here, even a thousand at a time. */
const DEADLINE_MS = 10_000

const kernel = await open(['links'])
const startedMs = performance.now()
let started = 0
let connected = 0
const prober = async (): Promise<void> => {
  while (started < Number(count)) {
    started += 1
    const { outcome } = await kernel.probe({ address, port: Number(port), ifname, deadlineMs: DEADLINE_MS })
    if (outcome === 'connected') connected += 1
  }
}
await Promise.all(Array.from({ length: Number(outstanding) }, prober))
say(JSON.stringify({ ms: performance.now() - startedMs, connected }))
await kernel.close()
