/** QMUX frames: marker, length, flags, service, client, then the message with its transaction. */

import { ByteReader, ByteWriter, MalformedMessage } from './bytes.js'
import { SERVICES } from './service.js'
import { decodeTlvs, encodeTlvs, type Tlv, type Tlvs } from './tlv.js'

const MARKER = 0x01
/** Of the length field: everything behind the marker, at least up to the TLVs. */
const MIN_CTL_LENGTH = 11
const MIN_SERVICE_LENGTH = 12
/** A control channel takes 4 KiB at a time; longer frames are none. */
export const MAX_FRAME_BYTES = 4_096
/** Client of indications that are for all clients. */
export const BROADCAST_CLIENT = 0xff

export type MessageKind = 'request' | 'response' | 'indication'

export interface Frame {
  readonly service: number
  readonly client: number
  readonly kind: MessageKind
  /** 1 to 255 for CTL, 1 to 65535 for others; 0 of indications. */
  readonly transaction: number
  readonly message: number
  readonly tlvs: Tlvs
}

export interface FrameInput extends Omit<Frame, 'tlvs'> {
  readonly tlvs: readonly Tlv[]
}

const CTL_KINDS: Readonly<Record<MessageKind, number>> = { request: 0, response: 1, indication: 2 }
const SERVICE_KINDS: Readonly<Record<MessageKind, number>> = { request: 0, response: 2, indication: 4 }

/** The bytes of a frame. A request is the host's; everything else is a modem's, which tests play. */
export function encodeFrame({ service, client, kind, transaction, message, tlvs }: FrameInput): Uint8Array {
  const isCtl = service === SERVICES.ctl
  const encoded = encodeTlvs(tlvs)
  const writer = new ByteWriter()
    .u8(MARKER)
    .u16((isCtl ? MIN_CTL_LENGTH : MIN_SERVICE_LENGTH) + encoded.length)
    .u8(kind === 'request' ? 0 : 0x80)
    .u8(service)
    .u8(client)
    .u8((isCtl ? CTL_KINDS : SERVICE_KINDS)[kind])
  if (isCtl) writer.u8(transaction)
  else writer.u16(transaction)
  return writer.u16(message).u16(encoded.length).append(encoded).done()
}

/** @throws MalformedMessage where any length is not exactly what it must be */
export function decodeFrame(bytes: Uint8Array): Frame {
  const reader = new ByteReader(bytes)
  if (reader.u8() !== MARKER) throw new MalformedMessage('no QMUX marker')
  const length = reader.u16()
  if (length !== bytes.length - 1) throw new MalformedMessage(`length ${length} of ${bytes.length} bytes`)
  reader.u8()
  const service = reader.u8()
  const client = reader.u8()
  const isCtl = service === SERVICES.ctl
  const kind = kindOf(reader.u8(), isCtl)
  const transaction = isCtl ? reader.u8() : reader.u16()
  const message = reader.u16()
  const tlvLength = reader.u16()
  if (tlvLength !== reader.left) throw new MalformedMessage(`TLVs of ${tlvLength} bytes, ${reader.left} are there`)
  return { service, client, kind, transaction, message, tlvs: decodeTlvs(reader.rest()) }
}

function kindOf(flags: number, isCtl: boolean): MessageKind {
  const kinds = isCtl ? CTL_KINDS : SERVICE_KINDS
  for (const kind of ['request', 'response', 'indication'] as const) if (kinds[kind] === flags) return kind
  throw new MalformedMessage(`no kind of message: ${flags}`)
}

export interface Split {
  /** Each with the bytes of one frame, by its length field. */
  readonly frames: readonly Uint8Array[]
  /** The beginning of a frame, to be put before what comes next. */
  readonly rest: Uint8Array
  /** Bytes that are the beginning of nothing, or of a frame that was never finished. */
  readonly droppedBytes: number
}

/**
 * Cuts what one read has brought into frames. A driver may have gathered several, and may have cut one. What was left of an
 * earlier read is dropped where the new bytes are whole frames by themselves: its end never came.
 */
export function splitFrames(rest: Uint8Array, chunk: Uint8Array): Split {
  if (rest.length === 0) return cut(chunk)
  const alone = cut(chunk)
  if (alone.frames.length > 0 && alone.rest.length === 0 && alone.droppedBytes === 0) {
    return { ...alone, droppedBytes: rest.length }
  }
  const joined = new Uint8Array(rest.length + chunk.length)
  joined.set(rest)
  joined.set(chunk, rest.length)
  return cut(joined)
}

function cut(bytes: Uint8Array): Split {
  const frames: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const total = totalBytes(bytes.subarray(at))
    if (total === undefined) return { frames, rest: NOTHING, droppedBytes: bytes.length - at }
    if (total > bytes.length - at) return { frames, rest: bytes.slice(at), droppedBytes: 0 }
    frames.push(bytes.subarray(at, at + total))
    at += total
  }
  return { frames, rest: NOTHING, droppedBytes: 0 }
}

const NOTHING = new Uint8Array()

/** How long the frame is that begins here; undefined: none begins here. What is not known yet counts as one byte more. */
function totalBytes(bytes: Uint8Array): number | undefined {
  const [marker, low, high] = bytes
  if (marker !== MARKER) return undefined
  if (low === undefined || high === undefined) return bytes.length + 1
  const length = low | (high << 8)
  return length < MIN_CTL_LENGTH || length >= MAX_FRAME_BYTES ? undefined : length + 1
}
