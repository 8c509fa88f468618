/** The one way to leave a test out: by name and with the reason, which the runner prints and counts. */

import type { Test } from 'uvu'

/** Leaves out the test `title` of a suite and prints why; call it where the test would have been declared. */
export function skip<Context>(test: Test<Context>, title: string, reason: string): void {
  process.stdout.write(`skipped: ${title}: ${reason}\n`)
  test.skip(title)
}
