/**
 * Copies a value from outside into plain JSON data. Whatever comes in (getters that throw, proxies, cycles, class
 * instances, nesting without end), the result is either a private copy or a NetworkError, never another exception.
 */

import { messageOf, NetworkError } from '../errors.js'

export type PlainValue = null | boolean | number | string | PlainValue[] | PlainObject
export interface PlainObject {
  [key: string]: PlainValue
}

/** The deepest real configuration has six levels; a cycle ends here too. */
const MAX_DEPTH = 32
/** Lists of a thousand entries are possible (access lists); a proxy may invent keys without end. */
const MAX_VALUE_COUNT = 20_000
/** Room for a certificate or a supplicant file in one text. */
const MAX_TEXT_CHARS = 262_144
/** Enough of a key to recognise it in an error. */
const MAX_KEY_CHARS = 64
/** Enough of a foreign error's text. */
const MAX_TEXT_QUOTED_CHARS = 200

interface Copy {
  remaining: number
}

/** The path of a field as it stands in errors: `ipv4.addresses.0.prefixLength`. */
export function fieldPath(path: readonly (string | number)[]): string {
  return path.map((key) => String(key).slice(0, MAX_KEY_CHARS)).join('.')
}

/** Copies `value`; absent (undefined) members of objects are left out. @throws NetworkError ERR_INVALID_CONFIG */
export function toPlain(value: unknown): PlainValue {
  try {
    return copyValue(value, [], { remaining: MAX_VALUE_COUNT })
  } catch (thrown) {
    throw asNetworkError(thrown)
  }
}

/** True for an object that `toPlain` made, other than a list. */
export function isPlainObject(value: PlainValue | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function copyValue(value: unknown, path: readonly string[], copy: Copy): PlainValue {
  copy.remaining -= 1
  if (copy.remaining < 0) throw refuse(path, `at most ${MAX_VALUE_COUNT} values`, 'more')
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      if (value.length > MAX_TEXT_CHARS)
        throw refuse(path, `a text of at most ${MAX_TEXT_CHARS} characters`, 'a longer one')
      return value
    case 'number':
      if (!Number.isFinite(value)) throw refuse(path, 'a finite number', String(value))
      return value
    case 'object':
      if (value === null) return null
      if (path.length >= MAX_DEPTH) throw refuse(path.slice(0, 4), 'plain JSON', 'a cycle, or more than 32 levels')
      return Array.isArray(value) ? copyList(value, path, copy) : copyObject(value, path, copy)
    case 'undefined':
    case 'bigint':
    case 'symbol':
    case 'function':
      throw refuse(path, 'plain JSON', `a value of type ${typeof value}`)
  }
}

function copyList(list: readonly unknown[], path: readonly string[], copy: Copy): PlainValue[] {
  const result: PlainValue[] = []
  const length = list.length
  for (let index = 0; index < length; index += 1) result.push(copyValue(list[index], [...path, String(index)], copy))
  return result
}

function copyObject(object: object, path: readonly string[], copy: Copy): PlainObject {
  const prototype: unknown = Object.getPrototypeOf(object)
  // Object.prototype of another realm (a vm context, a test runner) has no prototype of its own either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw refuse(path, 'plain JSON', 'a class instance')
  const result: PlainObject = {}
  for (const key of Object.keys(object)) {
    // Assigning to it would change the prototype of the copy.
    if (key === '__proto__') throw refuse([...path, key], 'another key', 'one that is never accepted')
    const value: unknown = Reflect.get(object, key)
    if (value !== undefined) result[key] = copyValue(value, [...path, key], copy)
  }
  return result
}

function refuse(path: readonly string[], expected: string, got: string): NetworkError {
  const field = fieldPath(path)
  const subject = field === '' ? 'the configuration' : field
  const details = field === '' ? {} : { field }
  return new NetworkError('ERR_INVALID_CONFIG', `${subject}: expected ${expected}, got ${got}`, details)
}

/** Looking at what a hostile value threw runs its code again, which may throw in its turn. */
function asNetworkError(thrown: unknown): NetworkError {
  try {
    if (thrown instanceof NetworkError) return thrown
    return unreadable(messageOf(thrown).slice(0, MAX_TEXT_QUOTED_CHARS))
  } catch {
    return unreadable('it throws when it is read')
  }
}

function unreadable(why: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', `the configuration cannot be read: ${why}`)
}
