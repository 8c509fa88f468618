/** What outlives the end of a modem's part. Pure. */

import type { Json } from '../plan.js'

export interface ModemNote {
  /** Sessions in a row that failed. */
  readonly failures: number
  /** Starts in a row that found a silent modem. */
  readonly silent: number
}

export function readNote(note: Json): ModemNote {
  const { failures, silent } = (note ?? {}) as { readonly failures?: Json; readonly silent?: Json }
  return {
    failures: typeof failures === 'number' ? failures : 0,
    silent: typeof silent === 'number' ? silent : 0,
  }
}
