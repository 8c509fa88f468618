/**
 * memory: what this process holds in memory, by line: `open all NETNS` and `open addresses` close the kernel that was open, open
 * another and wait until its mirror is filled; `resident` answers with bytes after a garbage collection: all of them, those
 * outside of JavaScript's heap and those that live objects take in it; `events N` resolves when N address events have come since the kernel was opened.
 */

import { setTimeout as rest } from 'node:timers/promises'
import { type Kernel, open } from './library.js'
import { answer, say } from './lines.js'

/** V8 gives pages back a moment after a collection. */
const SETTLE_MS = 200

let kernel: Kernel | undefined
let events = 0
let awaited: { readonly count: number; readonly resolve: () => void } | undefined

async function openOne(follow: 'all' | readonly ['addresses'], netns?: string): Promise<string> {
  await kernel?.close()
  kernel = await open(follow, { netns })
  kernel.subscribe((changes) => {
    for (const { type } of changes) if (type === 'address' || type === 'addressGone') events += 1
    if (awaited !== undefined && events >= awaited.count) awaited.resolve()
  })
  await kernel.settled()
  return String(kernel.mirror.links().length)
}

async function resident(): Promise<string> {
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc?.()
    await rest(SETTLE_MS)
  }
  const { rss, heapTotal, heapUsed } = process.memoryUsage()
  return JSON.stringify({ all: rss, native: rss - heapTotal, live: heapUsed })
}

say('ready')
await answer(async (line) => {
  if (line.startsWith('open all ')) return openOne('all', line.slice('open all '.length))
  if (line === 'open addresses') return openOne(['addresses'])
  if (line === 'resident') return resident()
  const count = Number(line.split(' ')[1])
  await new Promise<void>((resolve) => {
    awaited = { count, resolve }
    if (events >= count) resolve()
  })
  return String(events)
})
await kernel?.close()
