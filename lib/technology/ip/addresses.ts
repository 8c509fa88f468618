/** The steps that give a link its addresses and take them away. Pure. */

import { broadcastAddress, parseAddress } from '../../config/ip.js'
import type { AddressCommand } from '../../kernel/messages.js'
import type { InterfaceAddress, Step } from '../plan.js'

/** rtm_protocol and IFA_PROTO of all that is ours; a type of the kernel's folder cannot be a value here. */
const OUR_PROTOCOL = 183
/** RT_SCOPE_UNIVERSE. */
const UNIVERSE_SCOPE = 0
/** A /31 or /32 has no broadcast address (RFC 3021). */
const LONGEST_BROADCAST_PREFIX = 30

/** Adds them, of either family, or renews them; their subnets get no route but by `setRoutes`. */
export function addAddresses(ifname: string, addresses: readonly InterfaceAddress[]): Step[] {
  return addresses.map(({ address, prefixLength }) => {
    const isIpv4 = parseAddress(address)?.family === 4
    const hasBroadcast = isIpv4 && prefixLength <= LONGEST_BROADCAST_PREFIX
    const command: AddressCommand = {
      type: 'replaceAddress',
      ifname,
      address,
      prefixLength,
      ...(hasBroadcast ? { broadcast: broadcastAddress(address, prefixLength) } : {}),
      // The kernel's IPv6 knows no labels.
      ...(isIpv4 ? { label: ifname } : {}),
      scope: UNIVERSE_SCOPE,
      // Routing puts the route of the prefix itself, with its own metric.
      noPrefixRoute: true,
      protocol: OUR_PROTOCOL,
    }
    return { type: 'kernel', command }
  })
}

/** Last one first: the first address of a subnet takes the others of that subnet along when it is deleted. */
export function deleteAddresses(ifname: string, addresses: readonly InterfaceAddress[]): Step[] {
  return [...addresses].reverse().map(({ address, prefixLength }) => ({
    type: 'kernel',
    command: { type: 'deleteAddress', ifname, address, prefixLength },
  }))
}
