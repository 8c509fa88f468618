/** The file that wpa_supplicant reads. Pure. Nothing that stands in a configuration can leave its own line. */

import type { KeyManagement } from './network-schema.js'
import { MODES } from './network-schema.js'
import type { WifiSection } from './normalize.js'
import type { Network } from './normalize-network.js'
import { ssidBytes } from './ssid.js'

export interface ConfPlace {
  /** Directory of the control sockets. */
  readonly controlDirectory: string
  /** Where the configuration names none. */
  readonly regulatoryDomain: string
}

/** Longer frames of a passphrase are never written as a number. */
const PLAIN = /^(?:(?!["\\])[\x20-\x7e\u00a0-\u{10ffff}])*$/u
const HEX_DIGITS = 2

const TOKENS: Record<KeyManagement, string> = {
  none: 'NONE',
  'wpa-psk': 'WPA-PSK',
  'wpa-psk-sha256': 'WPA-PSK-SHA256',
  'ft-psk': 'FT-PSK',
  sae: 'SAE',
  'ft-sae': 'FT-SAE',
  owe: 'OWE',
  'wpa-eap': 'WPA-EAP',
  'wpa-eap-sha256': 'WPA-EAP-SHA256',
  'wpa-eap-suite-b-192': 'WPA-EAP-SUITE-B-192',
  'ft-eap': 'FT-EAP',
  ieee8021x: 'IEEE8021X',
}
const PMF = { disabled: 0, optional: 1, required: 2 } as const
const ADDRESS_POLICIES = { permanent: 0, random: 1, 'random-same-vendor': 2 } as const
/** Key managements that the standard allows with protected management frames only. */
const NEED_PMF: readonly KeyManagement[] = ['sae', 'ft-sae', 'owe', 'wpa-eap-suite-b-192']
const SAE: readonly KeyManagement[] = ['sae', 'ft-sae']
/** Both ways of finding the password element: what access points ask for differs. */
const BOTH_PASSWORD_ELEMENTS = 2
/** wps_cred_processing: credentials are told to us, and not added to the supplicant's own configuration. */
const TELL_CREDENTIALS = 1

/** The whole file. */
export function supplicantConf(wifi: WifiSection, place: ConfPlace): string {
  const control = `ctrl_interface=${place.controlDirectory}`
  if (wifi.wpaSupplicantConf !== undefined) return `${control}\n${wifi.wpaSupplicantConf}`
  const networks = wifi.networks ?? []
  const lines = [control, ...globalLines(wifi, place, networks), ...networks.flatMap(networkLines)]
  return `${lines.join('\n')}\n`
}

function globalLines(wifi: WifiSection, place: ConfPlace, networks: readonly Network[]): string[] {
  const needsSae = networks.some((network) => managementsOf(network).some((name) => SAE.includes(name)))
  return present([
    ['country', wifi.regulatoryDomain ?? place.regulatoryDomain],
    ['wps_cred_processing', wifi.wps === false ? undefined : (wifi.wpsCredProcessing ?? TELL_CREDENTIALS)],
    ['bgscan', bgscan(wifi.bgscan)],
    ['ap_scan', wifi.apScan],
    ['user_mpm', wifi.userMpm],
    ['passive_scan', wifi.passiveScan],
    ['sae_pwe', wifi.saePwe ?? (needsSae ? BOTH_PASSWORD_ELEMENTS : undefined)],
    ['preassoc_mac_addr', wifi.preassocMacAddressPolicy && ADDRESS_POLICIES[wifi.preassocMacAddressPolicy]],
  ])
}

function bgscan(given: WifiSection['bgscan']): string | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'string') return quoted(given)
  return quoted(given.simple === undefined ? `learn:${given.learn}` : `simple:${given.simple}`)
}

function networkLines(network: Network): string[] {
  const secrets = { psk: network.psk, sae_password: text(network.saePassword) }
  return [
    'network={',
    ...present([
      ['ssid', ssidValue(network)],
      ['bssid', network.bssid],
      [
        'key_mgmt',
        managementsOf(network)
          .map((name) => TOKENS[name])
          .join(' '),
      ],
      ['scan_ssid', network.scanSsid],
      ['priority', network.priority],
      ['bssid_whitelist', network.bssidAllowlist],
      ['bssid_blacklist', network.bssidDenylist],
      ['mode', MODES.indexOf(network.mode)],
      ['frequency', network.frequency],
      ['scan_freq', network.scanFrequencies?.join(' ')],
      ['ieee80211w', protection(network)],
      ['psk', secrets.psk],
      ['wpa_ptk_rekey', network.wpaPtkRekey],
      ['identity', text(network.identity)],
      ['anonymous_identity', text(network.anonymousIdentity)],
      ['password', text(network.password)],
      ['proto', network.proto ?? (servesWpa(network) ? 'RSN' : undefined)],
      ['pairwise', network.pairwise ?? (servesWpa(network) ? 'CCMP' : undefined)],
      ['group', network.group],
      ['eap', network.eap],
      ['eapol_flags', network.eapolFlags],
      ['phase1', text(network.phase1)],
      ['phase2', text(network.phase2)],
      ['sae_password', secrets.sae_password],
      ['ca_cert', text(network.caCert)],
      ['ca_cert2', text(network.caCert2)],
      ['domain_match', text(network.domainMatch)],
      ['domain_suffix_match', text(network.domainSuffixMatch)],
      ['altsubject_match', text(network.altsubjectMatch)],
      ['client_cert', text(network.clientCert)],
      ['client_cert2', text(network.clientCert2)],
      ['private_key', text(network.privateKey)],
      ['private_key2', text(network.privateKey2)],
      ['private_key_passwd', text(network.privateKeyPasswd)],
      ['private_key2_passwd', text(network.privateKey2Passwd)],
      ['wep_key0', network.wepKey0],
      ['wep_key1', network.wepKey1],
      ['wep_key2', network.wepKey2],
      ['wep_key3', network.wepKey3],
      ['wep_tx_keyidx', network.wepTxKeyidx],
      ['pin', text(network.pin)],
      ['pcsc', text(network.pcsc)],
      ['mac_addr', network.macAddressPolicy && ADDRESS_POLICIES[network.macAddressPolicy]],
    ]),
    '}',
  ]
}

/** A supplicant reads lines of up to 2,000 bytes. */
export const MAX_LINE_BYTES = 1_990

/** The name of a setting whose line would be cut; undefined where all fit. */
export function tooLongSetting(network: Network): string | undefined {
  const line = networkLines(network).find((one) => Buffer.byteLength(one) > MAX_LINE_BYTES)
  return line?.slice(0, line.indexOf('='))
}

export function managementsOf({ keyMgmt, allowedKeyMgmt }: Network): readonly KeyManagement[] {
  return allowedKeyMgmt ?? [keyMgmt]
}

/** Protection where the configuration says nothing: as much as all of the key managements allow. */
function protection(network: Network): number | undefined {
  const { ieee80211w } = network
  if (ieee80211w !== undefined) return typeof ieee80211w === 'string' ? PMF[ieee80211w] : ieee80211w
  const managements = managementsOf(network)
  const needing = managements.filter((name) => NEED_PMF.includes(name))
  if (needing.length === 0) return undefined
  return needing.length === managements.length ? PMF.required : PMF.optional
}

/** A supplicant would offer TKIP and the first WPA to the clients of its access point. */
function servesWpa(network: Network): boolean {
  return network.mode === 'ap' && managementsOf(network).some((name) => name !== 'none' && name !== 'owe')
}

/** Plain text in quotation marks, everything else by its octets. */
function ssidValue({ ssid }: Network): string {
  return typeof ssid === 'string' && PLAIN.test(ssid) ? quoted(ssid) : ssidBytes(ssid).toString('hex')
}

/** Between plain quotation marks a supplicant reads octets as they are, after P" it reads the escapes of printf. */
function text(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  return PLAIN.test(value) ? quoted(value) : `P"${[...Buffer.from(value, 'utf8')].map(escaped).join('')}"`
}

function escaped(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === '"' || character === '\\') return `\\${character}`
  return byte >= 0x20 && byte <= 0x7e ? character : `\\x${byte.toString(16).padStart(HEX_DIGITS, '0')}`
}

function quoted(value: string): string {
  return `"${value}"`
}

function present(settings: readonly (readonly [string, string | number | undefined])[]): string[] {
  return settings.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
}
