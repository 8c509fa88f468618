/** Wireless data: packet sessions, their state, their settings, their counters. */

import { type ByteReader, ByteWriter, bytesOf, u8, u32 } from './bytes.js'
import { type QmiRequest, readNothing } from './request.js'
import type { Tlv, Tlvs } from './tlv.js'

export const WDS_EVENT_REPORT = 0x0001
export const WDS_PACKET_STATUS = 0x0022

/** A network may take that long to accept a session. */
const START_LIMIT_MS = 60_000

export type Authentication = 'none' | 'pap' | 'chap' | 'pap-or-chap'
const AUTHENTICATION: Readonly<Record<Authentication, number>> = { none: 0, pap: 1, chap: 2, 'pap-or-chap': 3 }

export type IpFamily = 4 | 6

export interface StartNetwork {
  readonly apn: string
  readonly family: IpFamily
  readonly authentication?: Authentication | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly profile?: number | undefined
}

export type EndReasonType =
  | 'unspecified'
  | 'mobile_ip'
  | 'internal'
  | 'call_manager_defined'
  | '3gpp'
  | 'ppp'
  | 'ehrpd'
  | 'ipv6'
  | 'handoff'
  | 'unknown'

const END_REASON_TYPES: Readonly<Record<number, EndReasonType>> = {
  0: 'unspecified',
  1: 'mobile_ip',
  2: 'internal',
  3: 'call_manager_defined',
  6: '3gpp',
  7: 'ppp',
  8: 'ehrpd',
  9: 'ipv6',
  12: 'handoff',
}

export interface EndReason {
  readonly type: EndReasonType
  /** As the network or the modem numbers it within its type. */
  readonly reason: number
}

const readEndReason = (reader: ByteReader): EndReason => ({
  type: END_REASON_TYPES[reader.u16()] ?? 'unknown',
  reason: reader.u16(),
})

/** Resolves with the handle by which the session is stopped. */
export function startNetwork(given: StartNetwork): QmiRequest<number> {
  const tlvs: Tlv[] = [[0x14, bytesOf(given.apn)]]
  if (given.authentication !== undefined) tlvs.push([0x16, u8(AUTHENTICATION[given.authentication])])
  if (given.username !== undefined) tlvs.push([0x17, bytesOf(given.username)])
  if (given.password !== undefined) tlvs.push([0x18, bytesOf(given.password)])
  tlvs.push([0x19, u8(given.family)])
  if (given.profile !== undefined) tlvs.push([0x31, u8(given.profile)])
  return {
    service: 'wds',
    message: 0x0020,
    name: 'start network',
    tlvs,
    limitMs: START_LIMIT_MS,
    read: (answer) => answer.required(0x01, (reader) => reader.u32()),
    readFailure: (answer) => {
      const verbose = answer.optional(0x11, readEndReason)
      const plain = answer.u16(0x10)
      if (verbose !== undefined) return `${verbose.type} reason ${verbose.reason}`
      return plain === undefined ? undefined : `reason ${plain}`
    },
  }
}

/** Of a session that the modem has begun by itself. */
export const AUTOCONNECT_HANDLE = 0xffff_ffff

export function stopNetwork(handle: number): QmiRequest<undefined> {
  const disable: Tlv[] = handle === AUTOCONNECT_HANDLE ? [[0x10, u8(1)]] : []
  return {
    service: 'wds',
    message: 0x0021,
    name: 'stop network',
    tlvs: [[0x01, u32(handle)], ...disable],
    read: readNothing,
  }
}

export type PacketState = 'disconnected' | 'connected' | 'suspended' | 'authenticating' | 'unknown'
const PACKET_STATES: readonly (PacketState | undefined)[] = [
  undefined,
  'disconnected',
  'connected',
  'suspended',
  'authenticating',
]

export function getPacketStatus(): QmiRequest<PacketState> {
  return {
    service: 'wds',
    message: WDS_PACKET_STATUS,
    name: 'get packet service status',
    tlvs: [],
    read: (tlvs) => tlvs.required(0x01, (reader) => PACKET_STATES[reader.u8()] ?? 'unknown'),
  }
}

const DATA_TECHNOLOGIES: Readonly<Record<number, string>> = {
  32769: 'cdma',
  32772: 'umts',
  32800: 'wlan_local_brkout',
  32801: 'iwlan_s2b',
  34944: 'epc',
  34946: 'embms',
  34952: 'modem_link_local',
}

export interface PacketStatus {
  readonly state: PacketState
  readonly reconfigurationRequired: boolean
  readonly endReason: number | undefined
  readonly verboseEndReason: EndReason | undefined
  readonly family: number | undefined
  readonly technology: string | undefined
  readonly bearer: number | undefined
  readonly xlat: number | undefined
}

/** The indication. @throws MalformedMessage */
export function readPacketStatus(tlvs: Tlvs): PacketStatus {
  const [state, flag] = tlvs.required(0x01, (reader) => [reader.u8(), reader.left > 0 ? reader.u8() : 0] as const)
  const technology = tlvs.u16(0x13)
  return {
    state: PACKET_STATES[state] ?? 'unknown',
    reconfigurationRequired: flag !== 0,
    endReason: tlvs.u16(0x10),
    verboseEndReason: tlvs.optional(0x11, readEndReason),
    family: tlvs.u8(0x12),
    technology: technology === undefined ? undefined : (DATA_TECHNOLOGIES[technology] ?? 'unknown'),
    bearer: tlvs.u8(0x14),
    xlat: tlvs.u8(0x15),
  }
}

/** The TLVs of an event report, with the bit that asks for each. */
const COUNTERS = [
  ['tx_packets', 0x10, 0x001, 4],
  ['rx_packets', 0x11, 0x002, 4],
  ['tx_errors', 0x12, 0x004, 4],
  ['rx_errors', 0x13, 0x008, 4],
  ['tx_overflows', 0x14, 0x010, 4],
  ['rx_overflows', 0x15, 0x020, 4],
  ['tx_bytes', 0x19, 0x040, 8],
  ['rx_bytes', 0x1a, 0x080, 8],
  ['tx_drops', 0x25, 0x100, 4],
  ['rx_drops', 0x26, 0x200, 4],
] as const

export type CounterName = (typeof COUNTERS)[number][0]
export type Counters = Readonly<Partial<Record<CounterName, number>>>

const ALL_COUNTERS = COUNTERS.reduce((mask, [, , bit]) => mask | bit, 0)
/** What a modem says of a counter that it does not have. */
const NO_COUNT = 0xffff_ffff

/** Asks for a report of all counters each `intervalS` seconds (1 to 255); undefined: for none any more. */
export function setEventReport(intervalS: number | undefined): QmiRequest<undefined> {
  return {
    service: 'wds',
    message: WDS_EVENT_REPORT,
    name: 'set event report',
    tlvs: intervalS === undefined ? [] : [[0x11, new ByteWriter().u8(intervalS).u32(ALL_COUNTERS).done()]],
    read: readNothing,
  }
}

/** The indication: the counters that it has. */
export function readEventReport(tlvs: Tlvs): Counters {
  return Object.fromEntries(
    COUNTERS.flatMap(([name, type, , bytes]) => {
      const count = tlvs.optional(type, (reader) => (bytes === 8 ? Number(reader.u64()) : reader.u32()))
      return count === undefined ? [] : [[name, count === NO_COUNT ? 0 : count]]
    }),
  )
}

const PROFILE_3GPP = 0
const PROFILE_INDEX = 1

/** Says of the modem's first profile whether it may be used in foreign networks. @throws by an extended error in `read` */
export function modifyProfile(roamingAllowed: boolean): QmiRequest<number | undefined> {
  return {
    service: 'wds',
    message: 0x0028,
    name: 'modify profile',
    tlvs: [
      [0x01, Uint8Array.of(PROFILE_3GPP, PROFILE_INDEX)],
      [0x3e, u8(roamingAllowed ? 0 : 1)],
    ],
    read: (tlvs) => tlvs.u16(0xe0),
    readFailure: (tlvs) => {
      const extended = tlvs.u16(0xe0)
      return extended === undefined ? undefined : `extended error ${extended}`
    },
  }
}

export interface CurrentSettings {
  readonly apn: string | undefined
  readonly family: number | undefined
  readonly mtu: number | undefined
  readonly ipv4:
    | { readonly address: string; readonly prefixLength: number; readonly gateway: string | undefined }
    | undefined
  readonly ipv6:
    | { readonly address: string; readonly prefixLength: number; readonly gateway: string | undefined }
    | undefined
  readonly nameServers: readonly string[]
}

/** PDP type, APN, DNS, address, gateway, MTU, domains, family. */
const SETTINGS_MASK = 0b1110_0011_0001_1100
const POINT_TO_POINT = 32

export function getCurrentSettings(): QmiRequest<CurrentSettings> {
  return {
    service: 'wds',
    message: 0x002d,
    name: 'get current settings',
    tlvs: [[0x10, u32(SETTINGS_MASK)]],
    read: readCurrentSettings,
  }
}

export function readCurrentSettings(tlvs: Tlvs): CurrentSettings {
  const ipv4 = (type: number) => tlvs.optional(type, (reader) => usable(ipv4Text(reader.u32())))
  const ipv6 = (type: number) => tlvs.optional(type, (reader) => usable(ipv6Text(reader.bytes(16))))
  const address = ipv4(0x1e)
  const prefix = tlvs.optional(0x21, (reader) => prefixOf(reader.u32()))
  const long = tlvs.optional(0x25, (reader) => ({ address: usable(ipv6Text(reader.bytes(16))), length: reader.u8() }))
  const gateway6 = ipv6(0x26)
  return {
    apn: tlvs.text(0x14),
    family: tlvs.u8(0x2b),
    mtu: positive(tlvs.u32(0x29)),
    ipv4: address === undefined ? undefined : { address, prefixLength: prefix ?? POINT_TO_POINT, gateway: ipv4(0x20) },
    ipv6:
      long?.address === undefined || long.length > 128
        ? undefined
        : { address: long.address, prefixLength: long.length, gateway: gateway6 },
    nameServers: [ipv4(0x15), ipv4(0x16), ipv6(0x27), ipv6(0x28)].filter((one) => one !== undefined),
  }
}

const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value)

function usable(address: string): string | undefined {
  return address === '0.0.0.0' || address === '::' || address === '255.255.255.255' ? undefined : address
}

/** A number whose highest byte is the first of the address. */
function ipv4Text(value: number): string {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff].join('.')
}

/** Undefined where the mask has holes. */
function prefixOf(mask: number): number | undefined {
  const length = Math.clz32(~mask)
  const expected = length === 0 ? 0 : (-1 << (32 - length)) >>> 0
  return mask === expected && length > 0 ? length : undefined
}

/** RFC 5952: lower case, the longest run of zeros as '::'. */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0))
  let best = { from: 0, count: 0 }
  for (let from = 0; from < 8; from += 1) {
    let count = 0
    while (groups[from + count] === 0) count += 1
    if (count > best.count) best = { from, count }
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (best.count < 2) return text(groups)
  return `${text(groups.slice(0, best.from))}::${text(groups.slice(best.from + best.count))}`
}

/** Of all sessions that this client starts. */
export function setIpFamily(family: IpFamily): QmiRequest<undefined> {
  return { service: 'wds', message: 0x004d, name: 'set IP family', tlvs: [[0x01, u8(family)]], read: readNothing }
}

const USB_ENDPOINT = 2

/** Ties this client to one of several links over one USB interface. */
export function bindMuxPort(usbInterface: number, mux: number): QmiRequest<undefined> {
  return {
    service: 'wds',
    message: 0x00a2,
    name: 'bind mux data port',
    tlvs: [
      [0x10, new ByteWriter().u32(USB_ENDPOINT).u32(usbInterface).done()],
      [0x11, u8(mux)],
    ],
    read: readNothing,
  }
}
