/** A growing buffer into which commands are written as records. */

import { ALIGNMENT_BYTES, HEAD_BYTES, roundUp } from './layout.js'

/** A few hundred commands; it doubles where that is not enough. */
const FIRST_BYTES = 64 * 1024
const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

const encoder = new TextEncoder()

/** Records one behind the other; every slot is zero until it is written. */
export class Outgoing {
  #octets = new Uint8Array(FIRST_BYTES)
  #words = new Uint32Array(this.#octets.buffer)
  #numbers = new Float64Array(this.#octets.buffer)
  #size = 0
  #record = 0

  /** What has been written; valid until the next write. */
  get content(): Uint8Array {
    return this.#octets.subarray(0, this.#size)
  }

  clear(): void {
    this.#octets.fill(0, 0, this.#size)
    this.#size = 0
  }

  /** Begins a record, and returns where its fixed part is. */
  begin(type: number, id: number, fixedBytes: number): number {
    this.#record = this.#size
    this.reserve(HEAD_BYTES + fixedBytes)
    this.#words[(this.#record >> 2) + 1] = LITTLE_ENDIAN ? type : type << 16
    this.#numbers[(this.#record >> 3) + 1] = id
    return this.#record + HEAD_BYTES
  }

  end(): void {
    this.#size = roundUp(this.#size)
    this.#grow(this.#size)
    this.#words[this.#record >> 2] = this.#size - this.#record
  }

  /** A whole record that was made before, with another id. */
  append(record: Uint8Array, id: number): void {
    const at = this.reserve(record.length)
    this.#octets.set(record, at)
    this.#numbers[(at >> 3) + 1] = id
  }

  /** So many zero bytes, aligned. */
  reserve(bytes: number): number {
    const at = roundUp(this.#size)
    this.#size = at + bytes
    this.#grow(this.#size + ALIGNMENT_BYTES)
    return at
  }

  setWord(at: number, value: number): void {
    this.#words[at >> 2] = value
  }

  setNumber(at: number, value: number): void {
    this.#numbers[at >> 3] = value
  }

  setBit(at: number, bit: number): void {
    const index = (at >> 2) + (bit >> 5)
    this.#words[index] = (this.#words[index] ?? 0) | (1 << (bit & 31))
  }

  /** Puts a reference to `count` things at `area` into a slot. */
  setReference(at: number, area: number, count: number): void {
    this.setWord(at, area - this.#record)
    this.setWord(at + 4, count)
  }

  /** An object's slot has its place alone. */
  setPlace(at: number, area: number): void {
    this.setWord(at, area - this.#record)
  }

  setOctets(at: number, octets: Uint8Array): void {
    const area = this.reserve(octets.length)
    this.#octets.set(octets, area)
    this.setReference(at, area, octets.length)
  }

  /** Most texts are short ASCII: a loop beats the encoder there. */
  setText(at: number, text: string): void {
    const area = this.reserve(text.length)
    const octets = this.#octets
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index)
      if (code > 0x7f) {
        octets.fill(0, area, area + index)
        this.#size = area
        return this.setOctets(at, encoder.encode(text))
      }
      octets[area + index] = code
    }
    this.setReference(at, area, text.length)
  }

  #grow(bytes: number): void {
    if (bytes <= this.#octets.length) return
    let length = this.#octets.length
    while (length < bytes) length *= 2
    const octets = new Uint8Array(length)
    octets.set(this.#octets)
    this.#octets = octets
    this.#words = new Uint32Array(octets.buffer)
    this.#numbers = new Float64Array(octets.buffer)
  }
}
