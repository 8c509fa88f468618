/**
 * A power manager of a GPIO line, by `gpioset` of libgpiod. A line keeps its value only while a process holds it, so there
 * is always one gpioset in the background: one that holds the line active, or one that holds it inactive. It outlives us, and
 * tells the next run, by its arguments, how the power stands.
 *
 * The two versions of gpioset that are about differ in their options (gpioset(1) of libgpiod 1.6 and of 2.1):
 *   1: gpioset --mode=signal --background gpiochip0 17=1      the mode says how long it holds, --background detaches it
 *   2: gpioset --daemonize -c gpiochip0 17=1                  holds by default; lines may have names
 * Both detach after they have set the line, so that a failure is still told.
 */

import { NetworkError } from '../errors.js'
import type { ProgramDeps } from '../supervision/program-deps.js'
import { runChecked } from '../supervision/run-program.js'
import { type LineHolders, systemLineHolders } from './line-holders.js'
import type { PowerManager } from './power-manager.js'
import { type PowerPrograms, powerProgramDeps } from './power-programs.js'
import { invalid, type PowerTimes, powerTimes } from './power-times.js'

export interface GpioPowerOptions extends PowerTimes {
  /** Name or number of the chip, such as `gpiochip0`. */
  readonly chip: string
  /** Offset of the line in the chip; gpioset of libgpiod 2 takes its name as well. */
  readonly line: number | string
  /** The hardware has power while the line is low. Default false. */
  readonly activeLow?: boolean | undefined
  /** Main version of libgpiod. Default: that of the installed gpioset. */
  readonly version?: 1 | 2 | undefined
}

export interface GpioPowerSeams extends PowerPrograms {
  readonly holders?: LineHolders | undefined
}

/** gpioset sets a line and detaches at once. */
const DEADLINE_MS = 5_000
/** What gpioset would take for something else: an option, a second line. */
const WORD = /^[\w./:@+][\w./:@+-]*$/

/**
 * Power by a GPIO line.
 * @throws NetworkError ERR_INVALID_CONFIG with `field`
 */
export function gpioPower(options: GpioPowerOptions, seams: GpioPowerSeams = {}): PowerManager {
  checkOptions(options)
  const { holdMs, limitMs, minimumOffMs } = powerTimes(options)
  const deps = powerProgramDeps(seams)
  const holders = seams.holders ?? systemLineHolders(deps.clock)
  const argsOf = lineArguments(options, deps)
  /** The line is free for a moment between the two: nobody can hand it over. */
  const hold = async (active: boolean): Promise<void> => {
    const { wanted, other } = await argsOf(active)
    await holders.end(other)
    if (holders.find(wanted)) return
    await runChecked(deps, { program: 'gpioset', args: wanted, deadlineMs: DEADLINE_MS })
    if (!holders.find(wanted)) {
      throw new NetworkError('ERR_PROGRAM_FAILED', 'gpioset: does not hold the line', { operation: 'gpioset' })
    }
  }
  return {
    name: 'gpio',
    async powerOn() {
      await hold(true)
      return { holdMs }
    },
    startPoweringOff: () => ({ limitMs }),
    async powerOff() {
      await hold(false)
      return { minimumOffMs }
    },
    async isOn() {
      const { wanted, other } = await argsOf(true)
      if (holders.find(wanted)) return true
      // A line that nobody holds may have any value, and to read it would make an input of it.
      return holders.find(other) ? false : undefined
    },
  }
}

interface LineArguments {
  readonly wanted: readonly string[]
  /** Those of the process that holds the line at the other value. */
  readonly other: readonly string[]
}

function lineArguments(options: GpioPowerOptions, deps: ProgramDeps): (active: boolean) => Promise<LineArguments> {
  const { chip, line, activeLow = false } = options
  let asked: Promise<1 | 2> | undefined
  return async (active) => {
    asked ??= options.version === undefined ? askVersion(deps) : Promise.resolve(options.version)
    const version = await asked.catch((thrown: unknown) => {
      asked = undefined
      throw thrown
    })
    const of = (value: boolean): string[] => {
      const low = activeLow ? ['--active-low'] : []
      const how = version === 1 ? ['--mode=signal', '--background', ...low, chip] : ['--daemonize', ...low, '-c', chip]
      return [...how, `${line}=${value ? 1 : 0}`]
    }
    return { wanted: of(active), other: of(!active) }
  }
}

/** Both print 'gpioset (libgpiod) v2.1.3' in their first line. */
async function askVersion(deps: ProgramDeps): Promise<1 | 2> {
  const output = await runChecked(deps, { program: 'gpioset', args: ['--version'], deadlineMs: DEADLINE_MS })
  const major = /\bv?(\d+)\.\d+/.exec(output)?.[1]
  if (major === '1') return 1
  if (major === '2') return 2
  const text = `gpioset: unknown version: ${output.split('\n')[0] ?? ''}`
  throw new NetworkError('ERR_UNSUPPORTED', text, { operation: 'gpioset' })
}

function checkOptions({ chip, line, version }: GpioPowerOptions): void {
  if (typeof chip !== 'string' || !WORD.test(chip)) throw invalid('chip', 'the name or number of a GPIO chip')
  const isLine = typeof line === 'number' ? Number.isSafeInteger(line) && line >= 0 : WORD.test(String(line))
  if (!isLine) throw invalid('line', 'the offset or the name of a GPIO line')
  if (version !== undefined && version !== 1 && version !== 2) throw invalid('version', '1 or 2')
}
