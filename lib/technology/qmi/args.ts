/** What the part of a modem is started with. */

import { NetworkError } from '../../errors.js'
import type { Json } from '../plan.js'
import type { RadioTechnology } from './codec/nas.js'
import type { ServiceProvider } from './normalize.js'

export interface ModemArgs {
  /** The control channel. */
  readonly device: string
  readonly serviceProviders: readonly ServiceProvider[]
  /** Empty: all. */
  readonly onlyRadioTechnologies: readonly RadioTechnology[]
  readonly pin?: string | undefined
  /** The configuration's own MTU; absent: the modem's. */
  readonly mtu?: number | undefined
  readonly metric?: number | undefined
  /** A DHCP client of the plan brings the IPv4 address. */
  readonly dhcp: boolean
  /** The plan that has one. */
  readonly dhcpPlan: string
}

/** The args of a plan are what planQmi has made. */
export function readModemArgs(args: Json): ModemArgs {
  const given = args as unknown as Partial<ModemArgs> | null
  if (typeof given?.device !== 'string' || !Array.isArray(given.serviceProviders)) {
    const message = 'the part modem needs device and serviceProviders'
    throw new NetworkError('ERR_INVALID_CONFIG', message, { field: 'args' })
  }
  return given as ModemArgs
}
