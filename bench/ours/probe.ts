/**
 * probe COUNT OUTSTANDING ADDRESS PORT IFNAME: COUNT probes, OUTSTANDING at a time, twice, as a program that has run for a
 * while; prints milliseconds of the second time, and how many connected.
 */

import { open } from './library.js'
import { say } from './lines.js'

const [count, outstanding, address = '', port, ifname = ''] = process.argv.slice(2)
/** No probe takes this long here, even a thousand at a time. */
const DEADLINE_MS = 10_000

const kernel = await open(['links'])

async function probeAll(): Promise<{ ms: number; connected: number }> {
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
  return { ms: performance.now() - startedMs, connected }
}

await probeAll()
say(JSON.stringify(await probeAll()))
await kernel.close()
