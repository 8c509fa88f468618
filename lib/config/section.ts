/**
 * The vocabulary in which configurations are described. A schema's message is the phrase after "expected" in the error;
 * the same phrase is its description in the JSON Schema.
 */

import * as v from 'valibot'

/** Entries of an object: key to schema. */
export type Entries = v.ObjectEntries

/** An object with exactly these keys. */
export function section<const E extends Entries>(entries: E, expected: string) {
  return v.strictObject(entries, (issue) => {
    const key = /^"(.*)"$/.exec(issue.expected ?? '')?.[1]
    const entry = key === undefined ? undefined : entries[key]
    return (entry === undefined ? undefined : v.getDescription(entry)) ?? expected
  })
}

/**
 * The same entries, each with a title: what it is for, its unit, what holds where it is absent. Editors show it by the JSON Schema, and
 * docs/configuration-reference.md is made of it.
 */
export function described<const E extends Entries>(entries: E, titles: { readonly [K in keyof E]: string }): E {
  const titled = Object.entries(entries).map(([key, schema]) => {
    return [key, v.pipe(schema as v.GenericSchema, v.title(titles[key] ?? ''))] as const
  })
  return Object.fromEntries(titled) as Entries as E
}

/** A text for which `test` holds; `test` is a pattern, so that the JSON Schema knows it too. */
export function text(pattern: RegExp, expected: string) {
  return v.pipe(v.string(expected), v.regex(pattern, expected), v.description(expected))
}

/** A whole number of a range, both ends included. */
export function integer(min: number, max: number) {
  const expected = `an integer from ${min} to ${max}`
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(min, expected),
    v.maxValue(max, expected),
    v.description(expected),
  )
}

/** One of a few words. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W) {
  const expected = words.map((word) => `'${word}'`).join(' or ')
  return v.pipe(v.picklist(words, expected), v.description(expected))
}

/** The word that selects an option of a variant. */
export function word<const W extends string>(value: W) {
  return v.literal(value, `'${value}'`)
}

/** true or false. */
export function flag() {
  return v.pipe(v.boolean('true or false'), v.description('true or false'))
}

/** A list with a named limit of entries. */
export function list<const S extends v.GenericSchema>(item: S, maxCount: number, expected: string) {
  const phrase = `${expected}, at most ${maxCount}`
  return v.pipe(v.array(item, phrase), v.maxLength(maxCount, phrase), v.description(phrase))
}

/** The path of a member below the value under check, for an issue of a cross-field rule. */
export function memberPath(input: Record<string, unknown>, ...keys: readonly (string | number)[]) {
  const items: v.ObjectPathItem[] = []
  let container: unknown = input
  for (const key of keys) {
    const parent = container as Record<string, unknown>
    const value = parent[key]
    items.push({ type: 'object', origin: 'value', input: parent, key: String(key), value })
    container = value
  }
  const [first, ...rest] = items
  return first === undefined ? undefined : ([first, ...rest] as [v.ObjectPathItem, ...v.ObjectPathItem[]])
}

/** A copy without absent members: a normalized configuration equals what JSON brings back. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
