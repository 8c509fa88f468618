/**
 * WireGuard devices as the engine reads and sets them (generic netlink family "wireguard").
 * Hand-kept beside native/engine/fields/genl.hh. Keys are 32 octets; private and preshared keys are secrets: they belong
 * into no log, no property and no error.
 */

import type { LinkReference } from './commands.js'

/** A prefix that a peer may send from and is sent to. */
export interface WireguardAllowedIp {
  readonly address: string
  readonly prefixLength: number
}

/** Where a peer was last heard, or is to be reached. */
export interface WireguardEndpoint {
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
  /** ifindex of the link that a link-local IPv6 address belongs to. */
  readonly scopeIfindex?: number
}

export interface WireguardPeer {
  readonly publicKey: Uint8Array
  readonly presharedKey?: Uint8Array
  readonly endpoint?: WireguardEndpoint
  /** 0: off. */
  readonly keepaliveSeconds: number
  /** Milliseconds since 1970 by the wall clock; absent before the first handshake. */
  readonly lastHandshakeMs?: number
  readonly rxBytes: number
  readonly txBytes: number
  readonly allowedIps: readonly WireguardAllowedIp[]
  readonly protocolVersion: number
}

export interface WireguardDevice {
  readonly ifindex: number
  readonly ifname: string
  /** Only for who may configure the device, and only where one is set. */
  readonly privateKey?: Uint8Array
  readonly publicKey?: Uint8Array
  readonly listenPort: number
  /** Mark of the packets that carry the tunnel; 0: none. */
  readonly fwmark: number
  readonly peers: readonly WireguardPeer[]
}

export interface WireguardEndpointCommand {
  readonly address: string
  readonly port: number
  readonly scopeIfindex?: number | undefined
}

export interface WireguardPeerCommand {
  readonly publicKey: Uint8Array
  /** 32 zeros take it away. */
  readonly presharedKey?: Uint8Array | undefined
  readonly endpoint?: WireguardEndpointCommand | undefined
  /** 0 switches it off. */
  readonly keepaliveSeconds?: number | undefined
  /** Takes the peer away. */
  readonly remove?: boolean | undefined
  /** Nothing happens where the device has no such peer. */
  readonly updateOnly?: boolean | undefined
  /** The peer has these allowed IPs and no others afterwards. */
  readonly replaceAllowedIps?: boolean | undefined
  /** 'address/prefixLength'. */
  readonly allowedIps?: readonly string[] | undefined
}

/**
 * Sets what is given and lets the rest be. Many peers take several requests, which are no transaction: where the kernel
 * refuses one, those before it have been obeyed.
 */
export interface SetWireguardDevice extends LinkReference {
  readonly type: 'setWireguardDevice'
  /** 32 octets, which the kernel clamps; 32 zeros take it away. */
  readonly privateKey?: Uint8Array | undefined
  /** 0 lets the kernel choose. */
  readonly listenPort?: number | undefined
  /** 0 takes it away. */
  readonly fwmark?: number | undefined
  /** The device has these peers and no others afterwards. */
  readonly replacePeers?: boolean | undefined
  readonly peers?: readonly WireguardPeerCommand[] | undefined
}

/** Puts a device together that comes in pieces: a peer may go on in the next piece, with more of its allowed IPs. */
export function wholeDevice(pieces: readonly WireguardDevice[]): WireguardDevice {
  const [first, ...others] = pieces
  if (first === undefined) throw new TypeError('the engine listed no device')
  if (others.length === 0) return first
  const peers = [...first.peers]
  for (const piece of others) {
    const [head, ...rest] = piece.peers
    const last = peers.at(-1)
    if (head === undefined) continue
    const goesOn = last !== undefined && Buffer.compare(last.publicKey, head.publicKey) === 0
    if (goesOn) peers[peers.length - 1] = { ...last, allowedIps: [...last.allowedIps, ...head.allowedIps] }
    else peers.push(head)
    peers.push(...rest)
  }
  return { ...first, peers }
}
