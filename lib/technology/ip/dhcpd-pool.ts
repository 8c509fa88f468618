/** The pool of a DHCP server: its defaults, and the rules that bind it to the interface's address. Pure. */

import type { DhcpdConfig, DhcpdSection } from '../../config/dhcp-server-schema.js'
import { contains, toSubnet } from '../../config/ip.js'
import { hostRange, ipv4Number, ipv4Text } from '../../config/ipv4-number.js'
import type { Ipv4Config } from '../../config/schema.js'
import { invalidField } from '../../config/validate.js'

/** Used where the interface's subnet is not known. */
const DEFAULT_POOL = { start: '192.168.0.20', end: '192.168.0.254' }
/** The same place in any other subnet: addresses below it are left to hosts with static ones. */
const FIRST_OFFSET = 19
const LAST_OFFSET = 253

type StaticIpv4 = Extract<Ipv4Config, { method: 'static' }>

/** The section with its pool. @throws NetworkError ERR_INVALID_CONFIG with the field */
export function completeDhcpd(dhcpd: DhcpdSection, ipv4: Ipv4Config): DhcpdConfig {
  const subnet = ipv4.method === 'static' ? ipv4 : undefined
  const pool = subnet === undefined ? DEFAULT_POOL : defaultPool(subnet, dhcpd)
  const complete = { ...dhcpd, start: dhcpd.start ?? pool.start, end: dhcpd.end ?? pool.end }
  if (subnet !== undefined) checkSubnet(complete, subnet)
  const { start, end } = complete
  if (ipv4Number(end) < ipv4Number(start)) {
    throw dhcpd.end === undefined
      ? invalidField(['dhcpd', 'start'], `an address not above the pool's end, ${end}`, start)
      : invalidField(['dhcpd', 'end'], `an address not below the pool's start, ${start}`, end)
  }
  if (start === end && start === subnet?.address) {
    throw invalidField(['dhcpd', 'start'], "a pool with more than the interface's own address", start)
  }
  return complete
}

/** From the 20th to the 254th host, cut at the subnet; all of it where it is too small for that, or the given end says so. */
function defaultPool(ipv4: StaticIpv4, given: DhcpdSection): { start: string; end: string } {
  const [first, last] = hostRange(ipv4.address, ipv4.prefixLength)
  const wantedEnd = given.end === undefined ? last : ipv4Number(given.end)
  const start = first + FIRST_OFFSET <= Math.min(last, wantedEnd) ? first + FIRST_OFFSET : first
  const wantedStart = given.start === undefined ? start : ipv4Number(given.start)
  const end = first + LAST_OFFSET <= last && first + LAST_OFFSET >= wantedStart ? first + LAST_OFFSET : last
  return { start: ipv4Text(start), end: ipv4Text(end) }
}

function checkSubnet(dhcpd: DhcpdConfig, ipv4: StaticIpv4): void {
  const { address, prefixLength } = ipv4
  const expected = `the address of a host in ${toSubnet(address, prefixLength)}/${prefixLength}`
  for (const key of ['start', 'end'] as const) {
    if (!isHost(dhcpd[key], ipv4)) throw invalidField(['dhcpd', key], expected, dhcpd[key])
  }
  for (const [index, [, leased]] of (dhcpd.staticLeases ?? []).entries()) {
    if (isHost(leased, ipv4) && leased !== address) continue
    throw invalidField(['dhcpd', 'staticLeases', String(index), '1'], `${expected} other than ${address}`, leased)
  }
}

function isHost(address: string, subnet: StaticIpv4): boolean {
  const [first, last] = hostRange(subnet.address, subnet.prefixLength)
  const value = ipv4Number(address)
  return contains(subnet, address) && value >= first && value <= last
}
