/** The only way out for values that may hold secrets: logs, properties, errors, plans and info texts show what comes from here. */

/** What stands in the place of a secret. */
export const MASK = '....'

/** Names of secret keys, in lower case and without separators, so that psk, saePassword and sae_password are all found. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  'psk',
  'passphrase',
  // What WPS hands over: a passphrase, or the key itself.
  'networkkey',
  'password',
  'passwd',
  'saepassword',
  'privatekey',
  'privatekey2',
  'privatekeypasswd',
  'privatekeypassword',
  'privatekey2passwd',
  'presharedkey',
  'persistencesecret',
  'pin',
  'wpspin',
  'simpin',
  'puk',
  'secret',
  // Who somebody is, and whole configurations of a supplicant, with everything that stands in them.
  'identity',
  'anonymousidentity',
  'wpasupplicantconf',
  // Lines of a user's script.
  'chatscriptadditions',
])
const WEP_KEY = /^wepkey\d*$/

/** Deeper values are shown as '…': a value from outside may be a cycle. */
const MAX_DEPTH = 32

/** True when the value of this key must not be shown. */
export function isSecretKey(key: string): boolean {
  const name = key.replace(/[^a-z0-9]/gi, '').toLowerCase()
  return SECRET_KEYS.has(name) || WEP_KEY.test(name)
}

/** A copy with the values of secret keys masked, through objects and lists. */
export function redact(value: unknown): unknown {
  return redactValue(value, 0)
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) return '…'
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, redactMember(key, member, depth)] as const),
  )
}

function redactMember(key: string, member: unknown, depth: number): unknown {
  const absent = member === undefined || member === null
  return isSecretKey(key) && !absent ? MASK : redactValue(member, depth + 1)
}
