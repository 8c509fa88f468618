/** What a user may write for one network. Which keys apply is told by its key management, see normalize-network.ts. */

import * as v from 'valibot'
import { described, integer, list, oneOf, section, text } from '../../config/section.js'
import { NETWORK_TITLES } from './network-titles.js'

/** How a network's key is agreed on. */
export const KEY_MANAGEMENTS = [
  'none',
  'wpa-psk',
  'wpa-psk-sha256',
  'ft-psk',
  'sae',
  'ft-sae',
  'owe',
  'wpa-eap',
  'wpa-eap-sha256',
  'wpa-eap-suite-b-192',
  'ft-eap',
  'ieee8021x',
] as const
export type KeyManagement = (typeof KEY_MANAGEMENTS)[number]

/** The place in the list is the number that a supplicant knows the mode by. */
export const MODES = ['infrastructure', 'ibss', 'ap', 'p2p-go', 'p2p-group-formation', 'mesh'] as const
export type WifiMode = (typeof MODES)[number]
/** What older configurations call them. */
const OLD_MODES = { client: 'infrastructure', host: 'ap' } as const

const SSID_EXPECTED = "a name as text, or its bytes as { hex: '4d794c414e' }"
const HEX_EXPECTED = 'an even number of hexadecimal digits'
const MODE_EXPECTED = `one of ${MODES.map((mode) => `'${mode}'`).join(', ')}`

/** The longest text that a supplicant's file may sensibly have in a line. */
const MAX_TEXT_CHARS = 1_024
/** Access points of one site. */
const MAX_BSSID_COUNT = 64
/** Centre of the highest channel of the 60 GHz band. */
const MAX_FREQUENCY_MHZ = 70_200
/** What int holds. */
const MAX_INT = 2_147_483_647
const MAX_WEP_KEY_INDEX = 3

export const ssidSchema = v.pipe(
  v.union(
    [
      v.string(SSID_EXPECTED),
      section(
        described({ hex: text(/^(?:[0-9a-fA-F]{2})*$/, HEX_EXPECTED) }, { hex: 'bytes of the name' }),
        SSID_EXPECTED,
      ),
    ],
    SSID_EXPECTED,
  ),
  v.description(SSID_EXPECTED),
)

const modeSchema = v.pipe(
  v.picklist([...MODES, 'client', 'host'], MODE_EXPECTED),
  v.description(MODE_EXPECTED),
  v.transform((mode): WifiMode => (mode === 'client' || mode === 'host' ? OLD_MODES[mode] : mode)),
)

/** Stands without quotes in the supplicant's file, so that it must not leave its place there. */
const words = (example: string) =>
  text(/^[A-Za-z0-9][A-Za-z0-9_.+-]*(?: [A-Za-z0-9][A-Za-z0-9_.+-]*)*$/, `words like '${example}'`)
const wepKey = text(
  /^(?:[0-9a-fA-F]{10}|[0-9a-fA-F]{26}|[0-9a-fA-F]{32}|"[\x20-\x7e]{5}"|"[\x20-\x7e]{13}"|"[\x20-\x7e]{16}")$/,
  '10, 26 or 32 hexadecimal digits, or 5, 13 or 16 printable characters in quotation marks',
)
/** Written with quotes: everything but NUL, which ends a text in C. */
const quotable = text(
  new RegExp(`^[^\\0]{0,${MAX_TEXT_CHARS}}$`, 's'),
  `a text of at most ${MAX_TEXT_CHARS} characters without NUL`,
)
const bssid = text(/^[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}$/, 'a MAC address like 02:00:00:00:00:01')
const maskedBssid = '[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}(?:/[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5})?'
const BSSIDS_EXPECTED = 'MAC addresses, each with or without /MASK, separated by blanks or as a list'
const bssids = v.pipe(
  v.union(
    [
      text(new RegExp(`^${maskedBssid}(?: ${maskedBssid})*$`), BSSIDS_EXPECTED),
      list(text(new RegExp(`^${maskedBssid}$`), BSSIDS_EXPECTED), MAX_BSSID_COUNT, BSSIDS_EXPECTED),
    ],
    BSSIDS_EXPECTED,
  ),
  v.description(BSSIDS_EXPECTED),
  v.transform((given) => (typeof given === 'string' ? given : given.join(' '))),
)

const PMF_EXPECTED = "0, 1, 2, 'disabled', 'optional' or 'required'"
/** Protection of management frames. */
const pmf = v.pipe(v.picklist([0, 1, 2, 'disabled', 'optional', 'required'], PMF_EXPECTED), v.description(PMF_EXPECTED))

const managements = oneOf(KEY_MANAGEMENTS)
const MANAGEMENTS_EXPECTED = `one of ${KEY_MANAGEMENTS.map((name) => `'${name}'`).join(', ')}, or a list of them`
const managementList = v.pipe(
  v.array(managements, MANAGEMENTS_EXPECTED),
  v.minLength(1, MANAGEMENTS_EXPECTED),
  v.maxLength(KEY_MANAGEMENTS.length, MANAGEMENTS_EXPECTED),
)
const bit = integer(0, 1)

export const networkSchema = section(
  described(
    {
      ssid: v.optional(v.nullable(ssidSchema)),
      mode: v.optional(modeSchema),
      keyMgmt: v.optional(
        v.pipe(v.union([managements, managementList], MANAGEMENTS_EXPECTED), v.description(MANAGEMENTS_EXPECTED)),
      ),
      allowedKeyMgmt: v.optional(managementList),
      bssid: v.optional(bssid),
      bssidAllowlist: v.optional(bssids),
      bssidDenylist: v.optional(bssids),
      priority: v.optional(integer(0, MAX_INT)),
      scanSsid: v.optional(bit),
      frequency: v.optional(integer(1, MAX_FREQUENCY_MHZ)),
      scanFrequencies: v.optional(
        list(integer(1, MAX_FREQUENCY_MHZ), 64, 'a list of the centres of channels in MHz: no other is searched'),
      ),
      meshHwmpRootmode: v.optional(integer(0, 4)),
      meshGateAnnouncements: v.optional(bit),
      ieee80211w: v.optional(pmf),
      pairwise: v.optional(words('CCMP TKIP')),
      group: v.optional(words('CCMP TKIP')),
      proto: v.optional(words('RSN WPA')),
      psk: v.optional(v.nullable(v.string('a passphrase or 64 hexadecimal digits'))),
      wpaPtkRekey: v.optional(integer(0, MAX_INT)),
      saePassword: v.optional(v.nullable(quotable)),
      wepKey0: v.optional(wepKey),
      wepKey1: v.optional(wepKey),
      wepKey2: v.optional(wepKey),
      wepKey3: v.optional(wepKey),
      wepTxKeyidx: v.optional(integer(0, MAX_WEP_KEY_INDEX)),
      eap: v.optional(words('PEAP TTLS')),
      eapolFlags: v.optional(integer(0, 3)),
      identity: v.optional(quotable),
      anonymousIdentity: v.optional(quotable),
      password: v.optional(quotable),
      phase1: v.optional(quotable),
      phase2: v.optional(quotable),
      caCert: v.optional(quotable),
      caCert2: v.optional(quotable),
      domainMatch: v.optional(quotable),
      domainSuffixMatch: v.optional(quotable),
      altsubjectMatch: v.optional(quotable),
      clientCert: v.optional(quotable),
      clientCert2: v.optional(quotable),
      privateKey: v.optional(quotable),
      privateKey2: v.optional(quotable),
      privateKeyPasswd: v.optional(quotable),
      privateKey2Passwd: v.optional(quotable),
      pin: v.optional(quotable),
      pcsc: v.optional(quotable),
      macAddressPolicy: v.optional(oneOf(['permanent', 'random', 'random-same-vendor'])),
    },
    NETWORK_TITLES,
  ),
  'a network',
)

export type NetworkInput = v.InferInput<typeof networkSchema>
/** Every value is of its form; which of them belong together is not looked at yet. */
export type GivenNetwork = v.InferOutput<typeof networkSchema>
