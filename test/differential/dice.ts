/** Numbers that look random and are the same for the same seed. */

/** A seeded generator (linear congruential, Numerical Recipes). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A whole number from 0 below `count`. */
  roll(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * count)
  }

  pick<T>(...items: readonly [T, ...T[]]): T {
    return items[this.roll(items.length)] ?? items[0]
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.roll(count) === 0
  }
}
