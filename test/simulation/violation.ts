/** An invariant that did not hold: thrown where it is noticed, caught by the run. */

export class Violation extends Error {
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.invariant = invariant
  }
}
