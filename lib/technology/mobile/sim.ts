/** The SIM card, as AT+CPIN? tells it (3GPP TS 27.007, 8.3 and 9.2). Pure. */

import type { AtReply } from './at/core.js'

export type SimState = 'ready' | 'pin' | 'puk' | 'blocked' | 'missing' | 'busy' | 'unknown'

/** <err> of +CME ERROR, with AT+CMEE=1. */
const ERROR_STATES: ReadonlyMap<number, SimState> = new Map([
  [10, 'missing'],
  [11, 'pin'],
  [12, 'puk'],
  [13, 'missing'],
  [14, 'busy'],
  [15, 'missing'],
])

/** `told`: the last line that began with '+CPIN:'. */
export function simStateOf(reply: AtReply, told: string | undefined): SimState {
  if (reply.type === 'ok') return told === undefined ? 'unknown' : simStateOfLine(told)
  if (reply.type !== 'error') return 'unknown'
  const [, code] = /^\+CME ERROR:\s*(\d{1,4})$/.exec(reply.line) ?? []
  if (code !== undefined) return ERROR_STATES.get(Number(code)) ?? 'unknown'
  return /SIM not inserted/i.test(reply.line) ? 'missing' : 'unknown'
}

export function simStateOfLine(line: string): SimState {
  switch (line.replace(/^\+CPIN:\s*/, '').replace(/^"|"$/g, '')) {
    case 'READY':
      return 'ready'
    case 'SIM PIN':
      return 'pin'
    case 'SIM PUK':
      return 'puk'
    case 'NOT INSERTED':
    case 'NOT READY':
      return 'missing'
    default:
      // Another lock, such as that of a network: only its operator can open it.
      return 'blocked'
  }
}

/** How often a PIN may still be wrong, from a line '+CPINR: SIM PIN,left,of'; undefined: it does not say. */
export function pinAttemptsLeft(line: string): number | undefined {
  const [, left] = /^\+CPINR:\s*"?SIM PIN"?,\s*(\d{1,2})/.exec(line) ?? []
  return left === undefined ? undefined : Number(left)
}
