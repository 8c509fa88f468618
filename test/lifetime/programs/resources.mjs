// What a process holds, as /proc tells it, and waiting for it to be given back.

import { readdirSync } from 'node:fs'
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises'

/** The end of a thread is seen by its joiner before /proc forgets it. */
const SETTLE_LIMIT_MS = 10_000
const INTERVAL_MS = 5

/** Lets the event loop go round. */
export async function turns(count) {
  for (let at = 0; at < count; at += 1) await turn()
}

export function held() {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    threads: readdirSync('/proc/self/task').length,
  }
}

/** What is held when no more than `base` is, or at the limit. */
export async function settled(base) {
  const endMs = performance.now() + SETTLE_LIMIT_MS
  for (;;) {
    const now = held()
    if ((now.descriptors <= base.descriptors && now.threads <= base.threads) || performance.now() > endMs) return now
    await delay(INTERVAL_MS)
  }
}
