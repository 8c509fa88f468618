/** A power manager that runs a program to switch on and another one to switch off. */

import { type RunResult, runChecked, runProgram } from '../supervision/run-program.js'
import type { PowerManager } from './power-manager.js'
import { type PowerPrograms, powerProgramDeps } from './power-programs.js'
import { invalid, type PowerTimes, powerTimes } from './power-times.js'

/** A program and its arguments; no shell reads them. */
export interface PowerCommand {
  /** Name or absolute path. */
  readonly program: string
  readonly args?: readonly string[] | undefined
}

export interface CommandPowerOptions extends PowerTimes {
  /** Must end with status 0. */
  readonly on: PowerCommand
  /** Must end with status 0. */
  readonly off: PowerCommand
  /** Tells the hardware that its power will go, `limitMs` before it does. */
  readonly prepareOff?: PowerCommand | undefined
  /** Status 0: the power is on; 1: it is off; anything else: unknown. */
  readonly isOn?: PowerCommand | undefined
  /** How long each of them may run. Default 10,000. */
  readonly deadlineMs?: number | undefined
}

/** The library gives a call 30 s; a program that takes as long is ended before. */
const MAX_DEADLINE_MS = 29_000
const DEFAULT_DEADLINE_MS = 10_000
/** isOn holds up the start, which waits for 5 s. */
const ASK_DEADLINE_MS = 4_000

/**
 * Power by commands, such as those of a relay board or of a power supply.
 * @throws NetworkError ERR_INVALID_CONFIG with `field`
 */
export function commandPower(options: CommandPowerOptions, programs: PowerPrograms = {}): PowerManager {
  const { on, off, prepareOff, isOn, deadlineMs = DEFAULT_DEADLINE_MS } = options
  for (const [field, command] of Object.entries({ on, off, prepareOff, isOn })) checkCommand(field, command)
  if (!(deadlineMs >= 1 && deadlineMs <= MAX_DEADLINE_MS)) throw invalid('deadlineMs', `1 to ${MAX_DEADLINE_MS}`)
  const { holdMs, limitMs, minimumOffMs } = powerTimes(options)
  const deps = powerProgramDeps(programs)
  const request = ({ program, args = [] }: PowerCommand) => ({ program, args, deadlineMs })
  return {
    name: 'command',
    async powerOn() {
      await runChecked(deps, request(on))
      return { holdMs }
    },
    async startPoweringOff() {
      if (prepareOff !== undefined) await runChecked(deps, request(prepareOff))
      return { limitMs }
    },
    async powerOff() {
      await runChecked(deps, request(off))
      return { minimumOffMs }
    },
    async isOn() {
      if (isOn === undefined) return undefined
      const asked = { ...request(isOn), deadlineMs: Math.min(deadlineMs, ASK_DEADLINE_MS) }
      return answerOf(await runProgram(deps, asked))
    },
  }
}

function answerOf({ exitCode }: RunResult): boolean | undefined {
  if (exitCode === 0) return true
  return exitCode === 1 ? false : undefined
}

function checkCommand(field: string, command: unknown): void {
  if (command === undefined && (field === 'prepareOff' || field === 'isOn')) return
  const { program, args = [] } = (command ?? {}) as { readonly program?: unknown; readonly args?: unknown }
  if (typeof program !== 'string' || program === '') throw invalid(`${field}.program`, 'the name or path of a program')
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) {
    throw invalid(`${field}.args`, 'a list of texts')
  }
}
