/**
 * start NETNS COUNT: for one line on standard input an instance with COUNT static interfaces, from the call of `start` until
 * all of them are configured; answers with that time and what the process holds in memory then, after a collection, and held
 * before it had imported the library.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { PREFIX_LENGTH } from '../uplinks.js'
import { answer, say } from './lines.js'

const CONFIGURED_LIMIT_MS = 60_000
/** V8 gives pages back a moment after a collection. */
const SETTLE_MS = 200

async function residentBytes(): Promise<number> {
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc?.()
    await rest(SETTLE_MS)
  }
  return process.memoryUsage().rss
}

const bytesBefore = await residentBytes()

const { VintageNet } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../lib/index.js')

const [netns = '', count] = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'vintage-net-bench-'))
const ifnames = Array.from({ length: Number(count) }, (_, i) => `s${i}`)

/** A subnet for each interface, in the range that is for benchmarks (RFC 2544). */
function configOf(index: number) {
  const subnet = `198.${18 + Math.floor(index / 256)}.${index % 256}`
  const ipv4 = {
    method: 'static' as const,
    address: `${subnet}.2`,
    prefixLength: PREFIX_LENGTH,
    gateway: `${subnet}.1`,
  }
  return { type: 'ethernet' as const, ipv4 }
}

async function startInstance() {
  const net = await VintageNet.start({
    netns,
    tmpDir: join(folder, 'run'),
    resolvConf: null,
    persistence: 'none',
    internetHostList: [],
    maxInterfaceCount: ifnames.length,
    config: Object.fromEntries(ifnames.map((ifname, index) => [ifname, configOf(index)])),
  })
  const limit = { deadlineMs: CONFIGURED_LIMIT_MS }
  await Promise.all(ifnames.map((ifname) => net.until(['interface', ifname, 'state'], 'configured', limit)))
  return net
}

say('ready')
await answer(async () => {
  const startedMs = performance.now()
  const net = await startInstance()
  const ms = performance.now() - startedMs
  const bytes = await residentBytes()
  await net.stop()
  return JSON.stringify({ ms, bytes, bytesBefore })
})
await rm(folder, { recursive: true, force: true })
