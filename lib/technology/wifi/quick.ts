/**
 * Configurations of the usual networks, and what a program with one radio does with them. The passphrase stands in what
 * these functions return; configure() makes the key of it.
 */

import { systemClock } from '../../base/clock.js'
import type { Subscription } from '../../base/disposable.js'
import { toSubnet } from '../../config/ip.js'
import { compact } from '../../config/section.js'
import { NetworkError } from '../../errors.js'
import type { NetworkInput } from './network-schema.js'
import type { WifiInput } from './schema.js'
import { problemText, pskProblem, type Ssid, ssidProblem } from './ssid.js'
import type { AccessPoint } from './supplicant/access-point.js'
import { quickScan as nextList } from './supplicant/quick-scan.js'

/** What configure() takes for a radio. */
export type WifiConfiguration = WifiInput

/** A network without a key. @throws NetworkError ERR_INVALID_CONFIG with `field`, as all of these */
export function openWifi(ssid: Ssid): WifiConfiguration {
  return client({ keyMgmt: 'none', ssid: checkedSsid(ssid) })
}

/** WPA2 with a passphrase or a key of 64 hexadecimal digits: what nearly every access point and radio knows. */
export function wpaPsk(ssid: Ssid, passphrase: string): WifiConfiguration {
  return client({ keyMgmt: 'wpa-psk', ssid: checkedSsid(ssid), psk: checkedPassphrase(passphrase) })
}

/** WPA3. */
export function wpa3Sae(ssid: Ssid, passphrase: string): WifiConfiguration {
  const saePassword = checkedPassphrase(passphrase)
  return client({ keyMgmt: 'sae', ssid: checkedSsid(ssid), saePassword, ieee80211w: 2 })
}

/** WPA2 or WPA3, whichever the access point offers; some radios fail where it offers both. */
export function generic(ssid: Ssid, passphrase: string): WifiConfiguration {
  const psk = checkedPassphrase(passphrase)
  return client({
    keyMgmt: ['wpa-psk', 'wpa-psk-sha256', 'sae'],
    ssid: checkedSsid(ssid),
    psk,
    saePassword: psk,
    ieee80211w: 1,
  })
}

/** How the server of an organisation's network is known; without it anybody may pose as that server. */
export interface ServerCheck {
  /** Path of the certificate of the authority. */
  readonly caCert?: string | undefined
  /** What the server's name ends with. */
  readonly domainSuffixMatch?: string | undefined
}

/** A network of an organisation, with a name and a password. */
export function wpaEapPeap(
  ssid: Ssid,
  identity: string,
  password: string,
  { caCert, domainSuffixMatch }: ServerCheck = {},
): WifiConfiguration {
  return client({
    keyMgmt: 'wpa-eap',
    ssid: checkedSsid(ssid),
    eap: 'PEAP',
    identity,
    password,
    phase2: 'auth=MSCHAPV2',
    caCert,
    domainSuffixMatch,
  })
}

/** An access point without a key, for setting a device up; the subnet's first address is ours. */
export function openAccessPoint(ssid: Ssid, subnet = '192.168.24.0'): WifiConfiguration {
  const [network] = toSubnet(subnet, 24).split(/\.0$/)
  return {
    type: 'wifi',
    wifi: { networks: [{ mode: 'ap', keyMgmt: 'none', ssid: checkedSsid(ssid) }] },
    ipv4: { method: 'static', address: `${network}.1`, netmask: '255.255.255.0' },
    dhcpd: { start: `${network}.10`, end: `${network}.250` },
  }
}

/** What quickConfigure needs of a VintageNet. */
export interface Configures {
  configure(ifname: string, config: WifiConfiguration): Promise<void>
}

export interface QuickConfigureOptions {
  readonly ifname?: string | undefined
  /** Makes the configuration of a network with a passphrase; default wpaPsk, `generic` for mixed networks. */
  readonly secured?: ((ssid: Ssid, passphrase: string) => WifiConfiguration) | undefined
}

/** Configures wlan0 for a network: an open one without a passphrase. */
export async function quickConfigure(
  net: Configures,
  ssid: Ssid,
  passphrase: string | null = null,
  { ifname = 'wlan0', secured = wpaPsk }: QuickConfigureOptions = {},
): Promise<void> {
  const open = passphrase === null || passphrase === ''
  await net.configure(ifname, open ? openWifi(ssid) : secured(ssid, passphrase))
}

/** What quickScan and quickWps need of a VintageNet. */
export interface Radio extends Configures {
  scan(ifname: string): Promise<unknown>
  ioctl(ifname: string, command: string, args: readonly unknown[]): Promise<unknown>
  get(path: readonly string[], fallback?: unknown): unknown
  subscribe(path: readonly string[], listener: (change: { readonly newValue?: unknown }) => void): Subscription
  until(
    path: readonly string[],
    wanted: string | ((value: unknown) => boolean),
    options?: { readonly deadlineMs?: number | undefined },
  ): Promise<unknown>
}

export interface QuickOptions {
  readonly ifname?: string | undefined
  readonly timeoutMs?: number | undefined
}

/** A list to choose from within two seconds: one entry a name, the strongest first. */
export async function quickScan(
  net: Radio,
  { ifname = 'wlan0', timeoutMs }: QuickOptions = {},
): Promise<readonly AccessPoint[]> {
  const path = ['interface', ifname, 'wifi', 'access_points']
  return await nextList({
    clock: systemClock,
    scan: () => net.scan(ifname),
    subscribe: (listener) => net.subscribe(path, ({ newValue }) => listener((newValue ?? []) as AccessPoint[])),
    current: () => net.get(path, []) as AccessPoint[],
    timeoutMs,
  })
}

/** As long as the button of an access point holds, about. */
const WPS_TIMEOUT_MS = 60_000

/**
 * Takes the network whose access point's button is pushed now, and configures the interface for it.
 * @throws (rejects) NetworkError ERR_TIMEOUT where none was; the interface only looks what is there then
 */
export async function quickWps(
  net: Radio,
  { ifname = 'wlan0', timeoutMs = WPS_TIMEOUT_MS }: QuickOptions = {},
): Promise<void> {
  const at = (...names: string[]): string[] => ['interface', ifname, ...names]
  await net.configure(ifname, { type: 'wifi' })
  await net.until(at('state'), 'configured', { deadlineMs: timeoutMs })
  await net.until(at('wifi', 'access_points'), (value) => value !== undefined, { deadlineMs: timeoutMs })
  await net.ioctl(ifname, 'wps-pbc', [])
  const credentials = (await net.until(
    at('wifi', 'wps_credentials'),
    (value) => value !== undefined && value !== null,
    {
      deadlineMs: timeoutMs,
    },
  )) as { readonly credential?: { readonly ssid?: string; readonly networkKey?: string } }
  const { ssid = '', networkKey = '' } = credentials.credential ?? {}
  await quickConfigure(net, ssid, networkKey, { ifname })
}

/** Whether a configuration names a network, of any kind. */
export function networkConfigured(config: unknown): boolean {
  const networks = (config as { readonly wifi?: { readonly networks?: unknown } } | null)?.wifi?.networks
  return Array.isArray(networks) && networks.length > 0
}

export interface QrOptions {
  readonly hidden?: boolean | undefined
  /** Default 'WPA', which phones take for WPA3 too; without a password 'nopass'. */
  readonly type?: 'WPA' | 'WEP' | undefined
}

/** The text of a QR code by which a phone joins a network. */
export function qrString(
  ssid: string,
  password: string | null = null,
  { hidden, type = 'WPA' }: QrOptions = {},
): string {
  const key = password === null || password === '' ? '' : `T:${type};P:${qrField(password)};`
  return `WIFI:S:${qrField(ssid)};${key}${hidden === true ? 'H:true;' : ''};`
}

/** Phones take an even number of hexadecimal digits for octets unless it stands in quotation marks. */
function qrField(value: string): string {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(value)) return `"${value}"`
  return value.replace(/[#\\;,":]/g, '\\$&')
}

function client(network: NetworkInput): WifiConfiguration {
  return { type: 'wifi', wifi: { networks: [compact(network)] }, ipv4: { method: 'dhcp' } }
}

function checkedSsid(ssid: Ssid): Ssid {
  const problem = ssidProblem(ssid)
  if (problem === undefined) return ssid
  throw new NetworkError('ERR_INVALID_CONFIG', `ssid: expected ${problemText(problem)}`, { field: 'ssid' })
}

function checkedPassphrase(passphrase: string): string {
  const problem = pskProblem(passphrase)
  if (problem === undefined) return passphrase
  throw new NetworkError('ERR_INVALID_CONFIG', `passphrase: expected ${problemText(problem)}`, { field: 'passphrase' })
}
