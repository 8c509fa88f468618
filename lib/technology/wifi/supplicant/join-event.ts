/** Why a network was not joined: the property `wifi/event`, and a sentence for people. */

import type { SupplicantEvent } from './events.js'
import { readNumber } from './key-values.js'
import { readText } from './text.js'

/** As `wifi/event` has it; null where the supplicant did not say. */
export interface JoinEvent {
  readonly name: string
  readonly bssid: string | null
  readonly statusCode: number | null
  readonly id: number | null
  readonly ssid: string | null
  readonly authFailures: number | null
  /** Seconds until the network is tried again. */
  readonly duration: number | null
  /** `WRONG_KEY`, `CONN_FAILED`, `AUTH_FAILED`, …; WRONG_KEY also where the handshake before it said so. */
  readonly reason: string | null
}

type Named = Extract<SupplicantEvent, { type: 'event' }>

export const WRONG_KEY = 'WRONG_KEY'

export function joinEvent({ name, mac, fields = {} }: Named): JoinEvent {
  const ssid = fields['ssid']
  return {
    name,
    bssid: mac ?? null,
    statusCode: readNumber(fields['status_code']) ?? null,
    id: readNumber(fields['id']) ?? null,
    ssid: ssid === undefined ? null : readText(ssid),
    authFailures: readNumber(fields['auth_failures']) ?? null,
    duration: readNumber(fields['duration']) ?? null,
    reason: fields['reason'] ?? null,
  }
}

/** IEEE 802.11-2020, table 9-50: unspecified failure, and challenge failure. */
const REFUSED_STATUS = new Set(['1', '15'])
const SAE = '3'
const CONFIRM = '2'

/** Whether it says that the two sides have different keys: a 4-way handshake that failed, or SAE's second message refused. */
export function provesWrongKey(event: SupplicantEvent): boolean {
  if (event.type === 'info') return /4-Way Handshake failed.*pre-shared key may be incorrect/i.test(event.text)
  if (event.type !== 'event' || event.name !== 'CTRL-EVENT-AUTH-REJECT') return false
  const { auth_type, auth_transaction, status_code } = event.fields ?? {}
  return auth_type === SAE && auth_transaction === CONFIRM && REFUSED_STATUS.has(status_code ?? '')
}

/** A sentence for people; undefined where the event says nothing of a failure. */
export function explain({ name, ssid, reason, duration, authFailures }: JoinEvent): string | undefined {
  if (name === 'CTRL-EVENT-NETWORK-NOT-FOUND') return 'none of the configured networks is in range'
  if (name !== 'CTRL-EVENT-SSID-TEMP-DISABLED') return undefined
  const network = ssid === null ? 'the network' : JSON.stringify(ssid)
  const times = authFailures === null || authFailures < 2 ? '' : `, ${authFailures} times`
  const again = duration === null ? '' : `; tried again in ${duration} s`
  return `${network} ${refusal(reason)}${times}${again}`
}

function refusal(reason: string | null): string {
  switch (reason) {
    case WRONG_KEY:
      return 'refused the passphrase'
    case 'AUTH_FAILED':
      return 'refused the credentials'
    default:
      return `could not be joined${reason === null ? '' : ` (${reason})`}`
  }
}
