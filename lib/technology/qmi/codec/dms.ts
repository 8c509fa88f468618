/** Device management: what the modem is, and whether its radio is on. */

import { u8 } from './bytes.js'
import { type QmiRequest, readNothing } from './request.js'

const MODES = [
  'online',
  'low_power',
  'factory_test',
  'offline',
  'resetting',
  'shutting_down',
  'persistent_low_power',
  'mode_only_low_power',
  'network_test_gw',
] as const
/** A number of a younger modem is 'unknown'. */
export type OperatingModeName = (typeof MODES)[number] | 'unknown'

const OFFLINE_REASONS = {
  host_image_misconfiguration: 1,
  pri_image_misconfiguration: 2,
  pri_version_incompatible: 4,
  device_memory_full: 8,
} as const

export interface OperatingMode {
  readonly mode: OperatingModeName
  readonly offlineReasons: readonly string[]
  /** A switch of the hardware keeps the radio off. */
  readonly hardwareRestricted: boolean
}

export interface DeviceIds {
  readonly esn: string | undefined
  readonly imei: string | undefined
  readonly meid: string | undefined
  readonly imeisvSvn: string | undefined
}

export const getManufacturer = (): QmiRequest<string> => text(0x0021, 'get manufacturer')
export const getModel = (): QmiRequest<string> => text(0x0022, 'get model')
export const getRevision = (): QmiRequest<string> => text(0x0023, 'get revision')
export const getHardwareRevision = (): QmiRequest<string> => text(0x002c, 'get hardware revision')
/** Of modems that have no service for SIM cards. */
export const getIccid = (): QmiRequest<string> => text(0x003c, 'get ICCID')
export const getImsi = (): QmiRequest<string> => text(0x0043, 'get IMSI')

function text(message: number, name: string): QmiRequest<string> {
  const read: QmiRequest<string>['read'] = (tlvs) => tlvs.required(0x01, (reader) => reader.text(reader.left))
  return { service: 'dms', message, name, tlvs: [], read }
}

export function getIds(): QmiRequest<DeviceIds> {
  return {
    service: 'dms',
    message: 0x0025,
    name: 'get ids',
    tlvs: [],
    read: (tlvs) => ({
      esn: known(tlvs.text(0x10)),
      imei: known(tlvs.text(0x11)),
      meid: known(tlvs.text(0x12)),
      imeisvSvn: known(tlvs.text(0x13)),
    }),
  }
}

/** Modems say '' or '0' of a number that they do not have. */
function known(id: string | undefined): string | undefined {
  return id === '' || id === '0' ? undefined : id
}

export function getOperatingMode(): QmiRequest<OperatingMode> {
  return {
    service: 'dms',
    message: 0x002d,
    name: 'get operating mode',
    tlvs: [],
    read: (tlvs) => {
      const mode = tlvs.required(0x01, (reader) => reader.u8())
      const reasons = tlvs.u16(0x10) ?? 0
      return {
        mode: MODES[mode] ?? 'unknown',
        offlineReasons: Object.entries(OFFLINE_REASONS).flatMap(([name, bit]) => ((reasons & bit) === 0 ? [] : [name])),
        hardwareRestricted: tlvs.u8(0x11) === 1,
      }
    },
  }
}

export function setOperatingMode(mode: Exclude<OperatingModeName, 'unknown'>): QmiRequest<undefined> {
  return {
    service: 'dms',
    message: 0x002e,
    name: 'set operating mode',
    tlvs: [[0x01, u8(MODES.indexOf(mode))]],
    read: readNothing,
  }
}
