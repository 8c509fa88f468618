/** One network in its normal form: what its key management needs is there, what it has no use for is gone. Pure. */

import { compact } from '../../config/section.js'
import { invalidField } from '../../config/validate.js'
import type { GivenNetwork, KeyManagement, WifiMode } from './network-schema.js'
import { canonicalSsid, problemText, pskOf, pskProblem, type Ssid, ssidProblem } from './ssid.js'

/** Every key of a network but the three that each has. */
type FurtherKeys = Omit<GivenNetwork, 'ssid' | 'mode' | 'keyMgmt' | 'allowedKeyMgmt' | 'psk' | 'saePassword'>

export interface Network extends FurtherKeys {
  readonly ssid: Ssid
  readonly mode: WifiMode
  /** The first one of `allowedKeyMgmt` where there are several. */
  readonly keyMgmt: KeyManagement
  readonly allowedKeyMgmt?: readonly KeyManagement[] | undefined
  /** 64 hexadecimal digits: the passphrase itself is not kept. */
  readonly psk?: string | undefined
  readonly saePassword?: string | undefined
}

/** Called with the field and what is wrong with it, where that is no reason to refuse. */
export type Warn = (field: string, text: string) => void

type Key = keyof GivenNetwork

/** Keys that any network may have. */
const COMMON: readonly Key[] = [
  'bssid',
  'bssidAllowlist',
  'bssidDenylist',
  'priority',
  'scanSsid',
  'frequency',
  'scanFrequencies',
  'meshHwmpRootmode',
  'meshGateAnnouncements',
  'ieee80211w',
  'pairwise',
  'group',
  'proto',
  'macAddressPolicy',
]
const WEP: readonly Key[] = ['wepKey0', 'wepKey1', 'wepKey2', 'wepKey3', 'wepTxKeyidx']
const EAP: readonly Key[] = [
  'eap',
  'eapolFlags',
  'identity',
  'anonymousIdentity',
  'password',
  'phase1',
  'phase2',
  'caCert',
  'caCert2',
  'domainMatch',
  'domainSuffixMatch',
  'altsubjectMatch',
  'clientCert',
  'clientCert2',
  'privateKey',
  'privateKey2',
  'privateKeyPasswd',
  'privateKey2Passwd',
  'pin',
  'pcsc',
]

type Kind = 'open' | 'psk' | 'sae' | 'eap'

const KINDS: Record<KeyManagement, Kind> = {
  none: 'open',
  owe: 'open',
  'wpa-psk': 'psk',
  'wpa-psk-sha256': 'psk',
  'ft-psk': 'psk',
  sae: 'sae',
  'ft-sae': 'sae',
  'wpa-eap': 'eap',
  'wpa-eap-sha256': 'eap',
  'wpa-eap-suite-b-192': 'eap',
  'ft-eap': 'eap',
  ieee8021x: 'eap',
}

/**
 * Undefined for a network without a name, which older programs write for "none": it is dropped with a warning.
 * @throws NetworkError ERR_INVALID_CONFIG with `field` below `path`
 */
export function normalizeNetwork(given: GivenNetwork, path: readonly string[], warn: Warn): Network | undefined {
  if (given.ssid === null) {
    warn([...path, 'ssid'].join('.'), 'a network without a name is left out')
    return undefined
  }
  if (given.keyMgmt === undefined && given.allowedKeyMgmt === undefined) refuseUnusedKey(given, path)
  const managements = managementsOf(given)
  const [first] = managements
  if (given.ssid === undefined) throw invalidField([...path, 'ssid'], `the name of a network with ${first}`, undefined)
  const ssid = canonicalSsid(given.ssid)
  const problem = ssidProblem(ssid)
  if (problem !== undefined) throw invalidField([...path, 'ssid'], problemText(problem), shownSsid(ssid))
  const kinds = new Set(managements.map((management) => KINDS[management]))
  const wep = WEP.some((key) => given[key] !== undefined)
  if (wep && given.wepTxKeyidx === undefined) {
    warn([...path, 'wepTxKeyidx'].join('.'), 'WEP keys without the one to send by are of no use: the network is open')
  }
  return compact({
    ssid,
    mode: given.mode ?? 'infrastructure',
    keyMgmt: first,
    allowedKeyMgmt: managements.length > 1 ? managements : undefined,
    ...pick(given, COMMON),
    ...(kinds.has('open') && given.wepTxKeyidx !== undefined ? pick(given, WEP) : {}),
    ...(kinds.has('eap') ? pick(given, EAP) : {}),
    ...(kinds.has('psk') ? pskKeys(given, ssid, { path, first }) : {}),
    ...(kinds.has('sae') ? { saePassword: saePassword(given, path) } : {}),
  })
}

/** Whoever gives a key does not mean an open network. */
function refuseUnusedKey(given: GivenNetwork, path: readonly string[]): void {
  const secret = (['psk', 'saePassword', 'password'] as const).find((key) => typeof given[key] === 'string')
  if (secret === undefined) return
  throw invalidField([...path, 'keyMgmt'], `how ${secret} is used, such as 'wpa-psk' or 'sae'`, undefined)
}

/** The first one is what programs that know one only use. */
function managementsOf({ keyMgmt, allowedKeyMgmt }: GivenNetwork): readonly [KeyManagement, ...KeyManagement[]] {
  const [first, ...others] = allowedKeyMgmt ?? (Array.isArray(keyMgmt) ? keyMgmt : [keyMgmt ?? 'none'])
  const named = [...new Set([first ?? 'none', ...others])]
  // A single one beside a list says which of the list is the first.
  const lead = typeof keyMgmt === 'string' && named.includes(keyMgmt) ? keyMgmt : (named[0] ?? 'none')
  return allowedKeyMgmt === undefined || lead === named[0]
    ? (named as [KeyManagement, ...KeyManagement[]])
    : [lead, ...named.filter((name) => name !== lead)]
}

function pskKeys(given: GivenNetwork, ssid: Ssid, at: { readonly path: readonly string[]; readonly first: string }) {
  const field = [...at.path, 'psk']
  if (typeof given.psk !== 'string') throw invalidField(field, `a passphrase or key, for ${at.first}`, given.psk)
  const problem = pskProblem(given.psk)
  if (problem !== undefined) throw invalidField(field, `${problemText(problem)}, ${forSsid(ssid)}`, given.psk)
  return { psk: pskOf(given.psk, ssid), wpaPtkRekey: given.wpaPtkRekey }
}

/** A password of any length; the key of WPA2 cannot take its place. */
function saePassword({ saePassword: password, psk }: GivenNetwork, path: readonly string[]): string {
  if (typeof password === 'string') return password
  if (typeof psk === 'string' && !/^[0-9a-fA-F]{64}$/.test(psk)) return psk
  const expected = 'a password, for sae (a key of 64 hexadecimal digits is for wpa-psk alone)'
  throw invalidField([...path, 'saePassword'], expected, password ?? undefined)
}

function forSsid(ssid: Ssid): string {
  return `for ${JSON.stringify(shownSsid(ssid))}`
}

function shownSsid(ssid: Ssid): string {
  return typeof ssid === 'string' ? ssid : ssid.hex
}

function pick(given: GivenNetwork, keys: readonly Key[]): Partial<FurtherKeys> {
  return Object.fromEntries(keys.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])))
}
