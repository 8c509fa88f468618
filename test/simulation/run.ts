/** Runs a list of steps on a fresh world and says what went wrong, if anything. */

import { createHash } from 'node:crypto'
import { type Logger, silentLogger } from '../../lib/base/logger.js'
import { brokenSavedFiles, filesAreWhole } from './invariants/files.js'
import { everythingWorks } from './invariants/healed.js'
import type { Invariant } from './invariants/invariant.js'
import {
  availableIsTrue,
  configurationIsWanted,
  connectionIsTrue,
  describeProperties,
  linkPropertiesAreTrue,
  mirrorIsTrue,
  nameServersAreTrue,
} from './invariants/properties.js'
import { noRouteWithoutCarrier, oneBestDefault, othersUntouched, rulesHaveAddresses } from './invariants/routing.js'
import { nothingIsLeft, nothingRuns } from './invariants/stopped.js'
import { untilQuiet } from './quiet.js'
import type { Step } from './step.js'
import { Violation } from './violation.js'
import { type Faults, World } from './world.js'

/** Hold whenever nothing moves. */
const ALWAYS: readonly Invariant[] = [
  mirrorIsTrue,
  linkPropertiesAreTrue,
  noRouteWithoutCarrier,
  connectionIsTrue,
  availableIsTrue,
  nameServersAreTrue,
  oneBestDefault,
  rulesHaveAddresses,
  othersUntouched,
  filesAreWhole,
]
/** Hold whenever nothing moves; looked at after the steps that can change them. */
const CONFIGURED: readonly Invariant[] = [configurationIsWanted]
const HEALED: readonly Invariant[] = [everythingWorks]
const STOPPED: readonly Invariant[] = [nothingIsLeft, nothingRuns]
const SAVED_FILES = 'saved files are old or new'

/** Every invariant by name: the negative controls make each of them fail once. */
export const INVARIANT_NAMES: readonly string[] = [
  ...[...ALWAYS, ...CONFIGURED, ...HEALED, ...STOPPED].map(({ name }) => name),
  SAVED_FILES,
]

export interface Failure {
  readonly invariant: string
  readonly message: string
  /** Number of the step after which it was seen; the length of the list for the end. */
  readonly at: number
}

export interface RunOptions {
  readonly faults?: Faults | undefined
  readonly logger?: Logger | undefined
  /** Hash everything that is seen; costs time. */
  readonly trace?: boolean | undefined
  /** Called before each step, and with what is found after it, for somebody who watches. */
  readonly onStep?: ((at: number, world: World) => void) | undefined
}

export interface RunResult {
  readonly failure: Failure | undefined
  /** The same for the same steps; '' without `trace`. */
  readonly hash: string
}

/** Runs the steps, mends the world, stops the library; ends at the first invariant that fails. */
export async function run(steps: readonly Step[], options: RunOptions = {}): Promise<RunResult> {
  const world = new World(options.faults ?? {}, options.logger ?? silentLogger)
  const hash = createHash('sha256')
  const observe = (): void => {
    if (options.trace === true) hash.update(describeWorld(world))
  }
  let at = 0
  try {
    await world.boot()
    for (const step of steps) {
      options.onStep?.(at, world)
      await take(world, step)
      observe()
      at += 1
    }
    await take(world, { do: 'heal', pause: 'quiet' })
    observe()
    await world.stop()
    check(world, STOPPED)
    return { failure: undefined, hash: options.trace === true ? hash.digest('hex') : '' }
  } catch (thrown) {
    if (!(thrown instanceof Violation)) throw thrown
    return { failure: { invariant: thrown.invariant, message: thrown.message, at }, hash: '' }
  } finally {
    await world.close()
  }
}

async function take(world: World, step: Step): Promise<void> {
  if (step.do === 'restart') {
    await world.stop()
    check(world, STOPPED)
  }
  await world.apply(step)
  if (step.pause !== 'quiet') {
    for (let turn = 0; turn < step.pause; turn += 1) await undefined
    return
  }
  await untilQuiet()
  check(world, ALWAYS)
  if (step.do === 'heal') check(world, HEALED)
  if (!world.wasConfigured && step.do !== 'heal') return
  world.wasConfigured = false
  check(world, CONFIGURED)
  const broken = await brokenSavedFiles(world)
  if (broken.length > 0) throw new Violation(SAVED_FILES, broken.join('; '))
}

function check(world: World, invariants: readonly Invariant[]): void {
  for (const { name, check: holds } of invariants) {
    const complaints = holds(world)
    if (complaints.length > 0) throw new Violation(name, complaints.join('; '))
  }
}

function describeWorld(world: World): string {
  const { state } = world.device.network
  return JSON.stringify([
    world.clock.nowMs(),
    describeProperties(world),
    [...state.links.values()].map(({ link }) => link),
    state.addresses,
    [...state.routes.all()],
    state.rules,
  ])
}
