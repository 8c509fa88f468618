/** Values of properties: plain JSON, copied and frozen when written, so that no reader and no writer can change the table. */

import { NetworkError } from '../errors.js'

/** Far deeper than any value of ours; what is deeper is a cycle. */
const MAX_DEPTH_LEVELS = 64

/**
 * A frozen copy of a plain JSON value; members that are undefined are left out, as JSON does.
 * @throws NetworkError `ERR_INVALID_CONFIG` for undefined itself, functions, class instances, cycles.
 */
export function frozenCopy(value: unknown): unknown {
  return copy(value, 0)
}

/** Equality of plain JSON values; neither the order of an object's keys nor members that are undefined matter. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item, index) => equalValues(item, b[index]))
  }
  const left = definedMembers(a)
  const right = new Map(definedMembers(b))
  return left.length === right.size && left.every(([key, item]) => right.has(key) && equalValues(item, right.get(key)))
}

/** The members that JSON writes. */
function definedMembers(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined)
}

function copy(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value
    case 'object':
      break
    case 'undefined':
      throw wrong('undefined: delete the property instead')
    case 'bigint':
    case 'symbol':
    case 'function':
      throw wrong(`a ${typeof value}`)
  }
  if (value === null) return null
  if (depth >= MAX_DEPTH_LEVELS) throw wrong(`nested deeper than ${MAX_DEPTH_LEVELS} levels`)
  if (Array.isArray(value)) return Object.freeze(Array.from(value, (item: unknown) => copy(item, depth + 1)))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw wrong('an instance of a class')
  // fromEntries defines own members, so that a key "__proto__" stays a key.
  return Object.freeze(Object.fromEntries(definedMembers(value).map(([key, item]) => [key, copy(item, depth + 1)])))
}

function wrong(what: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', `the value of a property is plain JSON, not ${what}`, {
    field: 'value',
  })
}
