/** Registration, cell and network, as AT+CREG, AT+QSPN and AT+QNWINFO tell them. Pure. */

import { type AtValue, parseResponse } from './at/response.js'

/** Properties below `mobile/`: what is undefined is to be deleted. */
export type CellProperties = Readonly<Record<string, number | string | undefined>>

/** <stat> of AT+CREG (3GPP TS 27.007, 7.2). */
const REGISTRATIONS = ['not-registered', 'home', 'searching', 'denied', 'unknown', 'roaming'] as const
export type Registration = (typeof REGISTRATIONS)[number]

/** What is known of a cell only while the modem is registered in it. */
export const CELL_PROPERTIES = ['lac', 'cid', 'network', 'mcc', 'mnc', 'access_technology', 'band', 'channel'] as const
export const NO_CELL: CellProperties = Object.fromEntries(CELL_PROPERTIES.map((name) => [name, undefined]))

const PLMN_CHARS = [5, 6]
const MCC_CHARS = 3

/** Whether a registration lets data through. */
export function isRegistered(registration: unknown): boolean {
  return registration === 'home' || registration === 'roaming'
}

/** A line of '+CREG:' or '+CEREG:', asked for or not; undefined: it says nothing. */
export function parseRegistration(line: string): CellProperties | undefined {
  const parsed = parseResponse(line)
  if (parsed?.header !== '+CREG' && parsed?.header !== '+CEREG') return undefined
  const { values } = parsed
  // An answer begins with the mode of telling, a line that nobody asked for with the state.
  const [stat, lac, cid] = typeof values[1] === 'number' ? values.slice(1) : values
  const registration = typeof stat === 'number' ? REGISTRATIONS[stat] : undefined
  if (registration === undefined) return undefined
  if (!isRegistered(registration)) return { ...NO_CELL, registration }
  return { registration, lac: hexadecimal(lac), cid: hexadecimal(cid) }
}

function hexadecimal(value: AtValue | undefined): number | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' && /^[0-9a-fA-F]{1,8}$/.test(value) ? Number.parseInt(value, 16) : 0
}

/** A line '+QSPN: "full","short","spn",alphabet,"plmn"'. */
export function parseNetwork(line: string): CellProperties | undefined {
  const parsed = parseResponse(line)
  if (parsed?.header !== '+QSPN') return undefined
  const [network, , , , plmn] = parsed.values
  if (typeof network !== 'string') return undefined
  return { network, ...plmnOf(plmn) }
}

function plmnOf(plmn: AtValue | undefined): CellProperties {
  const digits = typeof plmn === 'string' && /^\d{1,8}$/.test(plmn) ? plmn : undefined
  if (digits === undefined) return { mcc: undefined, mnc: undefined }
  if (!PLMN_CHARS.includes(digits.length)) return { mcc: Number(digits), mnc: 0 }
  return { mcc: Number(digits.slice(0, MCC_CHARS)), mnc: Number(digits.slice(MCC_CHARS)) }
}

/** A line '+QNWINFO: "technology","operator","band",channel'; one that is malformed says that it is not known. */
export function parseAccess(line: string): CellProperties | undefined {
  if (!line.startsWith('+QNWINFO:')) return undefined
  const [technology, , band, channel] = parseResponse(line)?.values ?? []
  return typeof technology === 'string' && typeof band === 'string' && typeof channel === 'number'
    ? { access_technology: technology, band, channel }
    : { access_technology: 'UNKNOWN', band: '', channel: 0 }
}
