/** What the modem knows of the system that serves it (NAS Get System Info). */

import { type ByteReader, utf8 } from './bytes.js'
import type { QmiRequest } from './request.js'
import type { Tlvs } from './tlv.js'

const DOMAINS = ['no_service', 'cs_only', 'ps_only', 'cs_ps', 'camped'] as const
export type Domain = (typeof DOMAINS)[number] | 'unknown'

const REJECTIONS = ['not_available', 'available', 'cs_invalid', 'ps_invalid', 'cs_ps_invalid'] as const
export type SimRejection = (typeof REJECTIONS)[number] | 'unknown'

/** Only what the modem calls valid. */
export interface LteSystem {
  readonly domain: Domain | undefined
  readonly capability: Domain | undefined
  readonly roaming: boolean | undefined
  readonly forbidden: boolean | undefined
  readonly locationAreaCode: number | undefined
  readonly cellId: number | undefined
  readonly reject: { readonly domain: number; readonly cause: number } | undefined
  /** Digits: a leading zero counts. */
  readonly mcc: string | undefined
  readonly mnc: string | undefined
  readonly trackingAreaCode: number | undefined
}

export interface SystemInfo {
  readonly lte: LteSystem | undefined
  readonly geoSystemIndex: number | undefined
  readonly voiceSupported: boolean | undefined
  readonly simRejection: SimRejection | undefined
  readonly imsVoiceSupported: boolean | undefined
  readonly voiceStatus: number | undefined
  readonly registrationRestriction: 'unrestricted' | 'camped_only' | 'unknown' | undefined
  readonly registrationDomain: number | undefined
  readonly embmsCoverageId: number | undefined
  readonly smsStatus: number | undefined
  readonly emergencyBearer: number | undefined
  /** A value beyond those that are known is 'invalid'. */
  readonly emergencyBarred: number | 'invalid' | undefined
  readonly cellAccess: number | undefined
  readonly embms: number | undefined
}

export function getSystemInfo(): QmiRequest<SystemInfo> {
  return { service: 'nas', message: 0x004d, name: 'get system info', tlvs: [], read: readSystemInfo }
}

/** Of the highest that is known. */
const LAST_BARRED = 3

export function readSystemInfo(tlvs: Tlvs): SystemInfo {
  const rejection = tlvs.u32(0x27)
  const restriction = tlvs.u32(0x2f)
  const barred = tlvs.u32(0x3e)
  return {
    lte: tlvs.optional(0x19, readLte),
    geoSystemIndex: tlvs.u16(0x1e),
    voiceSupported: truth(tlvs.u8(0x21)),
    simRejection: rejection === undefined ? undefined : (REJECTIONS[rejection] ?? 'unknown'),
    imsVoiceSupported: truth(tlvs.u8(0x29)),
    voiceStatus: tlvs.u32(0x2a),
    registrationRestriction:
      restriction === undefined ? undefined : ((['unrestricted', 'camped_only'] as const)[restriction] ?? 'unknown'),
    registrationDomain: tlvs.u32(0x31),
    embmsCoverageId: tlvs.optional(0x34, (reader) => reader.s16()),
    smsStatus: tlvs.u32(0x38),
    emergencyBearer: tlvs.u32(0x39),
    emergencyBarred: barred === undefined ? undefined : barred <= LAST_BARRED ? barred : 'invalid',
    cellAccess: tlvs.optional(0x44, (reader) => reader.s32()),
    embms: tlvs.u32(0x46),
  }
}

function truth(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value !== 0
}

/** Each field stands behind a byte that says whether it is valid. */
function readLte(reader: ByteReader): LteSystem {
  const valid = <T>(read: () => T): T | undefined => {
    const isValid = reader.u8() !== 0
    const value = read()
    return isValid ? value : undefined
  }
  const domain = valid(() => DOMAINS[reader.u8()] ?? 'unknown')
  const capability = valid(() => DOMAINS[reader.u8()] ?? 'unknown')
  const roaming = valid(() => reader.u8() !== 0)
  const forbidden = valid(() => reader.u8() !== 0)
  const locationAreaCode = valid(() => reader.u16())
  const cellId = valid(() => reader.u32())
  const reject = valid(() => ({ domain: reader.u8(), cause: reader.u8() }))
  const network = valid(() => ({ mcc: digits(reader.bytes(3)), mnc: digits(reader.bytes(3)) }))
  const trackingAreaCode = valid(() => reader.u16())
  return {
    domain,
    capability,
    roaming,
    forbidden,
    locationAreaCode,
    cellId,
    reject,
    mcc: network?.mcc,
    mnc: network?.mnc,
    trackingAreaCode,
  }
}

/** Two digits are filled up with 0xFF. */
function digits(bytes: Uint8Array): string {
  return utf8(bytes.filter((byte) => byte !== 0xff))
}
