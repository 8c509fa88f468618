/** What a subscriber is told. */

import type { Path } from './path.js'

/** One change of one property. */
export interface Change {
  readonly path: Path
  /** Undefined when the property did not exist. */
  readonly oldValue: unknown
  /** Undefined when the property was deleted. */
  readonly newValue: unknown
  readonly metadata: {
    /** When the old value was written, in ms of CLOCK_MONOTONIC; for a new property, when the table was made. */
    readonly oldTimestamp: number
    /** When this change was written, in ms of CLOCK_MONOTONIC. */
    readonly newTimestamp: number
  }
}
