/** A limit for what a plan makes the interface wait for. */

import type { Clock } from '../base/clock.js'
import { NetworkError } from '../errors.js'

export interface Limit {
  readonly clock: Clock
  readonly limitMs: number
  readonly signal: AbortSignal
  /** The message of the ERR_TIMEOUT. */
  readonly text: string
}

/** Runs `task` with a signal that aborts on `signal` or after the limit; rejects at once in both cases. */
export async function withLimit(limit: Limit, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const { clock, limitMs, signal, text } = limit
  const controller = new AbortController()
  let fail: (error: NetworkError) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = (error) => {
      controller.abort()
      reject(error)
    }
  })
  failed.catch(() => undefined)
  const cancel = (): void => fail(new NetworkError('ERR_CANCELLED', 'the steps were cancelled'))
  const timer = clock.setTimer(limitMs, () => fail(new NetworkError('ERR_TIMEOUT', text)))
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    await Promise.race([task(controller.signal), failed])
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', cancel)
  }
}
