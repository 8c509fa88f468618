/** What starting a program needs; the composition root builds it once. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { FindProgram } from './find-program.js'
import type { DaemonLedger } from './ledger.js'
import { OWNER_VARIABLE } from './process-table.js'
import type { Spawn } from './spawn.js'

export interface ProgramDeps {
  readonly spawn: Spawn
  readonly findProgram: FindProgram
  /** PATH of every child, exactly. */
  readonly path: string
  /** Path of the network namespace that children run in; absent: ours. */
  readonly netns?: string | undefined
  readonly clock: Clock
  readonly logger: Logger
  /** Who is told of running daemons; its owner's mark stands in the environment of every child. */
  readonly ledger: DaemonLedger
}

/** The whole environment of a child. */
export function childEnvironment(deps: ProgramDeps): Record<string, string> {
  return { PATH: deps.path, [OWNER_VARIABLE]: deps.ledger.owner }
}
