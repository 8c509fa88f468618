/** SIM cards: their state, their files, their PIN. */

import { type ByteReader, ByteWriter, bytesOf, u32 } from './bytes.js'
import { type QmiRequest, readNothing } from './request.js'
import type { Tlvs } from './tlv.js'

export const UIM_CARD_STATUS = 0x0032

export type PinState = 'unknown' | 'enabled' | 'verified' | 'disabled' | 'blocked' | 'permanently_blocked'
const PIN_STATES: readonly PinState[] = ['unknown', 'enabled', 'verified', 'disabled', 'blocked', 'permanently_blocked']

export type AppState =
  | 'unknown'
  | 'detected'
  | 'pin_required'
  | 'puk_required'
  | 'personalization'
  | 'pin_blocked'
  | 'illegal'
  | 'ready'
const APP_STATES: readonly AppState[] = [
  'unknown',
  'detected',
  'pin_required',
  'puk_required',
  'personalization',
  'pin_blocked',
  'illegal',
  'ready',
]

export type CardState = 'absent' | 'present' | 'error' | 'unknown'
const CARD_STATES: readonly CardState[] = ['absent', 'present', 'error']

const APP_TYPES = ['unknown', 'sim', 'usim', 'ruim', 'csim', 'isim'] as const

export interface CardApplication {
  readonly type: (typeof APP_TYPES)[number]
  readonly state: AppState
  readonly pin: PinState
  /** Attempts that are left. */
  readonly pinRetries: number
  readonly pukRetries: number
}

export interface Card {
  readonly state: CardState
  readonly applications: readonly CardApplication[]
}

export function getCardStatus(): QmiRequest<readonly Card[]> {
  return {
    service: 'uim',
    message: 0x002f,
    name: 'get card status',
    tlvs: [],
    read: readCardStatus,
  }
}

/** Of the answer, and of the indication. @throws MalformedMessage */
export function readCardStatus(tlvs: Tlvs): readonly Card[] {
  return tlvs.required(0x10, (reader) => {
    // Which application serves which kind of session; there is one session here.
    reader.bytes(8)
    return reader.list(reader.u8(), readCard)
  })
}

function readCard(reader: ByteReader): Card {
  const state = CARD_STATES[reader.u8()] ?? 'unknown'
  // State and attempts of the UPIN, and the error of the card.
  reader.bytes(4)
  return { state, applications: reader.list(reader.u8(), readApplication) }
}

function readApplication(reader: ByteReader): CardApplication {
  const type = APP_TYPES[reader.u8()] ?? 'unknown'
  const state = APP_STATES[reader.u8()] ?? 'unknown'
  // State, feature, attempts and attempts to unblock of the personalisation.
  reader.bytes(4)
  reader.bytes(reader.u8())
  // Whether the UPIN replaces the PIN.
  reader.u8()
  const pin = PIN_STATES[reader.u8()] ?? 'unknown'
  const pinRetries = reader.u8()
  const pukRetries = reader.u8()
  // PIN 2: state, attempts, attempts to unblock.
  reader.bytes(3)
  return { type, state, pin, pinRetries, pukRetries }
}

const CARD_STATUS_EVENTS = 0x01

/** Asks for the indication of card states. */
export function registerCardEvents(): QmiRequest<undefined> {
  return {
    service: 'uim',
    message: 0x002e,
    name: 'register events',
    tlvs: [[0x01, u32(CARD_STATUS_EVENTS)]],
    read: readNothing,
  }
}

/** The session of the first card, without the name of an application. */
const PRIMARY_SESSION = Uint8Array.of(0, 0)
const PIN_1 = 1

/** The answer says how many attempts are left, where it is a failure by its error. */
export function verifyPin(pin: string): QmiRequest<undefined> {
  const bytes = bytesOf(pin)
  return {
    service: 'uim',
    message: 0x0026,
    name: 'verify PIN',
    tlvs: [
      [0x01, PRIMARY_SESSION],
      [0x02, new ByteWriter().u8(PIN_1).u8(bytes.length).append(bytes).done()],
    ],
    read: readNothing,
    readFailure: (tlvs) => {
      const left = tlvs.u8(0x10)
      return left === undefined ? undefined : `${left} attempts left`
    },
  }
}

/** A file of the card by its number and the numbers of the directories above it. */
export interface CardFile {
  readonly id: number
  readonly path: readonly number[]
}

export const ICCID_FILE: CardFile = { id: 0x2fe2, path: [0x3f00] }
export const IMSI_FILE: CardFile = { id: 0x6f07, path: [0x3f00, 0x7fff] }

export function readTransparent({ id, path }: CardFile): QmiRequest<Uint8Array> {
  const elements = new ByteWriter()
  for (const element of path) elements.u16(element)
  const place = elements.done()
  return {
    service: 'uim',
    message: 0x0020,
    name: 'read transparent',
    tlvs: [
      [0x01, PRIMARY_SESSION],
      [0x02, new ByteWriter().u16(id).u8(place.length).append(place).done()],
      // From the first byte, all of them.
      [0x03, new ByteWriter().u16(0).u16(0).done()],
    ],
    read: (tlvs) => tlvs.required(0x11, (reader) => reader.bytes(reader.u16()).slice()),
  }
}

/** Two digits a byte, the low one first; 0xF fills up an odd number of them. */
export function readBcd(bytes: Uint8Array): string {
  const digits = [...bytes].flatMap((byte) => [byte & 0x0f, byte >>> 4])
  return digits.filter((digit) => digit < 10).join('')
}
