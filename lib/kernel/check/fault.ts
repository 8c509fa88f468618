/** What may be wrong with one field, and the checks that every command shares. `undefined` is absent, and right. */

import { type ErrorCode, NetworkError } from '../../errors.js'
import type { Family } from '../nouns.js'
import { familyOf, isPrefix } from './ip-text.js'

export const MAX_U8 = 255
export const MAX_U16 = 65_535
export const MAX_U32 = 4_294_967_295
/** The kernel's indices are positive signed 32-bit numbers. */
export const MAX_IFINDEX = 2_147_483_647
/** IFNAMSIZ is 16 with the end mark (linux/if.h). */
const MAX_IFNAME_BYTES = 15

const encoder = new TextEncoder()

/** What is wrong with one field. */
export interface Fault {
  readonly field: string
  readonly expected: string
  readonly value: unknown
  readonly code?: ErrorCode
}

export type Check = Fault | undefined
export type CheckField = (field: string, value: unknown) => Check

/** The error that tells of a fault. */
export function faultError(operation: string, fault: Check): NetworkError | undefined {
  if (fault === undefined) return undefined
  const message = `${operation}: ${fault.field} is ${show(fault.value)}, expected ${fault.expected}`
  return new NetworkError(fault.code ?? 'ERR_INVALID_CONFIG', message, { field: fault.field, operation })
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // A bigint, or an object that holds itself.
    return `a ${typeof value} that is no JSON`
  }
}

export const wrong = (field: string, expected: string, value: unknown): Fault => ({ field, expected, value })

export function required(field: string, value: unknown): Check {
  return value === undefined || value === '' ? wrong(field, 'a value', value) : undefined
}

export function integer(field: string, value: unknown, least: number, most: number): Check {
  if (value === undefined) return undefined
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
  return fits ? undefined : wrong(field, `a whole number from ${least} to ${most}`, value)
}

export function boolean(field: string, value: unknown): Check {
  return value === undefined || typeof value === 'boolean' ? undefined : wrong(field, 'true or false', value)
}

export function word(field: string, value: unknown, words: ReadonlySet<unknown>): Check {
  return value === undefined || words.has(value) ? undefined : wrong(field, `one of ${[...words].join(', ')}`, value)
}

export function text(field: string, value: unknown, most: number): Check {
  if (value === undefined) return undefined
  const fits = typeof value === 'string' && !value.includes('\0') && encoder.encode(value).length <= most
  return fits ? undefined : wrong(field, `text of at most ${most} bytes`, value)
}

export function familyFault(family: unknown): Check {
  return family === 4 || family === 6 ? undefined : wrong('family', '4 or 6', family)
}

export function ip(field: string, value: unknown, family: Family): Check {
  return value === undefined || familyOf(value) === family ? undefined : wrong(field, `an IPv${family} address`, value)
}

/** The gateway of a route: IPv4 may go over IPv6 (RTA_VIA), IPv6 over IPv6 alone. */
export function gateway(field: string, value: unknown, family: Family): Check {
  if (value === undefined) return undefined
  const found = familyOf(value)
  if (found === family || (family === 4 && found === 6)) return undefined
  return wrong(field, family === 4 ? 'an IP address' : 'an IPv6 address', value)
}

export function prefix(field: string, value: unknown, family: Family): Check {
  if (value === undefined || isPrefix(value, family)) return undefined
  return wrong(field, `an IPv${family} prefix such as ${family === 4 ? '192.0.2.0/24' : '2001:db8::/64'}`, value)
}

export function mac(field: string, value: unknown): Check {
  const fits = value === undefined || (typeof value === 'string' && /^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(value))
  return fits ? undefined : wrong(field, 'six bytes such as 02:00:00:00:00:01', value)
}

/** The kernel's own rule, dev_valid_name in net/core/dev.c. */
export function name(field: string, value: unknown): Check {
  if (value === undefined) return undefined
  const fits =
    typeof value === 'string' &&
    /^[^\s/:\0]+$/.test(value) &&
    value !== '.' &&
    value !== '..' &&
    // No character has more than three bytes a code unit: short names need no encoding.
    (value.length * 3 <= MAX_IFNAME_BYTES || encoder.encode(value).length <= MAX_IFNAME_BYTES)
  if (fits) return undefined
  return { ...wrong(field, 'an interface name of 1 to 15 bytes', value), code: 'ERR_INVALID_INTERFACE_NAME' }
}

/** A link by name, or by index, where `least` 0 means none. */
export function linkName(field: string, value: unknown, least: 0 | 1): Check {
  return typeof value === 'string' ? name(field, value) : integer(field, value, least, MAX_IFINDEX)
}

/** What names the command's link. */
export function link(command: { readonly ifindex?: unknown; readonly ifname?: unknown }, needed: boolean): Check {
  const { ifindex, ifname } = command
  if (needed && ifindex === undefined && ifname === undefined)
    return wrong('ifname', 'a name, or an ifindex', undefined)
  return integer('ifindex', ifindex, 1, MAX_IFINDEX) ?? name('ifname', ifname)
}

/** A list of so many, each checked; a long list is shown by its length. */
export function list(field: string, value: unknown, most: number, check: (item: object, path: string) => Check): Check {
  if (value === undefined) return undefined
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    return wrong(field, `a list of 1 to ${most}`, Array.isArray(value) ? `a list of ${value.length}` : value)
  }
  for (let at = 0; at < value.length; at += 1) {
    const item: unknown = value[at]
    const path = `${field}.${at}`
    const fault = typeof item === 'object' && item !== null ? check(item, path) : wrong(path, 'an object', item)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Checks an object's fields by a table; what the table lacks is a mistake. */
export function object(field: string, value: unknown, table: Readonly<Record<string, CheckField>>): Check {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null) return wrong(field, 'an object', value)
  for (const [key, item] of Object.entries(value)) {
    const check = Object.hasOwn(table, key) ? table[key] : undefined
    const path = `${field}.${key}`
    const fault = check === undefined ? wrong(path, `one of ${Object.keys(table).join(', ')}`, item) : check(path, item)
    if (fault !== undefined) return fault
  }
  return undefined
}
