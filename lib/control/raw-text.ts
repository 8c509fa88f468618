/** What a configuration over the control API may not hold: texts that programs read as they stand, and masks in the place of secrets. */

import { isSecretKey, MASK, NetworkError } from '../index.js'
import { invalid } from './problem.js'

/**
 * Keys whose text goes into the file of a program line by line, so that whoever writes it can have that program, which has our
 * rights, do anything; in lower case and without separators.
 */
const RAW_KEYS: ReadonlySet<string> = new Set(['wpasupplicantconf', 'chatscriptadditions'])
/** Deeper than any configuration: the library refuses it. */
const MAX_DEPTH = 40

/** Ioctls whose arguments are commands of a daemon as they stand. */
const RAW_IOCTLS: ReadonlySet<string> = new Set(['command'])

/** @throws NetworkError ERR_NOT_PERMITTED, or ERR_INVALID_CONFIG for a mask; with `field` */
export function checkConfiguration(config: unknown, { allowRaw }: { readonly allowRaw: boolean }): void {
  walk(config, [], (path, key, value) => {
    const name = key.replace(/[^a-z0-9]/gi, '').toLowerCase()
    if (!allowRaw && RAW_KEYS.has(name)) throw rawRefused(path.join('.'))
    // Saved, it would take the place of the secret that it was shown for.
    if (value === MASK && isSecretKey(key)) throw invalid(path.join('.'), 'a mask is no secret: give the secret anew')
  })
}

/** @throws NetworkError ERR_NOT_PERMITTED */
export function checkIoctl(command: unknown, { allowRaw }: { readonly allowRaw: boolean }): void {
  if (!allowRaw && typeof command === 'string' && RAW_IOCTLS.has(command)) throw rawRefused('command')
}

function rawRefused(field: string): NetworkError {
  const message = `${field}: raw text for a program is taken only by a daemon that was started with --allow-raw`
  return new NetworkError('ERR_NOT_PERMITTED', message, { field })
}

type Visit = (path: readonly string[], key: string, value: unknown) => void

function walk(value: unknown, path: readonly string[], visit: Visit): void {
  if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return
  for (const [key, member] of Object.entries(value)) {
    const below = [...path, key]
    visit(below, key, member)
    walk(member, below, visit)
  }
}
