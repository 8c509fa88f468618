/** Levels as telephones show them. Pure. */

export interface SignalLevel {
  /** 0 to 31, as 3GPP TS 27.007 has it; 99: not known. */
  readonly asu: number
  readonly dbm: number
  /** 0 to 4. */
  readonly bars: number
}

const UNKNOWN_ASU = 99
const WEAKEST_DBM = -113
const STRONGEST_DBM = -50
/** From so many dBm on, exclusive, the bar is shown. */
const BARS = [
  [-65, 4],
  [-75, 3],
  [-85, 2],
  [WEAKEST_DBM, 1],
] as const

export function lteLevel(dbm: number): SignalLevel {
  return { asu: asuOf(dbm), dbm, bars: BARS.find(([above]) => dbm > above)?.[1] ?? 0 }
}

function asuOf(dbm: number): number {
  if (dbm <= WEAKEST_DBM) return UNKNOWN_ASU
  return dbm >= STRONGEST_DBM ? 31 : Math.trunc((dbm - WEAKEST_DBM) / 2)
}
