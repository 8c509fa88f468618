/** The times that every shipped power manager answers, and the check of what a user gives for them. */

import { NetworkError } from '../errors.js'

export interface PowerTimes {
  /** How long the power stays on at least, in milliseconds. Default 600,000: a modem may need minutes to register. */
  readonly holdMs?: number | undefined
  /** How long an orderly end may take before the power goes. Default 1,000. */
  readonly limitMs?: number | undefined
  /** How long the power stays off at least. Default 5,000: capacitors must run empty. */
  readonly minimumOffMs?: number | undefined
}

const DEFAULTS = { holdMs: 600_000, limitMs: 1_000, minimumOffMs: 5_000 } as const
/** One day: longer waits are a mistake. */
const MAX_MS = 86_400_000

/** The times with their defaults. @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function powerTimes(given: PowerTimes): Required<{ [K in keyof PowerTimes]: number }> {
  const timeOf = (key: keyof PowerTimes): number => {
    const value: unknown = given[key] ?? DEFAULTS[key]
    if (typeof value === 'number' && value >= 0 && value <= MAX_MS) return value
    throw invalid(key, `milliseconds from 0 to ${MAX_MS}`)
  }
  return { holdMs: timeOf('holdMs'), limitMs: timeOf('limitMs'), minimumOffMs: timeOf('minimumOffMs') }
}

/** The error for an option of a power manager. */
export function invalid(field: string, expected: string): NetworkError {
  return new NetworkError('ERR_INVALID_CONFIG', `${field}: expected ${expected}`, { field })
}
