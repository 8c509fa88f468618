/** Records to objects by the field tables: right for every message. What comes in storms has a decoder of its own. */

import { assertNever } from '../../base/assert.js'
import type { Inbox } from './inbox.js'
import type { FieldLayout, SlotLayout } from './layout.js'

type Read = (inbox: Inbox, at: number, record: number) => unknown

/** Puts the fields of one fixed part into `into`. */
export type ReadFields = (inbox: Inbox, at: number, record: number, into: Record<string, unknown>) => void

/** Makes a reader of a fixed part. */
export function compileReader(fields: readonly FieldLayout[]): ReadFields {
  const readers = fields.map((field) => fieldReader(field))
  return (inbox, at, record, into) => {
    for (const read of readers) read(inbox, at, record, into)
  }
}

/** As compileReader, for fields that are mostly all absent: one look at their presence bits passes them over. */
export function compileSparseReader(fields: readonly FieldLayout[]): ReadFields {
  const read = compileReader(fields)
  const places = new Set(fields.map(({ presenceBit }) => (presenceBit < 0 ? -1 : presenceBit >> 5)))
  const [place, ...others] = places
  if (place === undefined || place < 0 || others.length > 0) return read
  const [offset, mask] = [place << 2, fields.reduce((bits, field) => bits | (1 << (field.presenceBit & 31)), 0)]
  return (inbox, at, record, into) => {
    if ((inbox.word(at + offset) & mask) !== 0) read(inbox, at, record, into)
  }
}

function fieldReader(field: FieldLayout): ReadFields {
  const { name, offset, presenceBit, valueBit } = field
  const read = field.type === 'bool' ? undefined : slotReader(field)
  const absent = field.optional && field.type === 'object'
  return (inbox, at, record, into) => {
    if (presenceBit >= 0 && !inbox.bit(at, presenceBit)) return
    if (absent && inbox.word(at + offset) === 0) return
    into[name] = read === undefined ? inbox.bit(at, valueBit) : read(inbox, at + offset, record)
  }
}

function slotReader(slot: SlotLayout): Read {
  switch (slot.type) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'family':
      return (inbox, at) => inbox.word(at)
    case 'i32':
      return (inbox, at) => inbox.signed(at)
    case 'u53':
    case 'f64':
      return (inbox, at) => inbox.number(at)
    case 'word': {
      const words = slot.words ?? []
      return (inbox, at) => words[inbox.word(at)]
    }
    case 'ip':
      return (inbox, at) => inbox.ip(at)
    case 'prefix':
      return (inbox, at) => inbox.prefix(at)
    case 'destination':
      return (inbox, at) => inbox.destination(at)
    case 'mac':
      return (inbox, at) => inbox.mac(at)
    case 'text':
      return (inbox, at, record) => inbox.text(at, record)
    case 'octets':
    case 'commands':
      return (inbox, at, record) => inbox.copy(at, record)
    case 'list':
      return listReader(slot)
    case 'object': {
      const read = compileReader(slot.fields ?? [])
      return (inbox, at, record) => readObject(read, inbox, record + inbox.word(at), record)
    }
    case 'bool':
      throw new TypeError('a boolean has no slot') // only fields are booleans
    default:
      return assertNever(slot.type)
  }
}

function listReader({ of, elementBytes = 0 }: SlotLayout): Read {
  if (of === undefined) throw new TypeError('a list without elements')
  const fields = of.type === 'object' ? compileReader(of.fields ?? []) : undefined
  const read: Read =
    fields === undefined ? slotReader(of) : (inbox, at, record) => readObject(fields, inbox, at, record)
  return (inbox, at, record) => {
    const area = record + inbox.word(at)
    const values: unknown[] = []
    for (let index = 0; index < inbox.word(at + 4); index += 1) {
      values.push(read(inbox, area + index * elementBytes, record))
    }
    return values
  }
}

function readObject(read: ReadFields, inbox: Inbox, at: number, record: number): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  read(inbox, at, record, object)
  return object
}
