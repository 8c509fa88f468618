/** What a network offers, out of wpa_supplicant's `[WPA2-PSK-CCMP][ESS]`. */

/** Groups that have a name of their own as a whole, beside those of their parts. */
const COMBINED = new Set([
  'WPA2-PSK-CCMP',
  'WPA2-EAP-CCMP',
  'WPA2-EAP-CCMP+TKIP',
  'WPA2-PSK-CCMP+TKIP',
  'WPA2-PSK+SAE-CCMP',
  'WPA2-SAE-CCMP',
  'WPA2--CCMP',
  'WPA-PSK-CCMP',
  'WPA-PSK-CCMP+TKIP',
  'WPA-EAP-CCMP',
  'WPA-EAP-CCMP+TKIP',
  'RSN--CCMP',
])

const STANDALONE: ReadonlyMap<string, string> = new Map([
  ...'OWE-TRANS OWE-TRANS-OPEN WEP MESH DMG IBSS ESS PBSS P2P HS20 FILS FST WPS SAE-H2E SAE-PK'
    .split(' ')
    .map((name): [string, string] => [name, name.toLowerCase()]),
  ['UTF-8', 'utf8'],
])

/** A network may offer less than it announces to older stations: then its own group says what. */
const PROTOCOLS = ['RSN-OVERRIDE-2', 'RSN-OVERRIDE', 'WPA2', 'WPA', 'RSN', 'OSEN']

const KEY_MANAGEMENTS: ReadonlyMap<string, string> = new Map([
  ...(
    'EAP-SHA256 EAP-SHA384 EAP-SUITE-B-192 EAP-SUITE-B PSK-SHA256 PSK-SHA384 FILS-SHA256 FILS-SHA384 FT-FILS-SHA256 ' +
    'FT-FILS-SHA384 EAP PSK SAE SAE-EXT-KEY FT/EAP FT/EAP-SHA384 FT/PSK FT/PSK-SHA384 FT/SAE FT/SAE-EXT-KEY OWE DPP OSEN'
  )
    .split(' ')
    .map((name): [string, string] => [name, name.toLowerCase().replace('/', '-')]),
  ['None', ''],
])

const CIPHERS: ReadonlyMap<string, string> = new Map([
  ['CCMP-256', 'ccmp256'],
  ['CCMP', 'ccmp'],
  ['GCMP-256', 'gcmp256'],
  ['GCMP', 'gcmp'],
  ['TKIP', 'tkip'],
  ['WEP104', 'wep104'],
  ['WEP40', 'wep40'],
  ['AES-128-CMAC', 'aes128-cmac'],
  ['BIP-GMAC-128', 'bip-gmac128'],
  ['BIP-GMAC-256', 'bip-gmac256'],
  ['BIP-CMAC-256', 'bip-cmac256'],
  ['NONE', ''],
])

const PREAUTHENTICATION = '-preauth'

export interface Flags {
  /** Combined names first, then those of the parts, both in order of the groups; a word may come twice. */
  readonly flags: readonly string[]
  /** Groups, or ends of groups, that are not known. */
  readonly unknown: readonly string[]
}

/** Never throws: what is not known is left out and told. Absent flags are none. */
export function readFlags(text: string | undefined): Flags {
  const groups = (text ?? '').split(/[[\]\s]+/).filter((group) => group !== '')
  const parts = groups.map(partsOf)
  return {
    flags: [...groups.filter((group) => COMBINED.has(group)).map(combinedName), ...parts.flatMap(({ flags }) => flags)],
    unknown: parts.flatMap(({ unknown }) => unknown),
  }
}

/** wpa_supplicant prints these first, in this order (wpa_supplicant_ie_txt, wpa_write_cipher_suites). */
const KEY_ORDER = ['eap', 'psk', 'none', 'sae', 'ft-eap', 'ft-psk', 'ft-sae', 'eap-sha256', 'psk-sha256']
const CIPHER_ORDER = ['ccmp256', 'gcmp256', 'ccmp', 'gcmp', 'tkip']

/** What one element of a network offers, in words of the flags. */
export interface SecurityWords {
  readonly protocol: 'wpa' | 'wpa2' | 'rsn'
  readonly keyManagement: readonly string[]
  readonly ciphers: readonly string[]
  readonly preauthentication: boolean
}

/** The flags that wpa_supplicant's groups for these elements would give. */
export function flagsOf(securities: readonly SecurityWords[]): string[] {
  const sorted = securities.map((security) => ({
    ...security,
    keyManagement: inOrder(security.keyManagement, KEY_ORDER),
    ciphers: inOrder(security.ciphers, CIPHER_ORDER),
  }))
  const combined = sorted.flatMap(({ protocol, keyManagement, ciphers, preauthentication }) => {
    const group = `${protocol}-${keyManagement.join('+')}-${ciphers.join('+')}`.toUpperCase()
    return COMBINED.has(group) && !preauthentication ? [combinedName(group)] : []
  })
  const parts = sorted.flatMap(({ protocol, keyManagement, ciphers, preauthentication }) => [
    protocol,
    ...[...keyManagement, ...ciphers].filter((word) => word !== 'none' && word !== 'group'),
    ...(preauthentication ? ['preauth'] : []),
  ])
  return [...combined, ...parts]
}

function inOrder(words: readonly string[], order: readonly string[]): string[] {
  const first = order.filter((word) => words.includes(word))
  return [...first, ...words.filter((word) => !order.includes(word))]
}

function combinedName(group: string): string {
  return group.toLowerCase().replaceAll('+', '-').replace('--', '-')
}

function partsOf(group: string): Flags {
  const word = STANDALONE.get(group)
  if (word !== undefined) return { flags: [word], unknown: [] }
  const protocol = PROTOCOLS.find((name) => group === name || group.startsWith(`${name}-`))
  if (protocol === undefined) return { flags: [], unknown: [group] }
  const flags = [protocol.toLowerCase()]
  const keys = readList(group.slice(protocol.length + 1), KEY_MANAGEMENTS)
  flags.push(...keys.words)
  // A list that ends where none of its words stands is left for the report; the ciphers behind it cannot be found then.
  if (keys.rest !== '' && !keys.rest.startsWith('-')) return { flags, unknown: [keys.rest] }
  const ciphers = readList(keys.rest.slice(1), CIPHERS)
  flags.push(...ciphers.words)
  if (ciphers.rest === PREAUTHENTICATION) flags.push('preauth')
  else if (ciphers.rest !== '') return { flags, unknown: [ciphers.rest] }
  return { flags, unknown: [] }
}

/** Words joined by `+`, each the longest that fits and is followed by `+`, `-` or the end. */
function readList(text: string, table: ReadonlyMap<string, string>): { words: string[]; rest: string } {
  const words: string[] = []
  let rest = text
  for (;;) {
    const name = longestIn(table, rest)
    if (name === undefined) return { words, rest }
    const word = table.get(name)
    if (word !== undefined && word !== '') words.push(word)
    rest = rest.slice(name.length)
    if (!rest.startsWith('+')) return { words, rest }
    rest = rest.slice(1)
  }
}

function longestIn(table: ReadonlyMap<string, string>, text: string): string | undefined {
  let longest: string | undefined
  for (const name of table.keys()) {
    const ends = text.startsWith(name) && /^([+-]|$)/.test(text.slice(name.length))
    if (ends && name.length > (longest?.length ?? 0)) longest = name
  }
  return longest
}
