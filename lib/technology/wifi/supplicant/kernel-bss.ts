/** Access points out of what the kernel heard, where no supplicant runs or may scan. */

import type { Bss, BssSecurity } from '../../../kernel/wireless.js'
import type { AccessPoint } from './access-point.js'
import { channelAt, percentOf } from './channel.js'
import { flagsOf, type SecurityWords } from './flags.js'
import { ssidOf } from './text.js'

/** Flags that describe keys and ciphers; the kernel tells them once for all, the securities tell them in full. */
const OTHER_FLAGS = /^(owe-trans|owe-trans-open|wep|mesh|dmg|ibss|ess|pbss|p2p|hs20|fils|fst|utf8|wps|sae-h2e|sae-pk)$/

/** The same shape and words as from the supplicant. Networks of a mesh are no access points. */
export function accessPointsOf(networks: readonly Bss[]): AccessPoint[] {
  return networks.filter(({ meshId, flags }) => meshId === undefined && !flags.includes('mesh')).map(accessPointOf)
}

export function accessPointOf(bss: Bss): AccessPoint {
  const { band, channel } = channelAt(bss.frequencyMhz)
  const signalDbm = bss.signalDbm ?? dbmOf(bss.signalPercent ?? 0)
  // WPA stands before WPA2, in whichever order the elements came.
  const securities = bss.securities.toSorted((a, b) => Number(a.protocol !== 'wpa') - Number(b.protocol !== 'wpa'))
  return {
    bssid: bss.bssid.toLowerCase(),
    ...ssidOf(bss.ssid),
    frequency: bss.frequencyMhz,
    band,
    channel,
    signalDbm,
    signalPercent: bss.signalDbm === undefined ? (bss.signalPercent ?? 0) : percentOf(band, bss.signalDbm),
    flags: [
      ...flagsOf(securities.map((security) => wordsOf(security, bss))),
      ...bss.flags.filter((flag) => OTHER_FLAGS.test(flag)),
    ],
  }
}

/** wpa_supplicant calls the RSN element of an access point WPA2. */
function wordsOf(security: BssSecurity, { flags }: Bss): SecurityWords {
  const rsn = flags.includes('mesh') ? 'rsn' : 'wpa2'
  return {
    protocol: security.protocol === 'wpa' ? 'wpa' : rsn,
    keyManagement: security.keyManagement,
    ciphers: security.pairwiseCiphers,
    preauthentication: security.preauthentication,
  }
}

/** Drivers that tell a share only: from -100 dBm at nothing to -50 dBm at all of it, as drivers themselves reckon. */
function dbmOf(percent: number): number {
  return Math.round(-100 + percent / 2)
}
