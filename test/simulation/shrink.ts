/** Finds a short list of steps that fails the same way: delta debugging over the recorded steps. */

import type { Step } from './step.js'

/** Runs at most; each takes a part of a second. */
const MAX_RUN_COUNT = 300

/**
 * Leaves out parts of the list, halves first, then smaller ones, as long as what is left still fails; at the end no single
 * step can be left out, unless the limit of runs came first.
 */
export async function shrink(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[]> {
  let current = steps
  let size = Math.ceil(current.length / 2)
  let runs = 0
  while (size >= 1 && runs < MAX_RUN_COUNT) {
    let shorter: readonly Step[] | undefined
    for (let from = 0; from < current.length && runs < MAX_RUN_COUNT; from += size) {
      const candidate = [...current.slice(0, from), ...current.slice(from + size)]
      runs += 1
      if (await fails(candidate)) {
        shorter = candidate
        break
      }
    }
    if (shorter === undefined) size = size === 1 ? 0 : Math.ceil(size / 2)
    else {
      current = shorter
      size = Math.max(1, Math.min(size, Math.ceil(current.length / 2)))
    }
  }
  return current
}
