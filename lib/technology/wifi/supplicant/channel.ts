/** Frequencies as bands and channels, and signals as per cent. */

export type WifiBand = 'unknown' | 'wifi-2-4-ghz' | 'wifi-5-ghz' | 'wifi-6-ghz'

export interface WifiChannel {
  readonly band: WifiBand
  /** 0 where the frequency is none of a known channel. */
  readonly channel: number
}

/** IEEE 802.11-2020, annex E; channel n lies at 5000 + 5n MHz. */
const CHANNELS_5_GHZ = new Set([
  7, 8, 9, 11, 12, 16, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64, 68, 96, 100, 102, 104, 106,
  108, 110, 112, 114, 116, 118, 120, 122, 124, 126, 128, 132, 134, 136, 138, 140, 142, 144, 149, 151, 153, 155, 157,
  159, 161, 165, 169, 173,
])

/** Those below 5 GHz, at 4000 + 5n MHz. */
const CHANNELS_4_9_GHZ = new Set([183, 184, 185, 187, 188, 189, 192, 196])

/** The last channel of 6 GHz, at 5950 + 5n MHz. */
const LAST_CHANNEL_6_GHZ = 233

const UNKNOWN: WifiChannel = { band: 'unknown', channel: 0 }

/** The channel at a frequency in MHz. */
export function channelAt(frequencyMhz: number): WifiChannel {
  if (frequencyMhz === 2484) return { band: 'wifi-2-4-ghz', channel: 14 }
  if (frequencyMhz === 5935) return { band: 'wifi-6-ghz', channel: 2 }
  const channel24 = (frequencyMhz - 2407) / 5
  if (inRange(channel24, 1, 13)) return { band: 'wifi-2-4-ghz', channel: channel24 }
  const channel5 = (frequencyMhz - 5000) / 5
  if (CHANNELS_5_GHZ.has(channel5)) return { band: 'wifi-5-ghz', channel: channel5 }
  const channel49 = (frequencyMhz - 4000) / 5
  if (CHANNELS_4_9_GHZ.has(channel49)) return { band: 'wifi-5-ghz', channel: channel49 }
  const channel6 = (frequencyMhz - 5950) / 5
  if (inRange(channel6, 1, LAST_CHANNEL_6_GHZ)) return { band: 'wifi-6-ghz', channel: channel6 }
  return UNKNOWN
}

/** The strongest and the weakest signal that a band's receivers tell apart, in dBm. */
const RANGE_2_4_GHZ = { bestDbm: -20, worstDbm: -83.7 }
const RANGE_5_GHZ = { bestDbm: -44, worstDbm: -89 }

/** 1 to 100: quadratic, so that it falls slowly near the access point and fast at the edge. */
export function percentOf(band: WifiBand, signalDbm: number): number {
  const { bestDbm, worstDbm } = band === 'wifi-5-ghz' || band === 'wifi-6-ghz' ? RANGE_5_GHZ : RANGE_2_4_GHZ
  if (signalDbm >= bestDbm) return 100
  const range = bestDbm - worstDbm
  const below = bestDbm - signalDbm
  return Math.max(1, Math.floor(100 - (below * (15 * range + 62 * below)) / (range * range)))
}

function inRange(channel: number, first: number, last: number): boolean {
  return Number.isInteger(channel) && channel >= first && channel <= last
}
