/** Ends processes that are not our children: there is no exit event for them, so they are looked at until they are gone. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { ProcessEntry, ProcessTable } from './process-table.js'
import type { Signal } from './spawn.js'

/** As long as a child has between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000

/** A killed process is gone within milliseconds, unless it hangs in the kernel (state D). */
const KILL_LIMIT_MS = 1_000

/** A daemon needs some milliseconds to end; a start waits for that at most twice as long as needed. */
const POLL_INTERVAL_MS = 10

/** An orphan may fork while it is being ended; what it left is found by looking again. */
const MAX_ROUND_COUNT = 3

export interface EndOrphansOptions {
  /** Looks for orphans; the same process may be named more than once. */
  readonly find: () => ProcessEntry[]
  readonly processes: ProcessTable
  readonly clock: Clock
  readonly logger: Logger
}

/** SIGTERM to all, SIGKILL to those that stay; resolves with all that were found, also one that outlived that. */
export async function endOrphans(options: EndOrphansOptions): Promise<ProcessEntry[]> {
  const found = new Map<string, ProcessEntry>()
  for (let round = 0; round < MAX_ROUND_COUNT; round += 1) {
    // One that outlived SIGKILL is not waited for again.
    const orphans = options.find().filter((orphan) => !orphan.ended && !found.has(keyOf(orphan)))
    if (orphans.length === 0) break
    for (const orphan of orphans) found.set(keyOf(orphan), orphan)
    await endAll(options, orphans)
  }
  return [...found.values()]
}

async function endAll(options: EndOrphansOptions, orphans: readonly ProcessEntry[]): Promise<void> {
  const stubborn = await signalAndWait(options, orphans, 'SIGTERM', GRACE_MS)
  for (const orphan of await signalAndWait(options, stubborn, 'SIGKILL', KILL_LIMIT_MS)) {
    options.logger.error({ pid: orphan.pid, program: orphan.program }, 'an orphaned daemon outlived SIGKILL')
  }
}

/** The processes that live on after `limitMs`. */
async function signalAndWait(
  options: EndOrphansOptions,
  orphans: readonly ProcessEntry[],
  signal: Signal,
  limitMs: number,
): Promise<readonly ProcessEntry[]> {
  const { processes, clock } = options
  for (const orphan of orphans) processes.signal(orphan, signal)
  const deadlineMs = clock.nowMs() + limitMs
  let alive = orphans.filter((orphan) => lives(processes, orphan))
  while (alive.length > 0 && clock.nowMs() < deadlineMs) {
    await new Promise<void>((resolve) => clock.setTimer(POLL_INTERVAL_MS, resolve))
    alive = alive.filter((orphan) => lives(processes, orphan))
  }
  return alive
}

function keyOf({ pid, startTime }: ProcessEntry): string {
  return `${pid} ${startTime}`
}

/** A zombie counts as gone: in a container, process 1 may never take notice of it. */
function lives(processes: ProcessTable, orphan: ProcessEntry): boolean {
  const now = processes.find(orphan.pid)
  return now !== undefined && now.startTime === orphan.startTime && !now.ended
}
