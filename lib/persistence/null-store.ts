/** The store for those who want none: it forgets everything. */

import type { Persistence } from './store.js'

/** Accepts every configuration and keeps none. */
export class NullStore implements Persistence {
  list(): string[] {
    return []
  }

  load(): undefined {
    return undefined
  }

  save(): void {}

  clear(): void {}
}
