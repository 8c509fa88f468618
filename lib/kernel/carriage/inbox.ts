/** The buffer that the engine fills with records, read through typed views: everything in a record is aligned for them. */

import { ipv4Text, ipv6Text, macText } from './octet-text.js'

/** Texts up to this length are looked up: names of links come again and again. */
const KNOWN_TEXT_BYTES = 16
/** Places of the lookup, a power of two; more names than this only cost time. */
const KNOWN_TEXTS_COUNT = 1_024
/** A prime that spreads the four words of a name (Knuth's multiplicative hash). */
const SPREAD = 0x9e3779b1

interface KnownText {
  readonly bytes: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly text: string
}

/** Reads slots at byte offsets; `record` is where the record begins, from which references count. */
export class Inbox {
  readonly octets: Uint8Array
  readonly words: Uint32Array
  readonly numbers: Float64Array
  readonly #texts: Buffer
  readonly #known: (KnownText | undefined)[] = new Array(KNOWN_TEXTS_COUNT).fill(undefined)

  constructor(octets: Uint8Array) {
    this.octets = octets
    this.words = new Uint32Array(octets.buffer, octets.byteOffset, octets.byteLength >> 2)
    this.numbers = new Float64Array(octets.buffer, octets.byteOffset, octets.byteLength >> 3)
    this.#texts = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
  }

  word(at: number): number {
    return this.words[at >> 2] ?? 0
  }

  signed(at: number): number {
    return this.word(at) | 0
  }

  number(at: number): number {
    return this.numbers[at >> 3] ?? 0
  }

  bit(at: number, bit: number): boolean {
    return ((this.word(at + ((bit >> 5) << 2)) >>> (bit & 31)) & 1) === 1
  }

  ip(at: number): string {
    return (this.word(at) & 0xff) === 4 ? ipv4Text(this.octets, at + 4) : ipv6Text(this.octets, at + 4)
  }

  prefix(at: number): string {
    return `${this.ip(at)}/${(this.word(at) >>> 8) & 0xff}`
  }

  destination(at: number): string {
    return ((this.word(at) >>> 8) & 0xff) === 0 ? 'default' : this.prefix(at)
  }

  mac(at: number): string {
    return macText(this.octets, at)
  }

  /** The kernel's names are bytes without an encoding: UTF-8 where they are it, replacement characters elsewhere. */
  text(at: number, record: number): string {
    const area = record + this.word(at)
    const bytes = this.word(at + 4)
    return bytes > KNOWN_TEXT_BYTES ? this.#texts.toString('utf8', area, area + bytes) : this.#knownText(area, bytes)
  }

  /** A copy: the buffer is filled anew behind this batch. */
  copy(at: number, record: number): Uint8Array {
    const area = record + this.word(at)
    return this.octets.slice(area, area + this.word(at + 4))
  }

  #knownText(area: number, bytes: number): string {
    const a = bytes > 0 ? this.word(area) : 0
    const b = bytes > 4 ? this.word(area + 4) : 0
    const c = bytes > 8 ? this.word(area + 8) : 0
    const d = bytes > 12 ? this.word(area + 12) : 0
    const place = (Math.imul(a ^ Math.imul(b ^ Math.imul(c ^ d, 31), 31), SPREAD) >>> 16) & (KNOWN_TEXTS_COUNT - 1)
    const known = this.#known[place]
    if (
      known !== undefined &&
      known.a === a &&
      known.b === b &&
      known.c === c &&
      known.d === d &&
      known.bytes === bytes
    ) {
      return known.text
    }
    const text = this.#texts.toString('utf8', area, area + bytes)
    this.#known[place] = { bytes, a, b, c, d, text }
    return text
  }
}
