/** The cells around the modem (NAS Get Cell Location Info), and the names of networks. */

import { type ByteReader, utf8 } from './bytes.js'
import type { QmiRequest } from './request.js'
import type { Tlvs } from './tlv.js'

const TENTHS = 10

/** Levels in dBm, qualities in dB. */
export interface LteCell {
  readonly pci: number
  readonly rsrq: number
  readonly rsrp: number
  readonly rssi: number
  readonly srxlev: number
}

export interface CellLocation {
  readonly lte:
    | {
        readonly idle: boolean
        readonly plmn: string
        readonly trackingAreaCode: number
        readonly cellId: number
        readonly earfcn: number
        readonly pci: number
        readonly cells: readonly LteCell[]
      }
    | undefined
  readonly timingAdvance: number | undefined
  readonly doppler: number | undefined
  readonly intraEarfcn: number | undefined
  readonly interEarfcn: readonly number[] | undefined
}

export function getCellLocation(): QmiRequest<CellLocation> {
  return { service: 'nas', message: 0x0043, name: 'get cell location info', tlvs: [], read: readCellLocation }
}

export function readCellLocation(tlvs: Tlvs): CellLocation {
  return {
    lte: tlvs.optional(0x13, readLte),
    timingAdvance: tlvs.u32(0x1e),
    doppler: tlvs.u16(0x26),
    intraEarfcn: tlvs.u32(0x27),
    interEarfcn: tlvs.optional(0x28, (reader) => reader.list(reader.u8(), () => reader.u32())),
  }
}

function readLte(reader: ByteReader): CellLocation['lte'] {
  const idle = reader.u8() !== 0
  const plmn = readPlmnDigits(reader.bytes(3))
  const trackingAreaCode = reader.u16()
  const cellId = reader.u32()
  const earfcn = reader.u16()
  const pci = reader.u16()
  // Thresholds of the choice of cells.
  reader.bytes(4)
  const tenths = (): number => reader.s16() / TENTHS
  const cells = reader.list(reader.u8(), () => ({
    pci: reader.u16(),
    rsrq: tenths(),
    rsrp: tenths(),
    rssi: tenths(),
    srxlev: reader.s16(),
  }))
  return { idle, plmn, trackingAreaCode, cellId, earfcn, pci, cells }
}

/** 3GPP TS 24.008, 10.5.1.3: digits of MCC and MNC by halves of bytes; 0xF in the place of a third digit of the MNC. */
function readPlmnDigits(bytes: Uint8Array): string {
  const [first = 0, second = 0, third = 0] = bytes
  const order = [first & 0x0f, first >>> 4, second & 0x0f, third & 0x0f, third >>> 4, second >>> 4]
  return order.filter((digit) => digit < 10).join('')
}

export interface OperatorName {
  readonly long: string
  readonly short: string
}

const UTF_16 = 1

/** The indication; undefined where the network tells none. */
export function readOperatorName(tlvs: Tlvs): OperatorName | undefined {
  return tlvs.optional(0x14, (reader) => {
    const encoding = reader.u8()
    // Whether the country's initials belong to the name, and bits that are left over at the end of each.
    reader.bytes(3)
    const [longBytes, shortBytes] = [reader.u8(), reader.u8()]
    return { long: readName(encoding, reader.bytes(longBytes)), short: readName(encoding, reader.bytes(shortBytes)) }
  })
}

/** Big-endian, as modems send it. */
function readName(encoding: number, bytes: Uint8Array): string {
  if (encoding !== UTF_16) return utf8(bytes)
  const units: number[] = []
  for (let at = 0; at + 1 < bytes.length; at += 2) units.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0))
  return String.fromCharCode(...units)
}
