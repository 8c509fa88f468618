/** Names of networks and their passphrases: octets, lengths, and the key that WPA makes of them. Pure. */

import { pbkdf2Sync } from 'node:crypto'

/** Text, or octets as an even number of hexadecimal digits. */
export type Ssid = string | { readonly hex: string }

/** What is wrong with a name or a passphrase. */
export type SecretProblem =
  | 'ssid-too-short'
  | 'ssid-too-long'
  | 'password-too-short'
  | 'password-too-long'
  | 'invalid-characters'

const MAX_SSID_BYTES = 32
/** IEEE 802.11, annex J: a passphrase has 8 to 63 printable ASCII characters; 64 are the key itself, in hexadecimal digits. */
const MIN_PASSPHRASE_BYTES = 8
const PSK_DIGITS = 64
const PSK_BYTES = 32
const PSK_ROUNDS = 4_096
const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e

/** The octets of a name. */
export function ssidBytes(ssid: Ssid): Buffer {
  return typeof ssid === 'string' ? Buffer.from(ssid, 'utf8') : Buffer.from(ssid.hex, 'hex')
}

/** The name in one form: text where the octets are UTF-8, so that equal names are equal values. */
export function canonicalSsid(ssid: Ssid): Ssid {
  if (typeof ssid === 'string') return ssid
  const bytes = ssidBytes(ssid)
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? text : { hex: ssid.hex.toLowerCase() }
}

export function ssidProblem(ssid: Ssid): SecretProblem | undefined {
  const { length } = ssidBytes(ssid)
  if (length === 0) return 'ssid-too-short'
  return length > MAX_SSID_BYTES ? 'ssid-too-long' : undefined
}

/** What is wrong with a pre-shared key: a passphrase, or the key as 64 hexadecimal digits. */
export function pskProblem(psk: string): SecretProblem | undefined {
  const bytes = Buffer.from(psk, 'utf8')
  if (bytes.length === PSK_DIGITS) return isHexPsk(psk) ? undefined : 'invalid-characters'
  if (bytes.length < MIN_PASSPHRASE_BYTES) return 'password-too-short'
  if (bytes.length > PSK_DIGITS) return 'password-too-long'
  return bytes.every((byte) => byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE) ? undefined : 'invalid-characters'
}

/** The key as hexadecimal digits: one that is given so stays as it is, a passphrase is hashed (some milliseconds). */
export function pskOf(psk: string, ssid: Ssid): string {
  if (isHexPsk(psk)) return psk
  return pbkdf2Sync(psk, ssidBytes(ssid), PSK_ROUNDS, PSK_BYTES, 'sha1').toString('hex').toUpperCase()
}

function isHexPsk(psk: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(psk)
}

const PROBLEM_TEXTS: Record<SecretProblem, string> = {
  'ssid-too-short': 'a name of 1 to 32 bytes (ssid-too-short)',
  'ssid-too-long': 'a name of 1 to 32 bytes (ssid-too-long)',
  'password-too-short': 'a passphrase of 8 to 63 characters or 64 hexadecimal digits (password-too-short)',
  'password-too-long': 'a passphrase of 8 to 63 characters or 64 hexadecimal digits (password-too-long)',
  'invalid-characters': 'printable ASCII characters, or 64 hexadecimal digits (invalid-characters: invalid characters)',
}

/** What is expected instead, with the name of the problem. */
export function problemText(problem: SecretProblem): string {
  return PROBLEM_TEXTS[problem]
}
