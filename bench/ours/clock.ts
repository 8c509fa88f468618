/** Times of this process. */

/** CLOCK_MONOTONIC. */
export const nowNs = (): number => Number(process.hrtime.bigint())

/** User and system time of all threads of this process. */
export function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const QUIET_MS = 100

/** Resolves when the count has not changed for a while. */
export async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  }
}
