/** The part of a normalized configuration that all IP technologies share. */

import type { DhcpdConfig, DhcpdSection, DnsdConfig } from '../../config/dhcp-server-schema.js'
import type { Ipv4Config, Ipv6Config } from '../../config/schema.js'
import { compact } from '../../config/section.js'
import { completeDhcpd } from './dhcpd-pool.js'

/** What the plan of an IP technology is made from. */
export interface IpConfig {
  readonly ipv4: Ipv4Config
  readonly ipv6?: Ipv6Config | undefined
  readonly hostname?: string | undefined
  readonly mtu?: number | undefined
  readonly metric?: number | undefined
  readonly macAddress?: string | undefined
  readonly dhcpd?: DhcpdConfig | undefined
  readonly dnsd?: DnsdConfig | undefined
  /** Every change of the configuration undoes everything first. */
  readonly teardownOnChange?: boolean | undefined
}

interface IpInput {
  readonly type: string
  readonly ipv4?: Ipv4Config | undefined
  readonly dhcpd?: DhcpdSection | undefined
  readonly dnsd?: DnsdConfig | undefined
}

/**
 * The configuration with its defaults: without `ipv4` an interface asks by DHCP; a DHCP server gets its pool; a DNS server,
 * which needs an address of its own, is dropped where that is not static. Absent keys stay absent.
 * @throws NetworkError ERR_INVALID_CONFIG where the pool does not fit the address
 */
export function withIpDefaults<C extends IpInput>(config: C) {
  const { dhcpd, dnsd, ...rest } = config
  const ipv4: Ipv4Config = config.ipv4 ?? { method: 'dhcp' }
  return compact({
    ...rest,
    ipv4,
    dhcpd: dhcpd === undefined ? undefined : completeDhcpd(dhcpd, ipv4),
    dnsd: ipv4.method === 'static' ? dnsd : undefined,
  })
}
