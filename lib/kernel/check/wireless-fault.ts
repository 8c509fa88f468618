/** What may be wrong with commands about radios, and with the arguments of a scan. */

import type { InterfaceMode } from '../wireless.js'
import type { WirelessCommand } from '../wireless-commands.js'
import type { ScanOptions } from '../wireless-kernel.js'
import { boolean, type Check, integer, link, linkName, name, required, word, wrong } from './fault.js'

/** Limits of the engine's encoder. */
const MAX_SSIDS_COUNT = 64
const MAX_FREQUENCIES_COUNT = 512
const MAX_SSID_BYTES = 32
/** 1 MHz to the end of the 60 GHz band. */
const MAX_FREQUENCY_MHZ = 72_000
/** Longest wait that a timer can hold. */
const MAX_DEADLINE_MS = 2_147_483_647
const MAX_ROOT_MODE = 4
/** The kernel's own range (nl80211_meshconf_params_policy). */
const LEAST_RSSI_DBM = -255

const MODES: ReadonlySet<unknown> = new Set<InterfaceMode>([
  'ibss',
  'station',
  'ap',
  'ap-vlan',
  'wds',
  'monitor',
  'mesh',
  'p2p-client',
  'p2p-go',
  'p2p-device',
  'ocb',
  'nan',
])

export function wirelessFault(command: WirelessCommand): Check {
  switch (command.type) {
    case 'requestRegulatory':
      return /^([A-Z]{2}|00)$/.test(String(command.alpha2))
        ? undefined
        : wrong('alpha2', "two capital letters, or '00'", command.alpha2)
    case 'addWirelessInterface':
      return (
        required('ifname', command.ifname) ??
        name('ifname', command.ifname) ??
        required('parent', command.parent) ??
        linkName('parent', command.parent, 1) ??
        required('mode', command.mode) ??
        word('mode', command.mode, MODES)
      )
    case 'deleteWirelessInterface':
      return link(command, true)
    case 'setMeshParameters':
      return (
        link(command, true) ??
        integer('hwmpRootMode', command.hwmpRootMode, 0, MAX_ROOT_MODE) ??
        boolean('gateAnnouncements', command.gateAnnouncements) ??
        boolean('forwarding', command.forwarding) ??
        integer('rssiThresholdDbm', command.rssiThresholdDbm, LEAST_RSSI_DBM, 0)
      )
    case 'setPowerSave':
      return link(command, true) ?? required('enabled', command.enabled) ?? boolean('enabled', command.enabled)
  }
}

export function scanFault(options: ScanOptions): Check {
  const { ssids, passive, frequenciesMhz, flush, fromAccessPoint, deadlineMs } = options
  const late = deadlineMs !== undefined && !(deadlineMs >= 0 && deadlineMs <= MAX_DEADLINE_MS)
  return (
    (ssids === undefined ? undefined : ssidsFault(ssids, passive)) ??
    boolean('passive', passive) ??
    (frequenciesMhz === undefined ? undefined : frequenciesFault(frequenciesMhz)) ??
    boolean('flush', flush) ??
    boolean('fromAccessPoint', fromAccessPoint) ??
    (late ? wrong('deadlineMs', `a time from 0 to ${MAX_DEADLINE_MS} ms`, deadlineMs) : undefined)
  )
}

function ssidsFault(ssids: unknown, passive: unknown): Check {
  if (passive === true) return wrong('ssids', 'none in a passive scan', 'a list')
  if (!Array.isArray(ssids) || ssids.length > MAX_SSIDS_COUNT) {
    return wrong('ssids', `a list of at most ${MAX_SSIDS_COUNT}`, Array.isArray(ssids) ? ssids.length : ssids)
  }
  const at = ssids.findIndex(
    (ssid) => !(ssid instanceof Uint8Array) || ssid.length === 0 || ssid.length > MAX_SSID_BYTES,
  )
  return at === -1 ? undefined : wrong(`ssids.${at}`, `1 to ${MAX_SSID_BYTES} octets`, ssids[at])
}

function frequenciesFault(frequencies: unknown): Check {
  if (!Array.isArray(frequencies) || frequencies.length === 0 || frequencies.length > MAX_FREQUENCIES_COUNT) {
    return wrong('frequenciesMhz', `a list of 1 to ${MAX_FREQUENCIES_COUNT}`, frequencies)
  }
  for (const [at, frequency] of frequencies.entries()) {
    const field = `frequenciesMhz.${at}`
    const fault = required(field, frequency) ?? integer(field, frequency, 1, MAX_FREQUENCY_MHZ)
    if (fault !== undefined) return fault
  }
  return undefined
}
