/** A value of a property as a person reads it. Pure. */

import { harmless } from './table.js'

/** Texts as they are, all else as JSON. */
export function shownValue(value: unknown): string {
  return harmless(typeof value === 'string' ? value : (JSON.stringify(value, plain) ?? '(none)'))
}

/** The same with blanks in the JSON, where lines may be broken. */
export function spacedValue(value: unknown): string {
  if (typeof value === 'string' || value === undefined) return shownValue(value)
  // Line ends of texts are escaped, so these are all of the layout.
  const text = JSON.stringify(value, plain, 1)
    .replace(/([[{])\n */g, '$1')
    .replace(/\n *([\]}])/g, '$1')
    .replace(/\n */g, ' ')
  return harmless(text)
}

/** The same, but lists of names, addresses and name servers in words. */
export function readableValue(value: unknown): string {
  if (!Array.isArray(value)) return shownValue(value)
  const words = value.map(wordOf)
  if (words.includes(undefined)) return shownValue(value)
  return words.length === 0 ? '(none)' : harmless(words.join(', '))
}

function wordOf(member: unknown): string | undefined {
  if (typeof member === 'string') return member
  const { address, prefixLength, from } = (member ?? {}) as Record<string, unknown>
  if (typeof address !== 'string') return undefined
  if (typeof prefixLength === 'number') return `${address}/${prefixLength}`
  return Array.isArray(from) ? `${address} (${from.join(', ')})` : undefined
}

/** What JSON has no word for: a replacer of `JSON.stringify`. */
export function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
