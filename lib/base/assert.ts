/** Assertions about our own code; a failure is a bug of ours, never of the input. */

/** Fails to compile where a switch forgets a member of a union. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}

/** Throws when an invariant of ours does not hold. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message}`)
}
