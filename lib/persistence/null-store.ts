/** The store for those who want none: it forgets everything. */

import type { Persistence } from './store.js'

/** Accepts every configuration and keeps none. */
export const nullStore: Persistence = {
  list: () => [],
  load: () => undefined,
  save: () => undefined,
  clear: () => undefined,
}
