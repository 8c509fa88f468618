/** The contract of a power manager: who switches the hardware of one interface, and how long each step takes. */

/** Switches the power of one interface's hardware; every method may be async, and is called after the one before has ended. */
export interface PowerManager {
  /** Shown by info(); default: the name of its class. */
  readonly name?: string | undefined
  /** Called once before everything else. Must be quick, and must not assume that the hardware is off. */
  init?(): void | Promise<void>
  /** `holdMs`: how long the power stays on at least. */
  powerOn(): { readonly holdMs: number } | Promise<{ readonly holdMs: number }>
  /** `limitMs`: how long an orderly end may take before the power goes. */
  startPoweringOff(): { readonly limitMs: number } | Promise<{ readonly limitMs: number }>
  /** `minimumOffMs`: how long the power stays off at least. */
  powerOff(): { readonly minimumOffMs: number } | Promise<{ readonly minimumOffMs: number }>
  /** Whether the hardware has power now; undefined: nobody can tell. Asked once, at the start. */
  isOn?(): boolean | undefined | Promise<boolean | undefined>
  /** Takes what a user sent by `power(ifname).send`. */
  message?(message: unknown): void | Promise<void>
}

/** A power manager with the time after which a watchdog that nobody pets resets the hardware (default 60,000 ms). */
export interface WatchedPowerManager {
  readonly manager: PowerManager
  readonly watchdogTimeoutMs?: number | undefined
}

/** How a power manager stands, for people and programs. */
export interface PowerInfo {
  /** Which power manager it is. */
  readonly manager: string
  /**
   * `on` from the call of powerOn, `powering-off` from that of startPoweringOff, `off` from that of powerOff; `failed`: the
   * last call failed and is tried again; `unknown`: nothing was switched yet and nobody can tell; `disabled`: init failed.
   */
  readonly state: PowerState
  /** Until the next step by itself; absent where none is waited for. */
  readonly timeLeftMs?: number
  /** The same in words. */
  readonly text: string
}

export type PowerState = 'on' | 'powering-off' | 'off' | 'failed' | 'unknown' | 'disabled'

/** What `power(ifname)` gives. */
export interface Power {
  /** Tells that the hardware works: the watchdog begins anew. */
  petWatchdog(): void
  /** Switches the hardware off and on again, whatever its minimum time on. Does not switch on what is off. */
  forceReset(): void
  /** Hands a message to the power manager; what it throws is logged. */
  send(message: unknown): void
  info(): PowerInfo
}
