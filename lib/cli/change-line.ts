/** One change of a property as a line that a person reads. Pure. */

import { formatDuration } from '../index.js'
import { readableValue } from './shown-value.js'
import { harmless, widthOf } from './table.js'

/** A change as the control API tells it. */
export interface WatchedChange {
  readonly path: readonly string[]
  readonly oldValue?: unknown
  readonly newValue?: unknown
  readonly oldTimestamp: number
  readonly newTimestamp: number
}

/** A value that is shortened to less says nothing. */
const MIN_VALUE_COLUMNS = 8

/** What changed, from what to what, and how long it had been so; with `columns` the values are shortened to fit. */
export function changeLine(change: WatchedChange, columns = Number.POSITIVE_INFINITY): string {
  const { path, oldValue, newValue, oldTimestamp, newTimestamp } = change
  const before = `${harmless(path.join('/'))}: `
  const after = oldValue === undefined ? '' : ` (after ${formatDuration(newTimestamp - oldTimestamp)})`
  const room = columns - widthOf(before) - ' → '.length - after.length
  const [older, newer] = [readableValue(oldValue), readableValue(newValue)]
  // Half for each, and what one does not need is the other's.
  const half = Math.floor(room / 2)
  const shownOlder = shortened(older, Math.max(half, room - widthOf(newer)))
  const shownNewer = shortened(newer, room - widthOf(shownOlder))
  return `${before}${shownOlder} → ${shownNewer}${after}`
}

function shortened(text: string, columns: number): string {
  const room = Math.max(columns, MIN_VALUE_COLUMNS)
  if (widthOf(text) <= room) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) >= room) break
    kept += character
  }
  return `${kept}…`
}
