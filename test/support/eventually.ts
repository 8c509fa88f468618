/** Waiting for what nothing announces: a condition is asked again, at a bounded interval, until a deadline. */

import { setTimeout as delay } from 'node:timers/promises'

/** Short against every time that a test asserts, long against the cost of asking (one process). */
const INTERVAL_MS = 20
const DEFAULT_DEADLINE_MS = 5_000

/**
 * Resolves with the first value of `ask` that is neither `undefined` nor `false`; `what` names it in the error of the
 * deadline. An exception of `ask` counts as "not yet" and becomes the error's cause.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  { deadlineMs = DEFAULT_DEADLINE_MS }: { readonly deadlineMs?: number | undefined } = {},
): Promise<Exclude<T, undefined | false>> {
  const endMs = performance.now() + deadlineMs
  let cause: unknown
  for (;;) {
    try {
      const value = await ask()
      if (value !== undefined && value !== false) return value as Exclude<T, undefined | false>
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() >= endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`, { cause })
    await delay(INTERVAL_MS)
  }
}
