/** The configuration of a modem in its normal form. Pure. */

import type { Ipv4Config, Ipv6Config } from '../../config/schema.js'
import { compact } from '../../config/section.js'
import type { NormalizeContext } from '../../config/validate.js'
import { invalidField, validate } from '../../config/validate.js'
import type { RadioTechnology } from './codec/nas.js'
import type { Authentication } from './codec/wds.js'
import { type GivenProvider, qmiSchema } from './schema.js'

export interface ServiceProvider extends GivenProvider {
  readonly authentication?: Authentication | undefined
}

export interface QmiConfig {
  readonly type: 'qmi'
  /** At least one. */
  readonly serviceProviders: readonly ServiceProvider[]
  readonly onlyRadioTechnologies?: readonly RadioTechnology[] | undefined
  readonly pin?: string | undefined
  /** The control channel; absent: /dev/cdc-wdmN of wwanN. */
  readonly device?: string | undefined
  /** Absent: addresses are those that the modem tells. */
  readonly ipv4?: Extract<Ipv4Config, { method: 'dhcp' }> | undefined
  readonly ipv6?: Ipv6Config | undefined
  readonly hostname?: string | undefined
  readonly mtu?: number | undefined
  readonly metric?: number | undefined
  readonly teardownOnChange?: boolean | undefined
}

/** @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function normalizeQmi(config: unknown, context: NormalizeContext = {}): QmiConfig {
  const { qmi, ipv4, ...rest } = validate(qmiSchema, config, context)
  const merged = { ...qmi, ...rest }
  const { serviceProviders } = merged
  if (serviceProviders === undefined) {
    throw invalidField(['serviceProviders'], "a list of service providers: [{ apn: 'internet' }]", undefined)
  }
  for (const [index, provider] of serviceProviders.entries()) checkProvider(provider, index)
  if (ipv4 !== undefined && ipv4.method !== 'dhcp') {
    context.onWarning?.('ipv4', `a modem tells its addresses, or its DHCP server does: ${ipv4.method} is left out`)
  }
  const { onlyRadioTechnologies } = merged
  return compact({
    ...merged,
    serviceProviders,
    // None at all stands for all of them.
    onlyRadioTechnologies: onlyRadioTechnologies?.length === 0 ? undefined : onlyRadioTechnologies,
    ipv4: ipv4?.method === 'dhcp' ? ipv4 : undefined,
  })
}

function checkProvider({ username, password, authentication }: GivenProvider, index: number): void {
  if (username !== undefined || password === undefined) return
  const path = ['serviceProviders', String(index), 'username']
  if (authentication !== 'none') throw invalidField(path, 'a user name beside the password', undefined)
}
