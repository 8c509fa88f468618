/** The kernel's own failover, as commands for one link. */

import type { SetSysctl } from '../kernel/messages.js'

/**
 * Has the kernel pass over the link's routes from the moment it knows that the carrier is gone, before any program runs (Linux
 * 4.2, IPv6 4.4). Refused where /proc/sys/net is read-only, as in many containers, or without that family.
 */
export function ignoreDeadRoutes(ifname: string): SetSysctl[] {
  return ['ipv4', 'ipv6'].map((family) => ({
    type: 'setSysctl',
    path: [family, 'conf', ifname, 'ignore_routes_with_linkdown'],
    value: '1',
  }))
}
