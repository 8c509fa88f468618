/** The rows of a table of keys, from one object of a JSON Schema. */

import type { JsonSchema } from '../../../scripts/json-schema.mjs'

/** One key. */
export interface KeyRow {
  /** With dots; N stands for a place in a list, NAME for any name. */
  readonly path: string
  readonly shape: string
  readonly required: boolean
  readonly default: unknown
  readonly purpose: string
}

/** A part that several technologies have, and that has a table of its own. */
export interface SharedPart {
  readonly title: string
  readonly node: JsonSchema
}

interface Walk {
  readonly shared: readonly SharedPart[]
  /** What stands in the table already, by its text: the second one is told by the path of the first. */
  readonly seen: Map<string, string>
  readonly rows: KeyRow[]
}

/** The keys of an object and of what is in it, in order; what is shared or equal to an earlier one is referred to. */
export function keyRows(node: JsonSchema, shared: readonly SharedPart[], path = ''): readonly KeyRow[] {
  const walk: Walk = { shared, seen: new Map(), rows: [] }
  addMembers(node, path, walk)
  return walk.rows
}

/** The objects of a node whose keys a configuration may have there, with what their keys begin with. */
function objectsOf(node: JsonSchema, path: string): readonly (readonly [path: string, node: JsonSchema])[] {
  const { items, additionalProperties, properties } = node
  if (properties !== undefined) return [[`${path}.`, node]]
  const choices = (node.anyOf ?? node.oneOf ?? []).flatMap((choice) => objectsOf(choice, path))
  const listed = isNode(items) ? objectsOf(items, `${path}.N`) : []
  const named = isNode(additionalProperties) ? objectsOf(additionalProperties, `${path}.NAME`) : []
  return [...choices, ...listed, ...named]
}

function addMembers(node: JsonSchema, prefix: string, walk: Walk): void {
  for (const [key, member] of Object.entries(node.properties ?? {})) {
    const path = `${prefix}${key}`
    const before = referenceTo(member, path, walk)
    walk.rows.push({
      path,
      shape: before ?? shapeOf(member),
      required: node.required?.includes(key) === true,
      default: member.default,
      purpose: member.title ?? '',
    })
    if (before !== undefined) continue
    for (const [inner, object] of objectsOf(member, path)) addMembers(object, inner, walk)
  }
}

/** The place where the keys of a node stand already. */
function referenceTo(node: JsonSchema, path: string, { shared, seen }: Walk): string | undefined {
  if (objectsOf(node, path).length === 0) return undefined
  const text = textOf(node)
  const part = shared.find((one) => textOf(one.node) === text)
  if (part !== undefined) return `[${part.title}](#${anchorOf(part.title)})`
  const list = shared.find((one) => isNode(node.items) && textOf(one.node) === textOf(node.items))
  if (list !== undefined) return `${node.description ?? 'a list'}: [${list.title}](#${anchorOf(list.title)})`
  const earlier = seen.get(text)
  if (earlier === undefined) seen.set(text, path)
  return earlier === undefined ? undefined : `as \`${earlier}\``
}

export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')
}

/** What makes two nodes equal: what they are, not what they are for. */
export function textOf({ title: _title, default: _default, ...node }: JsonSchema): string {
  return JSON.stringify(node)
}

function shapeOf(node: JsonSchema): string {
  const { description, enum: words, type } = node
  if (description !== undefined) return description
  if (node.const !== undefined) return `'${node.const}'`
  if (words !== undefined) return words.map((word) => `'${word}'`).join(' or ')
  const choices = node.anyOf ?? node.oneOf
  if (choices !== undefined) return [...new Set(choices.map(shapeOf))].join(' or ')
  if (type === 'object') return 'an object'
  if (type === 'array' && isNode(node.items)) return `a list: ${shapeOf(node.items)}`
  return type === 'string' ? 'a text' : (type ?? 'anything')
}

function isNode(value: JsonSchema | readonly JsonSchema[] | boolean | undefined): value is JsonSchema {
  return typeof value === 'object' && !Array.isArray(value)
}
