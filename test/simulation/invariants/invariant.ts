/** A statement about a world in which nothing moves. */

import type { World } from '../world.js'

export interface Invariant {
  readonly name: string
  /** What contradicts it; [] where it holds. */
  check(world: World): readonly string[]
}
