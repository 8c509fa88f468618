/** Objects to records by the field tables. Absent and `undefined` are one; a field that the tables lack is passed over. */

import { assertNever } from '../../base/assert.js'
import type { FieldLayout, SlotLayout } from './layout.js'
import type { Outgoing } from './outgoing.js'

type Write = (out: Outgoing, at: number, value: unknown) => void

/** Writes an object's fields into a fixed part. @throws TypeError that names the field, where a value has another shape. */
export type WriteFields = (out: Outgoing, at: number, from: object) => void

/** Encodes the commands inside of a command (standing orders). */
export type EncodeCommands = (commands: readonly object[]) => Uint8Array

/** Makes a writer of a fixed part. */
export function compileWriter(fields: readonly FieldLayout[], encodeCommands: EncodeCommands): WriteFields {
  const writers = fields.map((field) => fieldWriter(field, encodeCommands))
  return (out, at, from) => {
    for (const write of writers) write(out, at, from)
  }
}

function fieldWriter(field: FieldLayout, encodeCommands: EncodeCommands): WriteFields {
  const { name, offset, optional, presenceBit, valueBit } = field
  const write = field.type === 'bool' ? undefined : slotWriter(field, encodeCommands)
  return (out, at, from) => {
    const value = (from as Record<string, unknown>)[name]
    if (value === undefined) {
      if (!optional) throw new TypeError(`${name} is missing`)
      return
    }
    if (presenceBit >= 0) out.setBit(at, presenceBit)
    if (write === undefined) {
      if (expectType(name, value, 'boolean') === true) out.setBit(at, valueBit)
      return
    }
    try {
      write(out, at + offset, value)
    } catch (thrown) {
      throw thrown instanceof TypeError ? new TypeError(`${name}: ${thrown.message}`) : thrown
    }
  }
}

function slotWriter(slot: SlotLayout, encodeCommands: EncodeCommands): Write {
  switch (slot.type) {
    case 'u8':
    case 'u16':
    case 'u32':
      return integerWriter(slot.type === 'u8' ? 0xff : slot.type === 'u16' ? 0xffff : 0xffff_ffff)
    case 'i32':
    case 'family':
      return (out, at, value) => out.setWord(at, expectType('value', value, 'number') as number)
    case 'u53':
    case 'f64':
      return (out, at, value) => out.setNumber(at, expectType('value', value, 'number') as number)
    case 'word':
      return wordWriter(slot.words ?? [])
    case 'text':
      return (out, at, value) => out.setText(at, expectType('value', value, 'string') as string)
    case 'octets':
      return (out, at, value) => {
        if (!(value instanceof Uint8Array)) throw new TypeError('must be a Uint8Array')
        out.setOctets(at, value)
      }
    case 'commands':
      return (out, at, value) => out.setOctets(at, encodeCommands(value as readonly object[]))
    case 'list':
      return listWriter(slot, encodeCommands)
    case 'object': {
      const write = compileWriter(slot.fields ?? [], encodeCommands)
      return (out, at, value) => {
        const object = expectObject(value)
        const area = out.reserve(slot.bytes ?? 0)
        out.setPlace(at, area)
        write(out, area, object)
      }
    }
    case 'bool':
    case 'ip':
    case 'prefix':
    case 'destination':
    case 'mac':
      throw new TypeError(`commands have no ${slot.type} slots`)
    default:
      return assertNever(slot.type)
  }
}

function integerWriter(most: number): Write {
  return (out, at, value) => {
    if (typeof value !== 'number' || !(value >= 0 && value <= most) || !Number.isInteger(value)) {
      throw new TypeError(`must be an integer from 0 to ${most}`)
    }
    out.setWord(at, value)
  }
}

function wordWriter(words: readonly string[]): Write {
  const numbers = new Map(words.map((word, index) => [word, index]))
  return (out, at, value) => {
    const number = numbers.get(String(value))
    if (number === undefined) throw new TypeError(`must be one of ${words.join(', ')}`)
    out.setWord(at, number)
  }
}

function listWriter({ of, elementBytes = 0 }: SlotLayout, encodeCommands: EncodeCommands): Write {
  if (of === undefined) throw new TypeError('a list without elements')
  const fields = of.type === 'object' ? compileWriter(of.fields ?? [], encodeCommands) : undefined
  const write: Write =
    fields === undefined ? slotWriter(of, encodeCommands) : (out, at, value) => fields(out, at, expectObject(value))
  return (out, at, value) => {
    if (!Array.isArray(value)) throw new TypeError('must be an array')
    const area = out.reserve(value.length * elementBytes)
    out.setReference(at, area, value.length)
    value.forEach((element: unknown, index) => {
      write(out, area + index * elementBytes, element)
    })
  }
}

function expectType(name: string, value: unknown, type: 'boolean' | 'number' | 'string'): unknown {
  if (typeof value !== type || Number.isNaN(value)) throw new TypeError(`${name} must be a ${type}`)
  return value
}

function expectObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new TypeError('must be an object')
  return value
}
