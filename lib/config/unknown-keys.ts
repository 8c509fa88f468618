/** Walks a value along its schema and takes out what the schema does not know. */

import * as v from 'valibot'
import type { PlainObject, PlainValue } from './plain.js'
import { isPlainObject } from './plain.js'

export interface UnknownKey {
  readonly path: readonly string[]
  /** The keys that are known in its place. */
  readonly known: readonly string[]
  /** What else may stand in its place. */
  readonly hint?: string | undefined
}

/** What the walk reads of a valibot schema; members are present according to `type`. */
interface Node {
  readonly type: string
  readonly entries?: Readonly<Record<string, Node>>
  readonly options?: readonly Node[]
  readonly wrapped?: Node
  readonly item?: Node
  readonly value?: Node
  readonly key?: string
  /** What members may be that are named by a number. */
  readonly rest?: Node
}

const NUMBER = /^\d+$/

/** The value without unknown keys, and those keys. A key of another variant is known but does not apply: it goes silently. */
export function takeUnknownKeys(
  schema: v.GenericSchema,
  value: PlainValue,
): { value: PlainValue; unknown: UnknownKey[] } {
  const unknown: UnknownKey[] = []
  return { value: walk(schema as unknown as Node, value, [], unknown), unknown }
}

function walk(node: Node, value: PlainValue, path: readonly string[], unknown: UnknownKey[]): PlainValue {
  if (node.wrapped !== undefined) return walk(node.wrapped, value, path, unknown)
  if (Array.isArray(value)) {
    const item = itemOf(node)
    return item === undefined ? value : value.map((one, index) => walk(item, one, [...path, String(index)], unknown))
  }
  if (!isPlainObject(value)) return value
  const member = node.type === 'record' ? node.value : undefined
  if (member !== undefined) {
    return mapMembers(value, (key, one) => walk(member, one, [...path, key], unknown))
  }
  const chosen = optionOf(node, value)
  if (chosen?.entries === undefined) return value
  const entries = chosen.entries
  const elsewhere = node === chosen ? [] : (node.options ?? []).flatMap((option) => Object.keys(option.entries ?? {}))
  return mapMembers(value, (key, one) => {
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (entry !== undefined) return walk(entry, one, [...path, key], unknown)
    if (chosen.rest !== undefined && NUMBER.test(key)) return walk(chosen.rest, one, [...path, key], unknown)
    const hint = chosen.rest === undefined ? undefined : v.getDescription(chosen.rest as unknown as v.GenericSchema)
    if (!elsewhere.includes(key)) unknown.push({ path: [...path, key], known: Object.keys(entries), hint })
    return undefined
  })
}

/** The schema of a list's entries, where the schema allows a list. */
function itemOf(node: Node): Node | undefined {
  return node.item ?? node.options?.find((option) => option.item !== undefined)?.item
}

/** The object schema that a value is meant for: in a variant the one of its discriminator. */
function optionOf(node: Node, value: PlainObject): Node | undefined {
  if (node.entries !== undefined) return node
  const { key, options } = node
  if (key === undefined) return options?.find((option) => option.entries !== undefined)
  return options?.find((option) => {
    const discriminator = option.entries?.[key]
    return discriminator !== undefined && v.is(discriminator as unknown as v.GenericSchema, value[key])
  })
}

/** Maps the members of an object; undefined leaves one out. */
function mapMembers(value: PlainObject, map: (key: string, member: PlainValue) => PlainValue | undefined): PlainObject {
  const result: PlainObject = {}
  for (const [key, member] of Object.entries(value)) {
    const mapped = map(key, member)
    if (mapped !== undefined) result[key] = mapped
  }
  return result
}
