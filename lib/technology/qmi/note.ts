/** What outlives the end of a modem's part. Pure. */

import type { Json } from '../plan.js'

export interface ModemNote {
  /** Sessions in a row that failed. */
  readonly failures: number
  /** Starts in a row that found a silent modem. */
  readonly silent: number
  /** It tells no IPv4 address: the plan with a DHCP client is applied. */
  readonly dhcp: boolean
}

export function readNote(note: Json): ModemNote {
  const { failures, silent, dhcp } = (note ?? {}) as { readonly [name in keyof ModemNote]?: Json }
  return {
    failures: typeof failures === 'number' ? failures : 0,
    silent: typeof silent === 'number' ? silent : 0,
    dhcp: dhcp === true,
  }
}
