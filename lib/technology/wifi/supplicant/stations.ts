/** The answers to `STA-FIRST` and `STA-NEXT`, and the answer to `STATUS`. */

import { isMacAddress } from './access-point.js'
import { readLines } from './key-values.js'

/** The address of the station that an answer tells of; undefined: there is none, or none any more. */
export function readStation(text: string): string | undefined {
  const [first = ''] = text.split('\n', 1)
  return isMacAddress(first) ? first.toLowerCase() : undefined
}

/** What the supplicant is connected to, undefined where it is not. */
export function readConnection(text: string): string | undefined {
  const values = readLines(text)
  const bssid = values.get('bssid')?.trim().toLowerCase()
  const joined = values.get('wpa_state')?.trim() === 'COMPLETED' && values.get('mode')?.trim() !== 'mesh'
  return joined && bssid !== undefined && isMacAddress(bssid) ? bssid : undefined
}
