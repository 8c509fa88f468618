/** Network access: registration, signal, and what may be chosen. System information and cells stand in files of their own. */

import { type ByteReader, ByteWriter, u8, u16 } from './bytes.js'
import { type QmiRequest, readNothing } from './request.js'
import type { Tlv, Tlvs } from './tlv.js'

export const NAS_SERVING_SYSTEM = 0x0024
export const NAS_SIGNAL_INFO = 0x0051
export const NAS_OPERATOR_NAME = 0x003a

const RADIOS: Readonly<Record<number, string>> = {
  0: 'no_service',
  1: 'cdma_1x',
  2: 'cdma_1x_evdo',
  3: 'amps',
  4: 'gsm',
  5: 'umts',
  8: 'lte',
  9: 'td_scdma',
  12: 'nr5g',
}

/** 'unknown' for technologies that are younger than this table. */
export function radioName(radio: number): string {
  return RADIOS[radio] ?? 'unknown'
}

/** Asks for the indications that are used here; modems' defaults differ. */
export function registerIndications(): QmiRequest<undefined> {
  const on = u8(1)
  return {
    service: 'nas',
    message: 0x0003,
    name: 'register indications',
    tlvs: [
      [0x13, on],
      [0x17, on],
      [0x18, on],
      [0x19, on],
      [0x1e, on],
    ],
    read: readNothing,
  }
}

export interface RadioStrength {
  /** In dBm. */
  readonly dbm: number
  readonly radio: string
}

const STRENGTH_MASK = 0x00ef

export function getSignalStrength(): QmiRequest<readonly RadioStrength[]> {
  return {
    service: 'nas',
    message: 0x0020,
    name: 'get signal strength',
    tlvs: [[0x10, u16(STRENGTH_MASK)]],
    read: (tlvs) =>
      tlvs.optional(0x11, (reader) =>
        reader.list(reader.u16(), () => ({ dbm: -reader.u8(), radio: radioName(reader.u8()) })),
      ) ?? [],
  }
}

/** Absent members: the modem does not hear that technology. Levels in dBm, qualities in dB. */
export interface SignalInfo {
  readonly gsm: { readonly rssi: number } | undefined
  readonly wcdma: { readonly rssi: number; readonly ecio: number } | undefined
  readonly lte:
    | { readonly rssi: number; readonly rsrq: number; readonly rsrp: number; readonly snr: number }
    | undefined
  readonly nr5g: { readonly rsrp: number; readonly snr: number; readonly rsrq: number | undefined } | undefined
}

export function getSignalInfo(): QmiRequest<SignalInfo> {
  return { service: 'nas', message: 0x004f, name: 'get signal info', tlvs: [], read: readSignalInfo }
}

/** A level that is not measured. */
const NO_LEVEL = -32_768
const TENTHS = 10

/** Of the answer, and of the indication. */
export function readSignalInfo(tlvs: Tlvs): SignalInfo {
  const nr5g = tlvs.optional(0x17, (reader) => ({ rsrp: reader.s16(), snr: reader.s16() / TENTHS }))
  const rsrq = tlvs.optional(0x18, (reader) => reader.s16())
  return {
    gsm: tlvs.optional(0x12, (reader) => ({ rssi: reader.s8() })),
    wcdma: tlvs.optional(0x13, (reader) => ({ rssi: reader.s8(), ecio: reader.s16() })),
    lte: tlvs.optional(0x14, (reader) => ({
      rssi: reader.s8(),
      rsrq: reader.s8(),
      rsrp: reader.s16(),
      snr: reader.s16() / TENTHS,
    })),
    nr5g:
      nr5g === undefined || nr5g.rsrp === NO_LEVEL
        ? undefined
        : { ...nr5g, rsrq: rsrq === NO_LEVEL ? undefined : rsrq },
  }
}

/** Asks for an indication when the level crosses one of these, in dBm: RSSI, and RSRP of LTE. */
export function setSignalThresholds(rssi: readonly number[], rsrp: readonly number[]): QmiRequest<undefined> {
  const levels = new ByteWriter().u8(rssi.length).append(rssi.map((level) => level & 0xff))
  const received = new ByteWriter().u8(rsrp.length)
  for (const level of rsrp) received.u16(level)
  return {
    service: 'nas',
    message: 0x0050,
    name: 'config signal info',
    tlvs: [
      [0x10, levels.done()],
      [0x16, received.done()],
    ],
    read: readNothing,
  }
}

const REGISTRATIONS = [
  'not_registered',
  'registered',
  'not_registered_searching',
  'registration_denied',
  'unknown',
] as const
const ATTACHMENTS = ['unknown', 'attached', 'detached'] as const
const NETWORKS = ['unknown', 'network_3gpp2', 'network_3gpp'] as const

export interface ServingSystem {
  readonly registration: (typeof REGISTRATIONS)[number]
  readonly cs: (typeof ATTACHMENTS)[number]
  readonly ps: (typeof ATTACHMENTS)[number]
  readonly network: (typeof NETWORKS)[number]
  readonly radios: readonly string[]
  readonly roaming: boolean | undefined
  readonly plmn: Plmn | undefined
  /** Seconds that local time is ahead of UTC, without daylight saving. */
  readonly utcOffset: number | undefined
  /** Seconds of daylight saving time. */
  readonly stdOffset: number | undefined
  /** Local time of the network, as text of ISO 8601 without zone. */
  readonly networkTime: string | undefined
  readonly locationAreaCode: number | undefined
  readonly cellId: number | undefined
  readonly trackingAreaCode: number | undefined
}

export interface Plmn {
  readonly mcc: number
  readonly mnc: number
  readonly name: string
}

/** Where answer and indication have the same things under other numbers. */
const PLACES = {
  response: { lac: 0x1c, cid: 0x1d, tac: 0x24, time: undefined },
  indication: { lac: 0x1d, cid: 0x1e, tac: 0x25, time: 0x1c },
} as const

export function getServingSystem(): QmiRequest<ServingSystem> {
  return {
    service: 'nas',
    message: NAS_SERVING_SYSTEM,
    name: 'get serving system',
    tlvs: [],
    read: (tlvs) => readServingSystem(tlvs, 'response'),
  }
}

const QUARTER_S = 900
const HOUR_S = 3_600

/** @throws MalformedMessage */
export function readServingSystem(tlvs: Tlvs, kind: keyof typeof PLACES): ServingSystem {
  const place = PLACES[kind]
  const serving = tlvs.required(0x01, (reader) => ({
    registration: REGISTRATIONS[reader.u8()] ?? 'unknown',
    cs: ATTACHMENTS[reader.u8()] ?? 'unknown',
    ps: ATTACHMENTS[reader.u8()] ?? 'unknown',
    network: NETWORKS[reader.u8()] ?? 'unknown',
    radios: reader.list(reader.u8(), () => radioName(reader.u8())).filter((radio) => radio !== 'no_service'),
  }))
  const roaming = tlvs.u8(0x10)
  const hours = tlvs.u8(0x1b)
  const stdOffset = hours === undefined ? undefined : hours * HOUR_S
  const quarters = tlvs.optional(0x1a, (reader) => reader.s8())
  return {
    ...serving,
    roaming: roaming === undefined ? undefined : roaming === 0,
    plmn: tlvs.optional(0x12, readPlmn),
    utcOffset: quarters === undefined ? undefined : quarters * QUARTER_S - (stdOffset ?? 0),
    stdOffset,
    networkTime: place.time === undefined ? undefined : tlvs.optional(place.time, readTime),
    locationAreaCode: tlvs.u16(place.lac),
    cellId: tlvs.u32(place.cid),
    trackingAreaCode: tlvs.u16(place.tac),
  }
}

function readPlmn(reader: ByteReader): Plmn {
  return { mcc: reader.u16(), mnc: reader.u16(), name: reader.text(reader.u8()) }
}

function readTime(reader: ByteReader): string {
  const year = String(reader.u16()).padStart(4, '0')
  const [month, day, hour, minute, second] = reader.list(5, () => String(reader.u8()).padStart(2, '0'))
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`
}

/** The network that the SIM card belongs to. */
export function getHomeNetwork(): QmiRequest<Plmn> {
  return {
    service: 'nas',
    message: 0x0025,
    name: 'get home network',
    tlvs: [],
    read: (tlvs) => tlvs.required(0x01, readPlmn),
  }
}

export interface RfBand {
  readonly radio: string
  readonly band: number
  readonly channel: number
}

export function getRfBandInfo(): QmiRequest<readonly RfBand[]> {
  return {
    service: 'nas',
    message: 0x0031,
    name: 'get RF band info',
    tlvs: [],
    read: (tlvs) =>
      tlvs.required(0x01, (reader) =>
        reader.list(reader.u8(), () => ({ radio: radioName(reader.u8()), band: reader.u16(), channel: reader.u16() })),
      ),
  }
}

/** Names as a configuration has them, with the bit of the mode mask. */
export const RADIO_TECHNOLOGIES = {
  'cdma-1x': 0x01,
  'cdma-1x-hrpd': 0x02,
  gsm: 0x04,
  umts: 0x08,
  lte: 0x10,
  'td-scdma': 0x20,
  nr5g: 0x40,
} as const
export type RadioTechnology = keyof typeof RADIO_TECHNOLOGIES

const PERMANENT = 1

export function setSystemSelection(technologies: readonly RadioTechnology[]): QmiRequest<undefined> {
  const mask = technologies.reduce((bits, name) => bits | RADIO_TECHNOLOGIES[name], 0)
  return {
    service: 'nas',
    message: 0x0033,
    name: 'set system selection preference',
    tlvs: [
      [0x17, u8(PERMANENT)],
      [0x11, u16(mask)],
    ] satisfies Tlv[],
    read: readNothing,
  }
}

export interface SystemSelection {
  readonly technologies: readonly RadioTechnology[] | undefined
  readonly emergency: boolean | undefined
  readonly roaming: 'off' | 'not_off' | 'not_flashing' | 'any' | 'unknown' | undefined
  readonly networkSelection: 'automatic' | 'manual' | undefined
}

const ROAMING: Readonly<Record<number, SystemSelection['roaming']>> = {
  1: 'off',
  2: 'not_off',
  3: 'not_flashing',
  255: 'any',
}

export function getSystemSelection(): QmiRequest<SystemSelection> {
  return {
    service: 'nas',
    message: 0x0034,
    name: 'get system selection preference',
    tlvs: [],
    read: (tlvs) => {
      const mask = tlvs.u16(0x11)
      const emergency = tlvs.u8(0x10)
      const roaming = tlvs.u16(0x14)
      const manual = tlvs.u8(0x16)
      const names = Object.keys(RADIO_TECHNOLOGIES) as RadioTechnology[]
      return {
        technologies: mask === undefined ? undefined : names.filter((name) => (mask & RADIO_TECHNOLOGIES[name]) !== 0),
        emergency: emergency === undefined ? undefined : emergency !== 0,
        roaming: roaming === undefined ? undefined : (ROAMING[roaming] ?? 'unknown'),
        networkSelection: manual === undefined ? undefined : manual === 1 ? 'manual' : 'automatic',
      }
    },
  }
}
