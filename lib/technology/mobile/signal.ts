/** The signal as AT+CSQ tells it (3GPP TS 27.007, 8.5). Pure. */

import { parseResponse } from './at/response.js'

export interface MobileSignal {
  /** Arbitrary strength units 0 to 31; 99: not known. */
  readonly asu: number
  readonly dbm: number
  /** 0 to 4. */
  readonly bars: number
}

const NOT_KNOWN_ASU = 99
const NOT_KNOWN_DBM = -113
const MAX_ASU = 30
/** Up to and with this ASU it is that many bars. */
const BARS = [9, 14, 19, MAX_ASU]

export const UNKNOWN_SIGNAL: MobileSignal = { asu: NOT_KNOWN_ASU, dbm: NOT_KNOWN_DBM, bars: 0 }

export function signalOf(asu: number): MobileSignal {
  if (asu === NOT_KNOWN_ASU) return UNKNOWN_SIGNAL
  const clamped = Math.min(Math.max(asu, 0), MAX_ASU)
  return { asu, dbm: 2 * clamped - 113, bars: BARS.findIndex((most) => clamped <= most) + 1 }
}

/** The signal in a line '+CSQ: asu,ber'; what is no such line is no signal. */
export function parseSignal(line: string): MobileSignal {
  const [asu] = parseResponse(line)?.values ?? []
  return typeof asu === 'number' ? signalOf(asu) : UNKNOWN_SIGNAL
}
