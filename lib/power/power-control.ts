/**
 * When power is switched on and off, pure: (control, event) → (control, effects). The actor in power-controller.ts carries
 * the effects out and turns their ends into events. One timer runs at a time: that of the last effect that sets one.
 *
 *   off ──▶ on-hold ──▶ on ──▶ waiting-to-power-off ──▶ powering-off ──▶ off-hold ──▶ off
 *             ▲  reset: on-hold, on ──▶ resetting ──▶ waiting-to-power-on │
 *             └────────────────────────────────────────────┴◀─────────────┘
 */

/** Where the power stands: what is on, and what the timer's end will bring. */
export type PowerPhase =
  /** Nothing was switched yet, and nobody can tell. */
  | 'unknown'
  /** On since before the start: not switched by us, and not wanted by anybody yet. */
  | 'found-on'
  | 'off'
  /** On, and not to be switched off before the timer's end. */
  | 'on-hold'
  /** On; the timer is the watchdog. */
  | 'on'
  /** On, and off after the timer's end, unless somebody wants it on again. */
  | 'waiting-to-power-off'
  /** Told to end; the power goes at the timer's end, and stays off. */
  | 'powering-off'
  /** Told to end; the power goes at the timer's end, and comes back. */
  | 'resetting'
  /** Off for the shortest time that the hardware needs. */
  | 'off-hold'
  /** The same, and on again afterwards. */
  | 'waiting-to-power-on'
  /** Tried again at the timer's end. */
  | 'power-on-failed'
  | 'power-off-failed'

export interface PowerControl {
  readonly phase: PowerPhase
  /** Failed calls in a row, for the back-off. */
  readonly failures: number
}

export type PowerEvent =
  | 'powerOn'
  | 'powerOff'
  | 'forceReset'
  | 'pet'
  /** The timer has ended. */
  | 'timeout'
  | 'powerOnFailed'
  | 'powerOffFailed'

export type PowerEffect =
  /** Call the manager; the timer then runs for the time that it answers. */
  | 'powerOn'
  | 'startPoweringOff'
  | 'powerOff'
  /** Start the watchdog's timer. */
  | 'watchdog'
  /** Start the timer that hides an off and on of a moment. */
  | 'transient'
  /** Start the timer of the next attempt. */
  | 'retry'

export interface PowerStep {
  readonly control: PowerControl
  readonly effects: readonly PowerEffect[]
}

/** Hides the off and on of a configuration that replaces another. */
export const TRANSIENT_MS = 10

/** Hardware that has just refused is given a moment. */
const FIRST_RETRY_MS = 5_000
/** Longer would look like having given up. */
const MAX_RETRY_MS = 300_000

type Move = readonly [next: PowerPhase, ...effects: PowerEffect[]]

/** What is not listed changes nothing. */
const MOVES: Readonly<Record<PowerPhase, Partial<Readonly<Record<PowerEvent, Move>>>>> = {
  // The first wish is carried out even where it may be fulfilled already: nobody knows.
  unknown: { powerOn: ['on-hold', 'powerOn'], powerOff: ['off-hold', 'powerOff'] },
  'found-on': {
    powerOn: ['on', 'watchdog'],
    powerOff: ['waiting-to-power-off', 'transient'],
    forceReset: ['resetting', 'startPoweringOff'],
  },
  off: { powerOn: ['on-hold', 'powerOn'] },
  'on-hold': {
    timeout: ['on', 'watchdog'],
    powerOff: ['waiting-to-power-off'],
    forceReset: ['resetting', 'startPoweringOff'],
    powerOnFailed: ['power-on-failed', 'retry'],
  },
  on: {
    timeout: ['resetting', 'startPoweringOff'],
    powerOff: ['waiting-to-power-off', 'transient'],
    pet: ['on', 'watchdog'],
    forceReset: ['resetting', 'startPoweringOff'],
  },
  'waiting-to-power-off': {
    timeout: ['powering-off', 'startPoweringOff'],
    powerOn: ['on-hold'],
    // What has failed to come up may be up by half: it is made sure that it is off.
    powerOnFailed: ['off-hold', 'powerOff'],
  },
  resetting: { timeout: ['waiting-to-power-on', 'powerOff'], powerOff: ['powering-off'] },
  'powering-off': { timeout: ['off-hold', 'powerOff'], powerOn: ['resetting'] },
  'waiting-to-power-on': {
    timeout: ['on-hold', 'powerOn'],
    powerOff: ['off-hold'],
    // A reset that failed must not leave the hardware off for good.
    powerOffFailed: ['waiting-to-power-on', 'retry'],
  },
  'off-hold': {
    timeout: ['off'],
    powerOn: ['waiting-to-power-on'],
    powerOffFailed: ['power-off-failed', 'retry'],
  },
  'power-on-failed': {
    timeout: ['on-hold', 'powerOn'],
    powerOff: ['off-hold', 'powerOff'],
    forceReset: ['waiting-to-power-on', 'powerOff'],
  },
  'power-off-failed': { timeout: ['off-hold', 'powerOff'], powerOn: ['waiting-to-power-on'] },
}

/** The control at the start, from what the manager says of its hardware; undefined: it cannot tell. */
export function initialPowerControl(isOn: boolean | undefined): PowerControl {
  if (isOn === undefined) return { phase: 'unknown', failures: 0 }
  return { phase: isOn ? 'found-on' : 'off', failures: 0 }
}

/** One step. */
export function reducePower(control: PowerControl, event: PowerEvent): PowerStep {
  const move = MOVES[control.phase][event]
  if (move === undefined) return { control, effects: [] }
  const [phase, ...effects] = move
  return { control: { phase, failures: failuresAfter(control, event, phase) }, effects }
}

/** Whether a reset would do anything. */
export function canReset(control: PowerControl): boolean {
  return MOVES[control.phase].forceReset !== undefined
}

/** The wait before the next attempt: doubling from failure to failure, up to a limit. */
export function retryDelayMs(control: PowerControl): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, control.failures - 1), MAX_RETRY_MS)
}

/** Failures end with a phase that only a success leads to. */
function failuresAfter(control: PowerControl, event: PowerEvent, next: PowerPhase): number {
  if (event === 'powerOnFailed' || event === 'powerOffFailed') return control.failures + 1
  return next === 'on' || next === 'off' ? 0 : control.failures
}
