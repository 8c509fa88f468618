/** How a power manager stands, in words. Pure. */

import type { PowerPhase } from './power-control.js'
import type { PowerState } from './power-manager.js'

const STATES: Readonly<Record<PowerPhase, PowerState>> = {
  unknown: 'unknown',
  'found-on': 'on',
  off: 'off',
  'on-hold': 'on',
  on: 'on',
  'waiting-to-power-off': 'on',
  'powering-off': 'powering-off',
  resetting: 'powering-off',
  'off-hold': 'off',
  'waiting-to-power-on': 'off',
  'power-on-failed': 'failed',
  'power-off-failed': 'failed',
}

/** The state that stands for a phase. */
export function powerStateOf(phase: PowerPhase): PowerState {
  return STATES[phase]
}

/** A phase in words; `timeLeftMs` is undefined while the manager is being called and where nothing is waited for. */
export function powerText(phase: PowerPhase, timeLeftMs: number | undefined, problem: string | undefined): string {
  const left = timeLeftMs === undefined ? undefined : `${Math.ceil(timeLeftMs)} ms`
  switch (phase) {
    case 'unknown':
      return 'not switched yet'
    case 'found-on':
      return 'on since before the start'
    case 'off':
      return 'off'
    case 'on-hold':
      return left === undefined ? 'being switched on' : `on, for ${left} more at least`
    case 'on':
      return left === undefined ? 'on' : `on, the watchdog acts in ${left}`
    case 'waiting-to-power-off':
      return left === undefined ? 'being switched on, to be switched off' : `on, begins to power off in ${left}`
    case 'powering-off':
      return left === undefined ? 'beginning to power off' : `powering off, off in ${left}`
    case 'resetting':
      return left === undefined ? 'beginning a reset' : `resetting, off in ${left}`
    case 'off-hold':
      return left === undefined ? 'being switched off' : `off, for ${left} more at least`
    case 'waiting-to-power-on':
      return left === undefined ? 'being switched off, to be switched on' : `off, switched on in ${left}`
    case 'power-on-failed':
      return `failed to switch on${because(problem)}${again(left)}`
    case 'power-off-failed':
      return `failed to switch off${because(problem)}${again(left)}`
  }
}

function because(problem: string | undefined): string {
  return problem === undefined ? '' : ` (${problem})`
}

function again(left: string | undefined): string {
  return left === undefined ? '' : `, tried again in ${left}`
}
