/** Access points and mesh peers, out of the answers to `BSS`. */

import { channelAt, percentOf, type WifiBand } from './channel.js'
import { readFlags } from './flags.js'
import { readLines, readNumber } from './key-values.js'
import { readSsid, type Ssid } from './text.js'

/** A network in range, as `wifi/access_points` has it. */
export interface AccessPoint extends Ssid {
  /** MAC address in lower case. */
  readonly bssid: string
  /** MHz; 0 where not known yet. */
  readonly frequency: number
  readonly band: WifiBand
  /** 0 where the frequency is none of a known channel. */
  readonly channel: number
  readonly signalDbm: number
  /** 1 to 100; 0 where nothing is known. */
  readonly signalPercent: number
  /** See docs/properties.md. */
  readonly flags: readonly string[]
}

export interface MeshCapability {
  readonly acceptingPeerings: boolean
  readonly mccaSupported: boolean
  readonly mccaEnabled: boolean
  readonly forwarding: boolean
  readonly mbcaEnabled: boolean
  readonly tbttAdjusting: boolean
  readonly powerSlaveLevel: boolean
}

export interface MeshFormationInfo {
  readonly connectedToMeshGate: boolean
  /** 0 to 63. */
  readonly numberOfPeerings: number
  readonly connectedToAs: boolean
}

/** A member of our mesh. Until its beacon is heard, only its address is known. */
export interface MeshPeer extends AccessPoint {
  readonly meshId?: string
  readonly meshCapability?: MeshCapability
  readonly meshFormationInfo?: MeshFormationInfo
  readonly bssBasicRateSet?: string
  readonly activePathSelectionMetricId?: number
  readonly activePathSelectionProtocolId?: number
  readonly age?: number
  readonly authenticationProtocolId?: number
  readonly beaconInt?: number
  readonly capabilities?: number
  readonly congestionControlModeId?: number
  readonly estThroughput?: number
  readonly id?: number
  readonly noiseDbm?: number
  readonly quality?: number
  readonly snr?: number
  readonly synchronizationMethodId?: number
}

/** One entry of the supplicant's table. */
export interface BssEntry {
  readonly type: 'accessPoint' | 'meshPeer'
  /** The supplicant's number for it, which never comes again in its life. */
  readonly id: number | undefined
  readonly record: AccessPoint | MeshPeer
  /** Flags that are not known. */
  readonly unknownFlags: readonly string[]
}

/** What stands for an access point of which only the address is known. */
export function placeholder(bssid: string): AccessPoint {
  return {
    bssid,
    ssid: '',
    frequency: 0,
    band: 'unknown',
    channel: 0,
    signalDbm: -99,
    signalPercent: 0,
    flags: [],
  }
}

/** The entry that an answer describes; undefined where it describes none. */
export function readBss(text: string): BssEntry | undefined {
  return entryOf(readLines(text))
}

/** Fields of an answer with several entries: a mask of WPA_BSS_MASK_* (id, bssid, freq, level, flags, ssid, delimiter, mesh). */
export const BULK_MASK = '0x61887'

export interface BssPage {
  readonly entries: readonly BssEntry[]
  /** Where to go on, undefined where this was all. */
  readonly nextId: number | undefined
  /** The answer is none to this question: an old supplicant, or one built without it. */
  readonly refused: boolean
}

const LAST = '####'

/** The answer to `BSS RANGE=FROM- MASK=…`: entries with `====` between them, and `####` behind the last of the table. */
export function readBssPage(text: string): BssPage {
  if (/^(FAIL|UNKNOWN)/.test(text)) return { entries: [], nextId: undefined, refused: true }
  const complete = text.trimEnd().endsWith(LAST)
  const parts = text.split(/^(?:====|####)$/m)
  // Behind the last delimiter stands nothing, or an entry that the supplicant's buffer cut off.
  const whole = parts.slice(0, -1)
  const entries = whole.flatMap((part) => readBss(part) ?? [])
  const lastId = Math.max(...whole.map((part) => readNumber(readLines(part).get('id')) ?? -1), -1)
  const refused = text.trim() !== '' && whole.length === 0
  return { entries, nextId: complete || lastId < 0 ? undefined : lastId + 1, refused }
}

const NUMBERS: readonly (readonly [keyof MeshPeer, string])[] = [
  ['activePathSelectionMetricId', 'active_path_selection_metric_id'],
  ['activePathSelectionProtocolId', 'active_path_selection_protocol_id'],
  ['age', 'age'],
  ['authenticationProtocolId', 'authentication_protocol_id'],
  ['beaconInt', 'beacon_int'],
  ['capabilities', 'capabilities'],
  ['congestionControlModeId', 'congestion_control_mode_id'],
  ['estThroughput', 'est_throughput'],
  ['id', 'id'],
  ['noiseDbm', 'noise'],
  ['quality', 'qual'],
  ['snr', 'snr'],
  ['synchronizationMethodId', 'synchronization_method_id'],
]

function entryOf(values: ReadonlyMap<string, string>): BssEntry | undefined {
  const bssid = values.get('bssid')?.trim().toLowerCase()
  const frequency = readNumber(values.get('freq')?.trim())
  const signalDbm = readNumber(values.get('level')?.trim())
  const ssid = values.get('ssid')
  if (bssid === undefined || !isMacAddress(bssid) || frequency === undefined || signalDbm === undefined)
    return undefined
  if (ssid === undefined) return undefined
  const { band, channel } = channelAt(frequency)
  const { flags, unknown } = readFlags(values.get('flags'))
  const accessPoint: AccessPoint = {
    bssid,
    ...readSsid(ssid),
    frequency,
    band,
    channel,
    signalDbm,
    signalPercent: percentOf(band, signalDbm),
    flags,
  }
  const id = readNumber(values.get('id'))
  const meshId = values.get('mesh_id')
  if (meshId === undefined) return { type: 'accessPoint', id, record: accessPoint, unknownFlags: unknown }
  return { type: 'meshPeer', id, record: meshPeer(accessPoint, meshId, values), unknownFlags: unknown }
}

function meshPeer(accessPoint: AccessPoint, meshId: string, values: ReadonlyMap<string, string>): MeshPeer {
  const numbers = NUMBERS.flatMap(([field, key]) => {
    const value = readNumber(values.get(key)?.trim())
    return value === undefined ? [] : [[field, value] as const]
  })
  const capability = readNumber(values.get('mesh_capability')?.trim())
  const formation = readNumber(values.get('mesh_formation_info')?.trim())
  const rates = values.get('bss_basic_rate_set')
  return {
    ...accessPoint,
    meshId: readSsid(meshId).ssid,
    ...(capability === undefined ? {} : { meshCapability: meshCapability(capability) }),
    ...(formation === undefined ? {} : { meshFormationInfo: meshFormationInfo(formation) }),
    ...(rates === undefined ? {} : { bssBasicRateSet: rates.trim() }),
    ...Object.fromEntries(numbers),
  }
}

/** IEEE 802.11-2020, 9.4.2.97.8. */
function meshCapability(octet: number): MeshCapability {
  const bit = (at: number): boolean => (octet & (1 << at)) !== 0
  return {
    acceptingPeerings: bit(0),
    mccaSupported: bit(1),
    mccaEnabled: bit(2),
    forwarding: bit(3),
    mbcaEnabled: bit(4),
    tbttAdjusting: bit(5),
    powerSlaveLevel: bit(6),
  }
}

/** IEEE 802.11-2020, 9.4.2.97.7. */
function meshFormationInfo(octet: number): MeshFormationInfo {
  return {
    connectedToMeshGate: (octet & 0x01) !== 0,
    numberOfPeerings: (octet >> 1) & 0x3f,
    connectedToAs: (octet & 0x80) !== 0,
  }
}

export function isMacAddress(text: string): boolean {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)
}
