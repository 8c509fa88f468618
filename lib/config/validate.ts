/** Validates and normalizes a configuration against its schema; every failure is an ERR_INVALID_CONFIG that names the field. */

import * as v from 'valibot'
import { NetworkError } from '../errors.js'
import { suggestion } from './nearest.js'
import type { PlainValue } from './plain.js'
import { fieldPath, isPlainObject, toPlain } from './plain.js'
import { isSecretKey, MASK } from './redact.js'
import type { UnknownKey } from './unknown-keys.js'
import { takeUnknownKeys } from './unknown-keys.js'

/** How a configuration is normalized. */
export interface NormalizeContext {
  /** Called with the path of each unknown key, which is then ignored; absent: an unknown key is an error. */
  readonly onUnknownKey?: ((field: string) => void) | undefined
  /** Called with what is left out or out of date, and no reason to refuse the whole. */
  readonly onWarning?: ((field: string, text: string) => void) | undefined
}

/** Enough of a wrong value to recognise it. */
const MAX_QUOTED_CHARS = 80

/** The normalized form of `input`. Pure. @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function validate<const S extends v.GenericSchema>(
  schema: S,
  input: unknown,
  context: NormalizeContext = {},
): v.InferOutput<S> {
  const plain = toPlain(input)
  if (!isPlainObject(plain)) throw invalidField([], 'an object', plain)
  const { value, unknown } = takeUnknownKeys(schema, plain)
  for (const key of unknown) {
    if (context.onUnknownKey === undefined) throw unknownKey(key)
    context.onUnknownKey(fieldPath(key.path))
  }
  const result = v.safeParse(schema, value, { abortPipeEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const path = (issue.path ?? []).map((item) => String(item.key))
  throw invalidField(path, issue.message, valueAt(value, path))
}

/** The error of one field: it names the field, the value (masked where the key is secret) and what was expected. */
export function invalidField(path: readonly string[], expected: string, value: unknown): NetworkError {
  const field = fieldPath(path)
  const subject = field === '' ? 'the configuration' : field
  const found =
    value === undefined ? 'but it is missing' : `got ${path.some(isSecretKey) ? MASK : describeValue(value)}`
  return new NetworkError(
    'ERR_INVALID_CONFIG',
    `${subject}: expected ${expected}, ${found}`,
    field === '' ? {} : { field },
  )
}

function unknownKey(key: UnknownKey): NetworkError {
  const field = fieldPath(key.path)
  const last = key.path.at(-1) ?? ''
  const hint = key.hint === undefined ? '' : `; ${key.hint}`
  return new NetworkError('ERR_INVALID_CONFIG', `${field}: unknown key; ${suggestion(last, key.known)}${hint}`, {
    field,
  })
}

/** A short text for a value; what is inside a list or an object is not shown, as it may be a secret. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (typeof value !== 'string') return String(value)
  const shown = JSON.stringify(value.slice(0, MAX_QUOTED_CHARS))
  return value.length > MAX_QUOTED_CHARS ? `${shown} (cut)` : shown
}

function valueAt(value: PlainValue, path: readonly string[]): unknown {
  let current: unknown = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = Reflect.get(current, key)
  }
  return current
}
