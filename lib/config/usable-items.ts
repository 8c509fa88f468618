/** Lists of options of which one wrong entry must not cost the others. */

import type * as v from 'valibot'
import { messageOf } from '../errors.js'
import { validate } from './validate.js'

/** What is left of a list, and one text for each entry that was dropped. */
export interface UsableItems {
  readonly items: readonly unknown[]
  readonly complaints: readonly string[]
}

/** The entries of a list that satisfy the schema, as they were given. Pure. */
export function usableItems(schema: v.GenericSchema, list: readonly unknown[]): UsableItems {
  const items: unknown[] = []
  const complaints: string[] = []
  for (const [index, item] of list.entries()) {
    try {
      validate(schema, item)
      items.push(item)
    } catch (thrown) {
      complaints.push(`entry ${index} is left out: ${messageOf(thrown)}`)
    }
  }
  return { items, complaints }
}
