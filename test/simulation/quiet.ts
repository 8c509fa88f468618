/** Waits until nothing moves any more. */

/** Everything in a simulation runs on microtasks, which all come before the next turn of the event loop; one turn more to be sure. */
const TURN_COUNT = 2

export async function untilQuiet(): Promise<void> {
  for (let turn = 0; turn < TURN_COUNT; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
