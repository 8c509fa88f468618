/** What a promise rejects with, for assertions. */

import * as assert from 'uvu/assert'
import { isNetworkError, type NetworkError } from '../../lib/errors.js'

/** Fails the test unless it is a NetworkError. */
export async function rejection(promise: Promise<unknown>): Promise<NetworkError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(isNetworkError(thrown), `expected a NetworkError, got ${String(thrown)}`)
  return thrown
}
