/** What the shipped power managers need to run programs. They are made before an instance is, so they have it by themselves. */

import type { Clock } from '../base/clock.js'
import { systemClock } from '../base/clock.js'
import { type Logger, silentLogger } from '../base/logger.js'
import { type FindProgram, programFinder } from '../supervision/find-program.js'
import { nullLedger } from '../supervision/ledger.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import { type Spawn, spawnProcess } from '../supervision/spawn.js'

/** The seams of a power manager; everything has a default. */
export interface PowerPrograms {
  /** Where programs are looked up, and the PATH of what is run. Default `/usr/sbin:/usr/bin:/sbin:/bin`. */
  readonly path?: string | undefined
  /** What the programs print is logged at debug. Default: nowhere. */
  readonly logger?: Logger | undefined
  readonly spawn?: Spawn | undefined
  readonly clock?: Clock | undefined
  readonly findProgram?: FindProgram | undefined
}

const DEFAULT_PATH = '/usr/sbin:/usr/bin:/sbin:/bin'

/** Programs of a power manager stand in no ledger: what holds the power is to outlive us. */
export function powerProgramDeps(given: PowerPrograms = {}): ProgramDeps {
  const path = given.path ?? DEFAULT_PATH
  return {
    path,
    spawn: given.spawn ?? spawnProcess,
    findProgram: given.findProgram ?? programFinder({ path }),
    clock: given.clock ?? systemClock,
    logger: given.logger ?? silentLogger,
    ledger: nullLedger,
  }
}
