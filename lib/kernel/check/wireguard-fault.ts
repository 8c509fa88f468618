/** What may be wrong with setWireguardDevice. Keys are secrets: a fault shows their length, never what is in them. */

import type { SetWireguardDevice, WireguardPeerCommand } from '../wireguard.js'
import { boolean, type Check, integer, link, MAX_IFINDEX, MAX_U16, MAX_U32, required, wrong } from './fault.js'
import { familyOf, isPrefix } from './ip-text.js'

const KEY_BYTES = 32
/** The kernel's own limit (MAX_PEERS_PER_DEVICE). */
const MAX_PEERS_COUNT = 1_048_576

export function wireguardFault(command: SetWireguardDevice): Check {
  return (
    link(command, true) ??
    key('privateKey', command.privateKey) ??
    integer('listenPort', command.listenPort, 0, MAX_U16) ??
    integer('fwmark', command.fwmark, 0, MAX_U32) ??
    boolean('replacePeers', command.replacePeers) ??
    peersFault(command.peers)
  )
}

function peersFault(peers: unknown): Check {
  if (peers === undefined) return undefined
  if (!Array.isArray(peers) || peers.length > MAX_PEERS_COUNT) {
    return wrong('peers', `a list of at most ${MAX_PEERS_COUNT}`, Array.isArray(peers) ? peers.length : typeof peers)
  }
  for (const [at, peer] of peers.entries()) {
    const path = `peers.${at}`
    const fault =
      typeof peer === 'object' && peer !== null ? peerFault(peer, path) : wrong(path, 'an object', typeof peer)
    if (fault !== undefined) return fault
  }
  return undefined
}

function peerFault(peer: WireguardPeerCommand, path: string): Check {
  return (
    required(`${path}.publicKey`, peer.publicKey) ??
    key(`${path}.publicKey`, peer.publicKey) ??
    key(`${path}.presharedKey`, peer.presharedKey) ??
    endpointFault(peer, `${path}.endpoint`) ??
    integer(`${path}.keepaliveSeconds`, peer.keepaliveSeconds, 0, MAX_U16) ??
    boolean(`${path}.remove`, peer.remove) ??
    boolean(`${path}.updateOnly`, peer.updateOnly) ??
    boolean(`${path}.replaceAllowedIps`, peer.replaceAllowedIps) ??
    allowedFault(peer.allowedIps, `${path}.allowedIps`)
  )
}

function endpointFault({ endpoint }: WireguardPeerCommand, path: string): Check {
  if (endpoint === undefined) return undefined
  if (typeof endpoint !== 'object' || endpoint === null) return wrong(path, 'an object', typeof endpoint)
  const { address, port, scopeIfindex } = endpoint
  return (
    (familyOf(address) === undefined ? wrong(`${path}.address`, 'an IP address', address) : undefined) ??
    required(`${path}.port`, port) ??
    integer(`${path}.port`, port, 1, MAX_U16) ??
    integer(`${path}.scopeIfindex`, scopeIfindex, 1, MAX_IFINDEX)
  )
}

function allowedFault(allowedIps: unknown, path: string): Check {
  if (allowedIps === undefined) return undefined
  if (!Array.isArray(allowedIps)) return wrong(path, 'a list of prefixes', typeof allowedIps)
  const at = allowedIps.findIndex((each) => !isPrefix(each, 4) && !isPrefix(each, 6))
  return at === -1 ? undefined : wrong(`${path}.${at}`, 'a prefix such as 192.0.2.0/24', allowedIps[at])
}

function key(field: string, value: unknown): Check {
  if (value === undefined || (value instanceof Uint8Array && value.length === KEY_BYTES)) return undefined
  const shown = value instanceof Uint8Array ? `${value.length} octets` : 'no octets'
  return wrong(field, `${KEY_BYTES} octets`, shown)
}
