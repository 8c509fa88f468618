/** What hostapd is to offer: a network described by its kind of security, and the lines of hostapd.conf for it. */

import { join } from 'node:path'

export type Security =
  | 'open'
  | 'wep'
  | 'wpa2-psk'
  | 'wpa3-sae'
  /** WPA2-PSK and SAE of one passphrase. */
  | 'mixed'
  /** PEAP, TTLS and TLS, by hostapd's own server. */
  | 'eap'
  | 'owe'

export interface BssOptions {
  readonly ssid: string
  readonly security: Security
  /** Of the kinds that have one; for WEP the 5 or 13 characters of key 0. */
  readonly passphrase?: string | undefined
  /** Its beacons do not say its name. */
  readonly hidden?: boolean | undefined
  /** Gives its key to who pushes the button (WPS) while its own is pushed: `request('wps_pbc')`. */
  readonly pushButton?: boolean | undefined
}

export const PASSPHRASE = 'a passphrase of the lab'
export const WEP_KEY = 'fives'
/** Who may join an EAP network: by PEAP and TTLS with the password, by TLS with the client's certificate. */
export const EAP_USER = {
  identity: 'user',
  password: 'secret of the lab',
  certificateIdentity: 'client.example',
} as const

const RSN = ['wpa=2', 'rsn_pairwise=CCMP']

function securityLines({ security, passphrase = PASSPHRASE }: BssOptions, certificates: string): readonly string[] {
  switch (security) {
    case 'open':
      return []
    case 'wep':
      return ['wep_default_key=0', `wep_key0="${passphrase}"`]
    case 'wpa2-psk':
      return [...RSN, 'wpa_key_mgmt=WPA-PSK', `wpa_passphrase=${passphrase}`]
    case 'wpa3-sae':
      return [...RSN, 'wpa_key_mgmt=SAE', `sae_password=${passphrase}`, 'ieee80211w=2', 'sae_pwe=2']
    case 'mixed':
      return [...RSN, 'wpa_key_mgmt=WPA-PSK SAE', `wpa_passphrase=${passphrase}`, 'ieee80211w=1', 'sae_pwe=2']
    case 'owe':
      return [...RSN, 'wpa_key_mgmt=OWE', 'ieee80211w=2']
    case 'eap':
      return [
        ...RSN,
        'wpa_key_mgmt=WPA-EAP',
        'ieee8021x=1',
        'eap_server=1',
        `eap_user_file=${join(certificates, 'users')}`,
        `ca_cert=${join(certificates, 'ca.pem')}`,
        `server_cert=${join(certificates, 'server.pem')}`,
        `private_key=${join(certificates, 'server.key')}`,
      ]
  }
}

/** WPS of a network that is set up already (state 2). */
const PUSH_BUTTON = ['wps_state=2', 'eap_server=1', 'device_name=lab', 'config_methods=push_button']

/** The lines of one network, after its `interface=` or `bss=`; `certificates` is the folder of the EAP server's files. */
export function bssLines(
  options: BssOptions,
  { bridge, certificates }: { bridge: string; certificates: string },
): string[] {
  const hidden = options.hidden === true ? ['ignore_broadcast_ssid=1'] : []
  const wps = options.pushButton === true ? PUSH_BUTTON : []
  return [`ssid=${options.ssid}`, `bridge=${bridge}`, ...hidden, ...wps, ...securityLines(options, certificates)]
}

/** Who may join, in the words of hostapd's file of EAP users; lines with [2] are for the inner conversation. */
export const EAP_USERS = [
  `"${EAP_USER.certificateIdentity}" TLS`,
  '* PEAP,TTLS',
  `"${EAP_USER.identity}" MSCHAPV2,TTLS-PAP,TTLS-MSCHAPV2 "${EAP_USER.password}" [2]`,
  '',
].join('\n')
