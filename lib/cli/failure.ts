/** What ends a command: one line on standard error, and the exit status that api users rely on. */

import { messageOf } from '../errors.js'
import { NotRunningError, RefusedError } from './client.js'
import { harmless } from './table.js'

export const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const

/** The command line itself is wrong. */
export class UsageError extends Error {}

/** The command has said already what went wrong. */
export class SilentFailure extends Error {}

/** The exit status for anything that was thrown. */
export function exitStatusOf(thrown: unknown): number {
  if (thrown instanceof NotRunningError) return EXIT.notRunning
  if (thrown instanceof UsageError) return EXIT.usage
  return EXIT.failed
}

/** One line that names the field or the cause; undefined where nothing is left to say. */
export function failureLine(thrown: unknown): string | undefined {
  if (thrown instanceof SilentFailure) return undefined
  const text = messageOf(thrown)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
  if (!(thrown instanceof RefusedError)) return harmless(text)
  // The library's texts begin with the field where there is one.
  const { field, code } = thrown
  const named = field === undefined || text.includes(field) ? text : `${field}: ${text}`
  return harmless(`${named} (${code})`)
}
