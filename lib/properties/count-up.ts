/** A property that counts. */

import type { PropertyTable } from './property-table.js'

/** Adds one; a property that is not there counts from 0. */
export function countUp(properties: PropertyTable, path: readonly string[]): void {
  properties.put(path, Number(properties.get(path, 0)) + 1)
}
