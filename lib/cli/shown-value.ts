/** A value of a property as a person reads it. Pure. */

import { harmless } from './table.js'

/** Texts as they are, all else as JSON. */
export function shownValue(value: unknown): string {
  return harmless(typeof value === 'string' ? value : (JSON.stringify(value) ?? '(none)'))
}
