/** The buffer that the engine fills with records, read through typed views: everything in a record is aligned for them. */

import { DECIMAL, ipv6Text, macText } from './octet-text.js'

/** Texts up to this length are looked up: names of links come again and again. */
const KNOWN_TEXT_BYTES = 16
/** Places of the lookup, as a power of two; more names than this only cost time. */
const KNOWN_TEXTS_BITS = 10
/** The same for IPv4 addresses. */
export const KNOWN_ADDRESSES_BITS = 8
const LENGTH_SUFFIXES = Array.from({ length: 129 }, (_, length) => `/${length}`)
const HOST_SUFFIXES = DECIMAL.map((last) => `${last}/32`)
/** Spreads a word over the product's upper bits (Knuth's multiplicative hash): the lower ones know nothing of the last octet. */
const SPREAD = 0x9e3779b1

/** Where to look for a word in a table of so many bits. */
export const placeOf = (word: number, bits: number): number => Math.imul(word, SPREAD) >>> (32 - bits)

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
  readonly #knownIpv4Words = new Uint32Array(1 << KNOWN_ADDRESSES_BITS)
  readonly #knownIpv4: (string | undefined)[] = new Array(1 << KNOWN_ADDRESSES_BITS).fill(undefined)
  #frontKey = -1
  #frontText = ''
  readonly #known: (KnownText | undefined)[] = new Array(1 << KNOWN_TEXTS_BITS).fill(undefined)

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
    return (this.word(at) & 0xff) === 4 ? this.#ipv4(at + 4) : ipv6Text(this.octets, at + 4)
  }

  prefix(at: number): string {
    const length = (this.word(at) >>> 8) & 0xff
    // Host routes come by the hundred thousand, and are all different.
    if (length === 32 && (this.word(at) & 0xff) === 4)
      return this.#front(at + 4) + (HOST_SUFFIXES[this.octets[at + 7] ?? 0] ?? '')
    return this.ip(at) + (LENGTH_SUFFIXES[length] ?? '')
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

  /** Gateways and own addresses come again and again. */
  #ipv4(at: number): string {
    const word = this.word(at)
    const place = placeOf(word, KNOWN_ADDRESSES_BITS)
    const known = this.#knownIpv4[place]
    if (known !== undefined && this.#knownIpv4Words[place] === word) return known
    const text = this.#front(at) + (DECIMAL[this.octets[at + 3] ?? 0] ?? '')
    this.#knownIpv4Words[place] = word
    this.#knownIpv4[place] = text
    return text
  }

  /** 'a.b.c.' of an IPv4 address; neighbours in a list share it. */
  #front(at: number): string {
    const { octets } = this
    const key = ((octets[at] ?? 0) << 16) | ((octets[at + 1] ?? 0) << 8) | (octets[at + 2] ?? 0)
    if (key !== this.#frontKey) {
      this.#frontKey = key
      this.#frontText = `${DECIMAL[key >>> 16]}.${DECIMAL[(key >>> 8) & 0xff]}.${DECIMAL[key & 0xff]}.`
    }
    return this.#frontText
  }

  #knownText(area: number, bytes: number): string {
    const a = bytes > 0 ? this.word(area) : 0
    const b = bytes > 4 ? this.word(area + 4) : 0
    const c = bytes > 8 ? this.word(area + 8) : 0
    const d = bytes > 12 ? this.word(area + 12) : 0
    const place = placeOf(a ^ Math.imul(b ^ Math.imul(c ^ d, 31), 31), KNOWN_TEXTS_BITS)
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
