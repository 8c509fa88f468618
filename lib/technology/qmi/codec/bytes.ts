/** Little-endian numbers and texts, read with every length checked and written in order. */

/** A message that is shorter than it says, or holds what cannot be. Never leaves the codec's callers. */
export class MalformedMessage extends Error {}

export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  s8(): number {
    return this.#view.getInt8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  s16(): number {
    return this.#view.getInt16(this.#take(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  s32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  bytes(count: number): Uint8Array {
    const from = this.#take(count)
    return this.#bytes.subarray(from, from + count)
  }

  rest(): Uint8Array {
    return this.bytes(this.left)
  }

  text(count: number): string {
    return utf8(this.bytes(count))
  }

  /** `item` as often as `count` says. */
  list<T>(count: number, item: (reader: ByteReader) => T): T[] {
    const items: T[] = []
    for (let at = 0; at < count; at += 1) items.push(item(this))
    return items
  }

  #take(count: number): number {
    if (count > this.left) throw new MalformedMessage(`${count} bytes expected, ${this.left} are left`)
    const from = this.#at
    this.#at += count
    return from
  }
}

/** Modems end some texts with NULs; bytes that are no UTF-8 become U+FFFD. */
export function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\0+$/, '')
}

export class ByteWriter {
  readonly #bytes: number[] = []

  u8(value: number): this {
    this.#bytes.push(value & 0xff)
    return this
  }

  u16(value: number): this {
    return this.u8(value).u8(value >>> 8)
  }

  u32(value: number): this {
    return this.u16(value).u16(value >>> 16)
  }

  append(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

export const u8 = (value: number): Uint8Array => new ByteWriter().u8(value).done()
export const u16 = (value: number): Uint8Array => new ByteWriter().u16(value).done()
export const u32 = (value: number): Uint8Array => new ByteWriter().u32(value).done()
