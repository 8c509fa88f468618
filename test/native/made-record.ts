/** Records made by hand from a table's layout, and the object that each stands for. */

import { Inbox } from '../../lib/kernel/carriage/inbox.js'
import { type FieldLayout, HEAD_BYTES, roundUp, type SlotLayout } from '../../lib/kernel/carriage/layout.js'

/** A link with every object and a route with all its hops take less than a tenth of it. */
const RECORD_BYTES = 16 * 1024
/** Elements of each list. */
const LIST_LENGTH = 2

const encoder = new TextEncoder()

export interface MadeRecord {
  readonly inbox: Inbox
  /** Of the fixed part. */
  readonly at: number
  readonly object: Readonly<Record<string, unknown>>
}

/** Fills one record; every value is another one, so that two that changed places show. */
class Maker {
  readonly inbox = new Inbox(new Uint8Array(RECORD_BYTES))
  #free: number
  #value: number

  constructor(fixedBytes: number, firstValue: number) {
    this.#free = HEAD_BYTES + roundUp(fixedBytes)
    this.#value = firstValue
  }

  /** `has` decides over the optional fields; those within objects and lists are as their object. */
  object(fields: readonly FieldLayout[], at: number, has: (field: FieldLayout) => boolean): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    for (const field of fields) {
      if (field.optional && !has(field)) continue
      if (field.presenceBit >= 0) this.#setBit(at, field.presenceBit)
      if (field.type === 'bool') {
        const value = this.#next() % 2 === 0
        if (value) this.#setBit(at, field.valueBit)
        object[field.name] = value
      } else object[field.name] = this.#slot(field, at + field.offset, has)
    }
    return object
  }

  #next(): number {
    this.#value += 1
    return this.#value
  }

  #reserve(bytes: number): number {
    const at = this.#free
    this.#free += roundUp(bytes)
    if (this.#free > RECORD_BYTES) throw new RangeError('a record longer than its buffer')
    return at
  }

  #setWord(at: number, word: number): number {
    this.inbox.words[at >> 2] = word
    return word
  }

  #setBit(at: number, bit: number): void {
    const word = at + ((bit >> 5) << 2)
    this.#setWord(word, this.inbox.word(word) | (1 << (bit & 31)))
  }

  #setOctets(at: number, octets: Uint8Array): Uint8Array {
    const area = this.#reserve(octets.length)
    this.inbox.octets.set(octets, area)
    this.#setWord(at, area)
    this.#setWord(at + 4, octets.length)
    return octets
  }

  #slot(slot: SlotLayout, at: number, has: (field: FieldLayout) => boolean): unknown {
    switch (slot.type) {
      case 'family':
        return this.#setWord(at, this.#next() % 2 === 0 ? 4 : 6)
      case 'word': {
        const words = slot.words ?? []
        return words[this.#setWord(at, this.#next() % words.length)]
      }
      case 'i32':
        return this.#setWord(at, -this.#next())
      case 'u53':
      case 'f64':
        this.inbox.numbers[at >> 3] = this.#next() + 0.5
        return this.#value + 0.5
      case 'ip':
      case 'prefix':
      case 'destination':
        return this.#address(slot.type, at)
      case 'mac':
        this.inbox.octets.set([2, 0, 0xa0, 0, 0, this.#next() & 0xff], at)
        return `02:00:a0:00:00:${(this.#value & 0xff).toString(16).padStart(2, '0')}`
      case 'text': {
        const text = `größe ${this.#next()}`
        this.#setOctets(at, encoder.encode(text))
        return text
      }
      case 'octets':
        return this.#setOctets(at, Uint8Array.of(this.#next() & 0xff, 0, 0xff))
      case 'list':
        return this.#list(slot, at, has)
      case 'object': {
        const area = this.#reserve(slot.bytes ?? 0)
        this.#setWord(at, area)
        return this.object(slot.fields ?? [], area, has)
      }
      default:
        // Numbers: the longest too, for words are read without a sign.
        return this.#setWord(at, slot.type === 'u32' ? 0xffff_ffff - this.#next() : this.#next() & 0xff)
    }
  }

  #list({ of, elementBytes = 0 }: SlotLayout, at: number, has: (field: FieldLayout) => boolean): unknown[] {
    if (of === undefined) throw new TypeError('a list without elements')
    const area = this.#reserve(elementBytes * LIST_LENGTH)
    this.#setWord(at, area)
    this.#setWord(at + 4, LIST_LENGTH)
    return Array.from({ length: LIST_LENGTH }, (_, index) => {
      const element = area + elementBytes * index
      return of.type === 'object' ? this.object(of.fields ?? [], element, has) : this.#slot(of, element, has)
    })
  }

  /** IPv4 and IPv6 in turns, prefixes of every length; each third destination is that of all. */
  #address(type: 'ip' | 'prefix' | 'destination', at: number): string {
    const value = this.#next()
    const family = value % 2 === 0 ? 4 : 6
    const length = type === 'ip' ? 0 : (value % (family === 4 ? 32 : 128)) + 1
    const all = type === 'destination' && value % 3 === 0
    this.#setWord(at, family | ((all ? 0 : length) << 8))
    if (all) return 'default'
    const octets = family === 4 ? [192, 0, 2] : [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0)]
    this.inbox.octets.set([...octets, value & 0xff], at + 4)
    const text =
      family === 4 ? `192.0.2.${value & 0xff}` : `2001:db8::${(value & 0xff).toString(16)}`.replace(/::0$/, '::')
    return type === 'ip' ? text : `${text}/${length}`
  }
}

/** A record with the optional fields that `has` names. `seed` changes every value. */
export function makeRecord(
  fields: readonly FieldLayout[],
  fixedBytes: number,
  { has, seed }: { readonly has: (field: FieldLayout) => boolean; readonly seed: number },
): MadeRecord {
  const maker = new Maker(fixedBytes, seed)
  const object = maker.object(fields, HEAD_BYTES, has)
  return { inbox: maker.inbox, at: HEAD_BYTES, object }
}
