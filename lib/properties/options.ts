/** Checks what callers hand over besides the path. */

import { NetworkError } from '../errors.js'

/** @throws NetworkError ERR_INVALID_CONFIG unless it is an object with an AbortSignal as `signal`, or without one */
export function checkWaitOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw wrong('options', 'an object of options', options)
  const { signal } = options as { readonly signal?: unknown }
  if (signal !== undefined && !isSignal(signal)) throw wrong('signal', 'an AbortSignal', signal)
}

/** By what is used of it: one of another realm, or a polyfill's, will do. */
function isSignal(signal: unknown): boolean {
  if (typeof signal !== 'object' || signal === null) return false
  const { aborted, addEventListener } = signal as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

/** @throws NetworkError ERR_INVALID_CONFIG unless it is a function */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'function') throw wrong('listener', 'a function', listener)
}

function wrong(field: string, expected: string, value: unknown): NetworkError {
  const message = `${field}: expected ${expected}, got ${value === null ? 'null' : `a value of type ${typeof value}`}`
  return new NetworkError('ERR_INVALID_CONFIG', message, { field })
}
