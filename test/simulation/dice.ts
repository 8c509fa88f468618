/** Numbers that look random and are the same for the same seed. */

/** A seeded generator: a counter whose bits are mixed (after SplitMix, in 32 bits). */
export class Dice {
  #counter: number

  constructor(seed: number) {
    this.#counter = Math.imul(seed | 0, 0x9e37_79b1)
  }

  /** A whole number from 0 below `count`. */
  roll(count: number): number {
    this.#counter = (this.#counter + 0x9e37_79b9) | 0
    let bits = this.#counter
    bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
    bits ^= bits >>> 16
    return Math.floor(((bits >>> 0) / 2 ** 32) * count)
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.roll(items.length)] ?? items[0]
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.roll(count) === 0
  }

  /** The value once in `count` times, else undefined. */
  maybe<T>(count: number, value: () => T): T | undefined {
    return this.oneIn(count) ? value() : undefined
  }

  /** One of the choices, as often as its weight says. */
  weighted<T>(choices: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.roll(choices.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, value] of choices) {
      if (at < weight) return value
      at -= weight
    }
    throw new Error('no choices')
  }
}
