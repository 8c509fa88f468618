/** Reads the option `powerManagers`: one bad entry costs one warning and harms no other. */

import { checkInterfaceName } from '../base/interface-name.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { PowerManager } from './power-manager.js'

/** Long enough for the check that pets about every 30 s to fail once. */
const DEFAULT_WATCHDOG_MS = 60_000
/** One day: longer waits are meant as "never". */
const MAX_WATCHDOG_MS = 86_400_000

const METHODS = ['powerOn', 'startPoweringOff', 'powerOff'] as const
const OPTIONAL_METHODS = ['init', 'isOn', 'message'] as const

/** One usable entry. */
export interface ManagedPower {
  readonly manager: PowerManager
  readonly watchdogTimeoutMs: number
}

/** The usable entries by interface name. */
export function readPowerManagers(given: object, logger: Logger): Map<string, ManagedPower> {
  const managed = new Map<string, ManagedPower>()
  for (const ifname of Object.keys(given)) {
    const field = `powerManagers.${ifname}`
    try {
      managed.set(ifname, readEntry(ifname, (given as Record<string, unknown>)[ifname]))
    } catch (thrown) {
      logger.warn({ field, ifname }, `a power manager is left out: ${field}: ${messageOf(thrown)}`)
    }
  }
  return managed
}

function readEntry(ifname: string, entry: unknown): ManagedPower {
  const wrongName = checkInterfaceName(ifname)
  if (wrongName !== undefined) throw new Error(wrongName)
  if (!isObject(entry)) throw new Error('not an object')
  const watched = entry['manager'] !== undefined
  const manager = watched ? entry['manager'] : entry
  const problem = managerProblem(manager)
  if (problem !== undefined) throw new Error(problem)
  const watchdogTimeoutMs = watched ? (entry['watchdogTimeoutMs'] ?? DEFAULT_WATCHDOG_MS) : DEFAULT_WATCHDOG_MS
  if (!isWait(watchdogTimeoutMs)) {
    throw new Error(`watchdogTimeoutMs is not a number of milliseconds from 1 to ${MAX_WATCHDOG_MS}`)
  }
  return { manager: manager as PowerManager, watchdogTimeoutMs }
}

function managerProblem(manager: unknown): string | undefined {
  if (!isObject(manager)) return 'not a power manager'
  const missing = METHODS.filter((name) => typeof manager[name] !== 'function')
  if (missing.length > 0) return `a power manager has the method ${missing.join(' and the method ')}`
  const wrong = OPTIONAL_METHODS.filter((name) => manager[name] !== undefined && typeof manager[name] !== 'function')
  return wrong.length > 0 ? `${wrong.join(' and ')}: not a method` : undefined
}

function isWait(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && value <= MAX_WATCHDOG_MS
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
