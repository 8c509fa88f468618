/** Type, length, value: what every message is made of. Unknown types are skipped by whoever reads. */

import { ByteReader, ByteWriter, MalformedMessage, utf8 } from './bytes.js'

export type Tlv = readonly [type: number, value: Uint8Array]

/** @throws MalformedMessage where the last one is cut off */
export function decodeTlvs(bytes: Uint8Array): Tlvs {
  const reader = new ByteReader(bytes)
  const values = new Map<number, Uint8Array>()
  while (reader.left > 0) {
    const type = reader.u8()
    const value = reader.bytes(reader.u16())
    // The first of a type is the one; modems do not repeat any.
    if (!values.has(type)) values.set(type, value)
  }
  return new Tlvs(values)
}

export function encodeTlvs(tlvs: readonly Tlv[]): Uint8Array {
  const writer = new ByteWriter()
  for (const [type, value] of tlvs) writer.u8(type).u16(value.length).append(value)
  return writer.done()
}

/** The TLVs of one message. A value that is longer than known has been extended; its end is left alone. */
export class Tlvs {
  readonly #values: ReadonlyMap<number, Uint8Array>

  constructor(values: ReadonlyMap<number, Uint8Array>) {
    this.#values = values
  }

  has(type: number): boolean {
    return this.#values.has(type)
  }

  /** What a message must have. @throws MalformedMessage where it is absent or too short */
  required<T>(type: number, read: (reader: ByteReader) => T): T {
    const value = this.#values.get(type)
    if (value === undefined) throw new MalformedMessage(`TLV 0x${type.toString(16)} is missing`)
    return read(new ByteReader(value))
  }

  /** Undefined where it is absent, or too short to be what it should be. */
  optional<T>(type: number, read: (reader: ByteReader) => T): T | undefined {
    const value = this.#values.get(type)
    if (value === undefined) return undefined
    try {
      return read(new ByteReader(value))
    } catch (thrown) {
      if (thrown instanceof MalformedMessage) return undefined
      throw thrown
    }
  }

  u8(type: number): number | undefined {
    return this.optional(type, (reader) => reader.u8())
  }

  u16(type: number): number | undefined {
    return this.optional(type, (reader) => reader.u16())
  }

  u32(type: number): number | undefined {
    return this.optional(type, (reader) => reader.u32())
  }

  /** A text without a length of its own. */
  text(type: number): string | undefined {
    return this.optional(type, (reader) => utf8(reader.rest()))
  }
}
