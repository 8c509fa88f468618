/** How long to wait before a service is started again. Pure. */

export interface BackoffLimits {
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** After running this long the next wait is the first one again. */
  readonly stableAfterMs: number
}

/** Half a second hides a single crash; 30 s cost a board nothing and bring a repaired program back soon enough. */
export const BACKOFF_LIMITS: BackoffLimits = { firstDelayMs: 500, maxDelayMs: 30_000, stableAfterMs: 30_000 }

/** How many ends came in a row without stable running between them. */
export interface BackoffState {
  readonly failureCount: number
}

export const initialBackoff: BackoffState = { failureCount: 0 }

/** The wait after an end that followed `ranForMs` of running (0 where it did not start), doubling from end to end. */
export function nextBackoff(
  state: BackoffState,
  ranForMs: number,
  limits: BackoffLimits = BACKOFF_LIMITS,
): { readonly state: BackoffState; readonly delayMs: number } {
  const failureCount = ranForMs >= limits.stableAfterMs ? 0 : state.failureCount
  const delayMs = Math.min(limits.firstDelayMs * 2 ** failureCount, limits.maxDelayMs)
  return { state: { failureCount: failureCount + 1 }, delayMs }
}
