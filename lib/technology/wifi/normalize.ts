/** The configuration of a WiFi interface in its normal form. Pure. */

import { compact } from '../../config/section.js'
import type { NormalizeContext } from '../../config/validate.js'
import { invalidField, validate } from '../../config/validate.js'
import { type IpConfig, withIpDefaults } from '../ip/normalize.js'
import { MAX_LINE_BYTES, tooLongSetting } from './conf.js'
import type { GivenNetwork } from './network-schema.js'
import { type Network, normalizeNetwork, type Warn } from './normalize-network.js'
import { type GivenFallback, type GivenWifi, wifiSchema } from './schema.js'

/** Of a line outside of networks a supplicant reads 512 bytes. */
const MAX_GLOBAL_BYTES = 480
/** Without a network for so long, the access point comes up. */
const DEFAULT_AFTER_MS = 30_000
/** How often an access point looks for the networks. */
const DEFAULT_SEARCH_INTERVAL_MS = 60_000

export interface Fallback extends Pick<IpConfig, 'ipv4' | 'dhcpd' | 'dnsd'> {
  readonly network: Network
  readonly afterMs: number
  readonly searchIntervalMs: number
}

/** `wifi` in its normal form. */
export interface WifiSection extends Pick<GivenWifi, WifiKey> {
  /** Absent where `wpaSupplicantConf` has them. */
  readonly networks?: readonly Network[]
  readonly wpaSupplicantConf?: string
  readonly fallback?: Fallback | undefined
}

export interface WifiConfig extends IpConfig {
  readonly type: 'wifi'
  readonly wifi: WifiSection
  readonly verbose?: boolean | undefined
}

/** What holds for the whole interface and is kept as it is. */
const WIFI_KEYS = [
  'apScan',
  'bgscan',
  'passiveScan',
  'regulatoryDomain',
  'userMpm',
  'rootInterface',
  'wps',
  'wpsCredProcessing',
  'saePwe',
  'macAddress',
  'preassocMacAddressPolicy',
  'powerSave',
] as const
type WifiKey = (typeof WIFI_KEYS)[number]

/** @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function normalizeWifi(config: unknown, context: NormalizeContext = {}): WifiConfig {
  const { wifi, ...rest } = validate(wifiSchema, config, context)
  // Only to look what is there: no network, no address.
  if (wifi === undefined) return { type: 'wifi', wifi: { networks: [] }, ipv4: { method: 'disabled' } }
  const warn: Warn = (field, text) => context.onWarning?.(field, text)
  return withIpDefaults({ ...rest, wifi: normalizeSection(wifi, warn) })
}

function normalizeSection(given: GivenWifi, warn: Warn): WifiSection {
  const { wpaSupplicantConf } = given
  if (wpaSupplicantConf !== undefined) {
    const unused = Object.keys(given).filter((key) => key !== 'wpaSupplicantConf')
    if (unused.length > 0) warn('wifi', `wpaSupplicantConf takes the place of everything else: ${unused.join(', ')}`)
    return { wpaSupplicantConf }
  }
  const { networks = [], fallback, ...rest } = given
  const all = networks.map((network, index) => normalizeNetwork(network, ['wifi', 'networks', String(index)], warn))
  if (rest.ssid !== undefined) {
    warn('wifi.ssid', 'a network that stands in wifi itself is deprecated: it belongs into wifi.networks')
    all.unshift(normalizeNetwork(rest as GivenNetwork, ['wifi'], warn))
  }
  const distinct = [...new Map(all.flatMap((one) => (one === undefined ? [] : [[JSON.stringify(one), one]]))).values()]
  checkMesh(distinct, given)
  if (fallback !== undefined) checkFallback(distinct, given)
  checkLengths(distinct, given)
  const kept = Object.fromEntries(WIFI_KEYS.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])))
  return compact({
    networks: distinct,
    ...(kept as Pick<GivenWifi, WifiKey>),
    fallback: fallback === undefined ? undefined : normalizeFallback(fallback, warn),
  })
}

/** A mesh has an interface of its own, beside the radio's first one. */
function checkMesh(networks: readonly Network[], { rootInterface }: GivenWifi): void {
  const meshes = networks.filter(({ mode }) => mode === 'mesh')
  if (rootInterface !== undefined && meshes.length === 0) {
    throw invalidField(['wifi', 'rootInterface'], 'a network of mode mesh beside it', rootInterface)
  }
  if (networks.length === 1 && meshes.length === 1 && rootInterface === undefined) {
    const expected = "the radio's own interface, such as 'wlan0', which the mesh interface is made beside"
    throw invalidField(['wifi', 'rootInterface'], expected, undefined)
  }
}

/** Whoever serves or meshes is connected to nothing, so that an access point would always take over. */
function checkFallback(networks: readonly Network[], { rootInterface }: GivenWifi): void {
  const other = networks.find(({ mode }) => mode !== 'infrastructure')
  if (other === undefined && rootInterface === undefined) return
  const expected = "nothing beside networks of mode 'infrastructure'"
  throw invalidField(['wifi', 'fallback'], expected, other?.mode ?? `rootInterface ${rootInterface}`)
}

/** A supplicant cuts a line that is too long, refuses the whole file for it, and with it every other network. */
function checkLengths(networks: readonly Network[], { bgscan }: GivenWifi): void {
  for (const [index, network] of networks.entries()) {
    const setting = tooLongSetting(network)
    if (setting === undefined) continue
    const path = ['wifi', 'networks', String(index)]
    throw invalidField(path, `settings of at most ${MAX_LINE_BYTES} bytes in the file`, `a longer ${setting}`)
  }
  if (bgscan !== undefined && new TextEncoder().encode(JSON.stringify(bgscan)).length > MAX_GLOBAL_BYTES) {
    throw invalidField(['wifi', 'bgscan'], `at most ${MAX_GLOBAL_BYTES} bytes`, 'more')
  }
}

function normalizeFallback(given: GivenFallback, warn: Warn): Fallback {
  const path = ['wifi', 'fallback', 'network']
  const network = normalizeNetwork({ mode: 'ap', ...given.network }, path, warn)
  if (network?.mode !== 'ap') throw invalidField([...path, 'mode'], "'ap'", network?.mode)
  if (given.ipv4 === undefined) {
    const expected = "the address of the access point: { method: 'static', address, prefixLength }, or 'disabled'"
    throw invalidField(['wifi', 'fallback', 'ipv4'], expected, undefined)
  }
  const { ipv4, dhcpd, dnsd } = withIpDefaults({
    type: 'wifi',
    ipv4: given.ipv4,
    dhcpd: given.dhcpd,
    dnsd: given.dnsd,
  })
  return compact({
    network,
    ipv4,
    dhcpd,
    dnsd,
    afterMs: given.afterMs ?? DEFAULT_AFTER_MS,
    searchIntervalMs: given.searchIntervalMs ?? DEFAULT_SEARCH_INTERVAL_MS,
  })
}
