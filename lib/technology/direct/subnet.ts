/** The subnet of a direct connection: both ends can work it out, and two gadgets on one host rarely have the same. */

import { createHash } from 'node:crypto'

export interface DirectSubnet {
  readonly subnet: string
  readonly address: string
  readonly peer: string
}

/** Two hosts, a network and a broadcast address. */
export const PREFIX_LENGTH = 30

/** One of the 16384 subnets of 30 bits in 172.31.0.0/16, chosen by a digest of host and interface name. Deterministic. */
export function directSubnet(hostname: string, ifname: string): DirectSubnet {
  const [third = 0, fourth = 0] = createHash('md5').update(hostname).update(ifname).digest()
  const at = (offset: number): string => `172.31.${third}.${(fourth & 0xfc) + offset}`
  return { subnet: at(0), address: at(1), peer: at(2) }
}
