/** Ends a child process: politely, then by force. */

import type { Clock } from '../base/clock.js'
import { settlesWithin } from './deadline.js'
import type { SpawnedProcess } from './spawn.js'

/** A killed process is gone within milliseconds, unless it hangs in the kernel (state D); nobody can wait for that. */
const KILL_LIMIT_MS = 2_000

/** SIGTERM, and SIGKILL after `graceMs`; false where the process outlived even that. */
export async function endProcess(child: SpawnedProcess, clock: Clock, graceMs: number): Promise<boolean> {
  child.kill('SIGTERM')
  if (await settlesWithin(child.exited, clock, graceMs)) return true
  child.kill('SIGKILL')
  return settlesWithin(child.exited, clock, KILL_LIMIT_MS)
}
