/** What a person chooses from: each network once, the strongest first. */

import type { AccessPoint } from './access-point.js'

/** Leaves out hidden names (blank, or with NUL in them); of each name the strongest access point stays. */
export function summarize(accessPoints: readonly AccessPoint[]): AccessPoint[] {
  const named = accessPoints.filter(({ ssid }) => !ssid.includes('\0') && ssid.trim() !== '')
  const sorted = named.toSorted((a, b) => b.signalPercent - a.signalPercent)
  const bySsid = new Map<string, AccessPoint>()
  for (const accessPoint of sorted) {
    const key = accessPoint.ssidHex ?? `=${accessPoint.ssid}`
    if (!bySsid.has(key)) bySsid.set(key, accessPoint)
  }
  return [...bySsid.values()]
}
