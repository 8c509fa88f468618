/** A modem for tests: answers QMI as told, keeps what it was asked, and fails in the ways that modems do. */

import { decodeFrame, encodeFrame, type Frame, splitFrames } from '../../lib/technology/qmi/codec/frame.js'
import { SERVICES, type ServiceName } from '../../lib/technology/qmi/codec/service.js'
import { type Tlv, Tlvs } from '../../lib/technology/qmi/codec/tlv.js'

export interface Asked {
  readonly service: number
  readonly message: number
  readonly client: number
  readonly transaction: number
  readonly tlvs: Tlvs
}

/** The TLVs of an answer; a number is the error of a failure; null: no answer at all. */
export type Answer = readonly Tlv[] | number | null
export type Handler = (asked: Asked) => Answer

const OK: Tlv = [0x02, Uint8Array.of(0, 0, 0, 0)]

export const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.split(/\s+/).filter(Boolean), (byte) => Number.parseInt(byte, 16))
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** ICCID 8949123456789012345, filled up. */
export const ICCID_BYTES = hex('98 94 21 43 65 87 09 21 43 F5')
export const ICCID = '8949123456789012345'

export const READY_CARD = card(7)
export const ABSENT_CARD = hex('00 00 ff ff ff ff ff ff 01 00 00 00 00 00 00')

/** A card with one application in this state; `pinRetries` are left. */
export function card(state: number, pinRetries = 3, pin = 2): Uint8Array {
  return Uint8Array.of(
    ...hex('00 00 ff ff ff ff ff ff 01 01 00 00 00 00 01'),
    ...[2, state, 0, 0, 0, 0, 2, 0xa0, 0x87, 0, pin, pinRetries, 10, 0, 0, 0],
  )
}

/** Registered, attached, LTE. */
export const SERVED = hex('01 01 01 02 01 08')
export const DETACHED = hex('01 01 02 02 01 08')
export const SEARCHING = hex('02 02 02 00 00')

const SETTINGS_4: readonly Tlv[] = [
  [0x15, hex('35 02 00 c0')],
  [0x1e, hex('0a 02 00 c0')],
  [0x20, hex('09 02 00 c0')],
  [0x21, hex('f8 ff ff ff')],
  [0x29, hex('96 05 00 00')],
]
const SETTINGS_6: readonly Tlv[] = [
  [0x25, hex('20 01 0d b8 00 00 00 01 00 00 00 00 00 00 00 0a 40')],
  [0x26, hex('20 01 0d b8 00 00 00 01 00 00 00 00 00 00 00 01')],
  [0x27, hex('20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 35')],
]

const key = (service: number, message: number): string => `${service}/${message}`

export class ScriptedQmiModem {
  readonly asked: Asked[] = []
  /** Answers nothing. */
  silent = false
  /** Changes each answer on its way out. */
  distort: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes]
  readonly #handlers = new Map<string, Handler>()
  readonly #clients = new Map<number, number>()
  /** Client ids that are given out: 'service/client'. */
  readonly clients = new Set<string>()
  card: Uint8Array = READY_CARD
  serving: Uint8Array = SERVED
  mode = 0
  connected = false
  #send: (bytes: Uint8Array) => void = () => undefined
  #rest: Uint8Array = new Uint8Array()

  constructor() {
    this.#basics()
    this.#device()
    this.#network()
    this.#data()
  }

  /** Where its answers go from now on: the device has been opened. */
  attach(send: (bytes: Uint8Array) => void): void {
    this.#send = send
  }

  on(service: ServiceName, message: number, handler: Handler): void {
    this.#handlers.set(key(SERVICES[service], message), handler)
  }

  /** A write to the device. */
  receive(bytes: Uint8Array): void {
    const { frames, rest } = splitFrames(this.#rest, bytes)
    this.#rest = rest
    for (const frame of frames) this.#answer(decodeFrame(frame))
  }

  indicate(service: ServiceName, message: number, tlvs: readonly Tlv[], client = 0xff): void {
    const number = SERVICES[service]
    this.#send(encodeFrame({ service: number, client, kind: 'indication', transaction: 0, message, tlvs }))
  }

  /** Anything at all. */
  say(bytes: Uint8Array): void {
    this.#send(bytes)
  }

  /** The session ends, or stands. */
  packet(connected: boolean): void {
    this.connected = connected
    this.indicate('wds', 0x22, [[0x01, Uint8Array.of(connected ? 2 : 1, 0)]])
  }

  serve(serving: Uint8Array): void {
    this.serving = serving
    this.indicate('nas', 0x24, [[0x01, serving]])
  }

  insert(bytes: Uint8Array): void {
    this.card = bytes
    this.indicate('uim', 0x32, [[0x10, bytes]])
  }

  /** Questions of a service, in order. */
  of(service: ServiceName, message: number): Asked[] {
    return this.asked.filter((one) => one.service === SERVICES[service] && one.message === message)
  }

  #answer(frame: Frame): void {
    const { service, client, transaction, message, tlvs } = frame
    this.asked.push({ service, message, client, transaction, tlvs })
    if (this.silent) return
    const handler = this.#handlers.get(key(service, message))
    const answer = handler === undefined ? 0x47 : handler({ service, message, client, transaction, tlvs })
    if (answer === null) return
    const result: readonly Tlv[] =
      typeof answer === 'number' ? [[0x02, Uint8Array.of(1, 0, answer & 0xff, answer >> 8)]] : [...answer, OK]
    const bytes = encodeFrame({ service, client, kind: 'response', transaction, message, tlvs: result })
    for (const part of this.distort(bytes)) this.#send(part)
  }

  #basics(): void {
    this.on('ctl', 0x27, () => {
      this.clients.clear()
      return []
    })
    this.on('ctl', 0x21, () => [[0x01, hex('02 01 01 00 00 00 02 01 00 05 00')]])
    this.on('ctl', 0x22, ({ tlvs }) => {
      const service = tlvs.u8(0x01) ?? 0
      const client = (this.#clients.get(service) ?? 4) + 1
      this.#clients.set(service, client)
      this.clients.add(`${service}/${client}`)
      return [[0x01, Uint8Array.of(service, client)]]
    })
    this.on('ctl', 0x23, ({ tlvs }) => {
      const [service, client] = tlvs.required(0x01, (reader) => [reader.u8(), reader.u8()] as const)
      this.clients.delete(`${service}/${client}`)
      return [[0x01, Uint8Array.of(service, client)]]
    })
  }

  #device(): void {
    this.on('dms', 0x2d, () => [[0x01, Uint8Array.of(this.mode)]])
    this.on('dms', 0x2e, ({ tlvs }) => {
      this.mode = tlvs.u8(0x01) ?? 0
      return []
    })
    this.on('dms', 0x21, () => [[0x01, text('ACME')]])
    this.on('dms', 0x22, () => [[0x01, text('X1')]])
    this.on('dms', 0x25, () => [[0x11, text('356938035643809')]])
    this.on('uim', 0x2e, () => [])
    this.on('uim', 0x2f, () => [[0x10, this.card]])
    this.on('uim', 0x26, () => {
      this.card = READY_CARD
      return []
    })
    this.on('uim', 0x20, () => [
      [0x10, hex('90 00')],
      [0x11, Uint8Array.of(ICCID_BYTES.length, 0, ...ICCID_BYTES)],
    ])
    this.on('wda', 0x20, () => [[0x11, hex('02 00 00 00')]])
  }

  #network(): void {
    this.on('nas', 0x03, () => [])
    this.on('nas', 0x24, () => [[0x01, this.serving]])
    this.on('nas', 0x33, () => [])
    this.on('nas', 0x20, () => [[0x11, hex('02 00 4a 08 50 05')]])
    this.on('nas', 0x31, () => [[0x01, hex('01 08 7a 00 e8 03')]])
    this.on('nas', 0x4d, () => [
      [0x19, hex('01 03 01 03 01 00 01 00 00 00 00 01 07 00 00 00 00 00 00 01 33 31 30 32 36 30 01 2a 00')],
    ])
    this.on('nas', 0x25, () => [[0x01, hex('36 01 04 01 08 54 2d 4d 6f 62 69 6c 65')]])
  }

  #data(): void {
    this.on('wds', 0x01, () => [])
    this.on('wds', 0x28, () => [])
    this.on('wds', 0x4d, () => [])
    this.on('wds', 0x20, ({ client }) => {
      this.connected = true
      return [[0x01, Uint8Array.of(client, 0, 0, 0x10)]]
    })
    this.on('wds', 0x21, () => {
      this.connected = false
      return []
    })
    this.on('wds', 0x22, () => [[0x01, Uint8Array.of(this.connected ? 2 : 1)]])
    this.on('wds', 0x2d, ({ client }) => (client === 6 ? SETTINGS_6 : SETTINGS_4))
  }
}

export { Tlvs }
