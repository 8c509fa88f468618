/** The part of a normalized configuration that all IP technologies share. */

import type { Ipv4Config, Ipv6Config } from '../../config/schema.js'

/** What the plan of an IP technology is made from. */
export interface IpConfig {
  readonly ipv4: Ipv4Config
  readonly ipv6?: Ipv6Config | undefined
  readonly hostname?: string | undefined
  readonly mtu?: number | undefined
  readonly metric?: number | undefined
  readonly macAddress?: string | undefined
}

/** The configuration with its defaults: without `ipv4` an interface asks by DHCP. Absent keys stay absent. */
export function withIpDefaults<C extends { readonly type: string; readonly ipv4?: Ipv4Config | undefined }>(
  config: C,
): C & { readonly ipv4: Ipv4Config } {
  return { ...config, ipv4: config.ipv4 ?? { method: 'dhcp' } }
}
