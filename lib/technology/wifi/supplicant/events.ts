/** What wpa_supplicant tells by itself: one datagram, one line, one event. */

import { isMacAddress } from './access-point.js'
import { readPairs } from './key-values.js'

/** By the beginning of the line; whatever is not known is information. */
export type SupplicantEvent =
  | {
      readonly type: 'event'
      /** `CTRL-EVENT-CONNECTED`, `AP-STA-CONNECTED`, …; the whole line where the event is none of those known. */
      readonly name: string
      /** The network or station that it is about, in lower case. */
      readonly mac?: string
      /** The supplicant's number of a network in range. */
      readonly index?: number
      /** `completed` and the like. */
      readonly status?: string
      /** What is free text behind the name. */
      readonly text?: string
      /** Values as they are printed, quotes taken off, escapes left in. */
      readonly fields?: Readonly<Record<string, string>>
    }
  /** The supplicant wants something of a user. */
  | { readonly type: 'interactive'; readonly name: string; readonly networkId: number; readonly text: string }
  | { readonly type: 'info'; readonly text: string }

type Named = Extract<SupplicantEvent, { type: 'event' }>
type Reader = (name: string, rest: string) => Named

const INTERACTIVE = /^CTRL-REQ-(\w+)-(\d+)[-:](.*)$/s
const PREFIX = /^<(\d)>/

const plain: Reader = (name) => ({ type: 'event', name })
const text: Reader = (name, rest) => ({ type: 'event', name, ...(rest === '' ? {} : { text: rest }) })

/** The first word is the address; what stands behind it is none of it. */
const address: Reader = (name, rest) => {
  const [mac = ''] = rest.split(/\s/, 1)
  return isMacAddress(mac) ? { type: 'event', name, mac: mac.toLowerCase() } : text(name, rest)
}

const fields: Reader = (name, rest) => {
  const { bssid, ...others } = Object.fromEntries(readPairs(rest))
  const [first = ''] = rest.split(/\s/, 1)
  const mac = isMacAddress(first) ? first : bssid
  const known = mac !== undefined && isMacAddress(mac) ? { mac: mac.toLowerCase() } : {}
  return { type: 'event', name, ...known, fields: others }
}

const bss: Reader = (name, rest) => {
  const [, index, mac] = /^(\d{1,10}) (\S+)/.exec(rest) ?? []
  if (index === undefined || mac === undefined || !isMacAddress(mac)) return text(name, rest)
  return { type: 'event', name, index: Number(index), mac: mac.toLowerCase() }
}

/** `- Connection to MAC completed (reauth) [id=0 id_str=]`; values that are empty say nothing. */
const connected: Reader = (name, rest) => {
  const [, mac, status] = /Connection to (\S+) (\w+)/.exec(rest) ?? []
  if (mac === undefined || status === undefined || !isMacAddress(mac)) return text(name, rest)
  const pairs = [...readPairs(rest.slice(Math.max(rest.indexOf('['), 0)))].filter(([, value]) => value !== '')
  return { type: 'event', name, mac: mac.toLowerCase(), status, fields: Object.fromEntries(pairs) }
}

const credential: Reader = (name, rest) =>
  /^[0-9a-fA-F]+$/.test(rest) ? { type: 'event', name, text: rest } : plain(name, rest)

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['CTRL-EVENT-SCAN-STARTED', plain],
  ['CTRL-EVENT-SCAN-RESULTS', plain],
  ['CTRL-EVENT-SCAN-FAILED', fields],
  ['CTRL-EVENT-BSS-ADDED', bss],
  ['CTRL-EVENT-BSS-REMOVED', bss],
  ['CTRL-EVENT-CONNECTED', connected],
  ['CTRL-EVENT-DISCONNECTED', fields],
  ['CTRL-EVENT-ASSOC-REJECT', fields],
  ['CTRL-EVENT-AUTH-REJECT', fields],
  ['CTRL-EVENT-SSID-TEMP-DISABLED', fields],
  ['CTRL-EVENT-SSID-REENABLED', fields],
  ['CTRL-EVENT-NETWORK-NOT-FOUND', plain],
  ['CTRL-EVENT-REGDOM-CHANGE', fields],
  ['CTRL-EVENT-SUBNET-STATUS-UPDATE', fields],
  ['CTRL-EVENT-SIGNAL-CHANGE', fields],
  ['CTRL-EVENT-EAP-PROPOSED-METHOD', fields],
  ['CTRL-EVENT-EAP-STATUS', fields],
  ['CTRL-EVENT-EAP-PEER-CERT', fields],
  ['CTRL-EVENT-EAP-FAILURE', text],
  ['CTRL-EVENT-EAP-METHOD', text],
  ['CTRL-EVENT-TERMINATING', plain],
  ['WPS-CRED-RECEIVED', credential],
  ['AP-DISABLED', plain],
  ['AP-STA-CONNECTED', address],
  ['AP-STA-DISCONNECTED', address],
  ['MESH-PEER-CONNECTED', address],
  ['MESH-PEER-DISCONNECTED', address],
  ['MESH-GROUP-STARTED', fields],
  ['MESH-GROUP-REMOVED', text],
  ['MESH-SAE-AUTH-FAILURE', fields],
  ['MESH-SAE-AUTH-BLOCKED', fields],
])

/** Whether a datagram is an event, and no answer: it begins with its priority, `<3>`. */
export function isEvent(datagram: string): boolean {
  return PREFIX.test(datagram)
}

/** Never throws. The priority in front may be absent. */
export function readEvent(datagram: string): SupplicantEvent {
  const line = datagram.replace(PREFIX, '').trim()
  const [, field, networkId, wish = ''] = INTERACTIVE.exec(line) ?? []
  if (field !== undefined) {
    return { type: 'interactive', name: `CTRL-REQ-${field}`, networkId: Number(networkId), text: wish }
  }
  const [word = ''] = line.split(/\s/, 1)
  const reader = READERS.get(word)
  if (reader !== undefined) return reader(word, line.slice(word.length).trim())
  if (/^(CTRL-EVENT-|WPS-)/.test(line)) return { type: 'event', name: line }
  return { type: 'info', text: line }
}

/** Names and addresses, with what is no secret behind them; for logs. */
export function describeEvent(event: SupplicantEvent): string {
  switch (event.type) {
    case 'interactive':
      return event.name
    case 'info':
      // Groups of P2P, DPP and WPS are told with their keys.
      return SECRETIVE.test(event.text) ? wordsOf(event.text) : event.text
    case 'event':
      return [wordsOf(event.name), event.mac, event.status].filter((part) => part !== undefined).join(' ')
  }
}

const SECRETIVE = /^(DPP|P2P|WPS|NAN|CTRL|AP)-/

function wordsOf(text: string): string {
  return text.split(/\s/, 1)[0] ?? ''
}
