/** A fake kernel's rules for WireGuard devices: what is set can be read back. No tunnel carries anything. */

import { createPrivateKey, createPublicKey } from 'node:crypto'
import type {
  SetWireguardDevice,
  WireguardAllowedIp,
  WireguardDevice,
  WireguardPeer,
  WireguardPeerCommand,
} from '../kernel/messages.js'
import { canonical, networkOf } from './fake-prefix.js'
import { type FakeLink, type FakeState, type Refusal, refuse } from './fake-state.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** PKCS #8 around the 32 octets of an X25519 key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')
const KEY_BYTES = 32

/** The device of a link, if it is one of WireGuard. */
export function readWireguard(state: FakeState, ifindex: number): WireguardDevice | Refusal {
  const entry = state.links.get(ifindex)
  if (entry === undefined) return refuse('ENODEV', 'wireguardDevice')
  return entry.link.kind === 'wireguard' ? deviceOf(entry) : refuse('EOPNOTSUPP', 'wireguardDevice')
}

/** What happens to a peer on the wire. */
export type HeardPeer = Partial<Pick<WireguardPeer, 'lastHandshakeMs' | 'rxBytes' | 'txBytes' | 'endpoint'>>

/** A peer is heard: its handshake, its packets, from wherever they come. */
export function hearPeer(entry: FakeLink, publicKey: Uint8Array, heard: HeardPeer): void {
  const device = deviceOf(entry)
  if (!device.peers.some((peer) => text(peer.publicKey) === text(publicKey))) {
    throw new Error(`${device.ifname} has no such peer`)
  }
  const peers = device.peers.map((peer) => (text(peer.publicKey) === text(publicKey) ? { ...peer, ...heard } : peer))
  entry.wireguard = { ...device, peers }
}

/** Executes setWireguardDevice. */
export function setWireguard(state: FakeState, command: SetWireguardDevice): Refusal {
  const entry = state.links.get(command.ifindex ?? 0)
  if (entry === undefined) return refuse('ENODEV', command.type)
  if (entry.link.kind !== 'wireguard') return refuse('EOPNOTSUPP', command.type)
  const before = deviceOf(entry)
  const keys = command.privateKey === undefined ? keysOf(before) : keyPair(command.privateKey)
  const peers = new Map((command.replacePeers === true ? [] : before.peers).map((peer) => [text(peer.publicKey), peer]))
  for (const peer of command.peers ?? []) setPeer(peers, peer, keys.publicKey)
  entry.wireguard = {
    ifindex: before.ifindex,
    ifname: before.ifname,
    ...keys,
    listenPort: command.listenPort ?? before.listenPort,
    fwmark: command.fwmark ?? before.fwmark,
    peers: [...peers.values()],
  }
  return undefined
}

function deviceOf({ link, wireguard }: FakeLink): WireguardDevice {
  const { ifindex, ifname } = link
  return { listenPort: 0, fwmark: 0, peers: [], ...wireguard, ifindex, ifname }
}

type Keys = Pick<WireguardDevice, 'privateKey' | 'publicKey'>

function keysOf({ privateKey, publicKey }: WireguardDevice): Keys {
  return { ...(privateKey === undefined ? {} : { privateKey }), ...(publicKey === undefined ? {} : { publicKey }) }
}

/** Clamped as the kernel does (curve25519_clamp_secret); zeros are no key. */
function keyPair(given: Uint8Array): Keys {
  if (given.every((octet) => octet === 0)) return {}
  const privateKey = Uint8Array.from(given)
  privateKey[0] = (given[0] ?? 0) & 248
  privateKey[31] = ((given[31] ?? 0) & 127) | 64
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, privateKey]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' })
  return { privateKey, publicKey: Uint8Array.from(spki.subarray(spki.length - KEY_BYTES)) }
}

function setPeer(peers: Map<string, WireguardPeer>, command: WireguardPeerCommand, own: Uint8Array | undefined): void {
  const key = text(command.publicKey)
  // The kernel passes over a device as its own peer.
  if (own !== undefined && text(own) === key) return
  const held = peers.get(key)
  if (command.remove === true) return void peers.delete(key)
  if (held === undefined && command.updateOnly === true) return
  const peer: Mutable<WireguardPeer> = held === undefined ? newPeer(command.publicKey) : { ...held }
  if (command.presharedKey !== undefined) {
    delete peer.presharedKey
    if (command.presharedKey.some((octet) => octet !== 0)) peer.presharedKey = Uint8Array.from(command.presharedKey)
  }
  if (command.endpoint !== undefined) {
    const { address, port, scopeIfindex } = command.endpoint
    peer.endpoint = { address: canonical(address), port, ...(scopeIfindex === undefined ? {} : { scopeIfindex }) }
  }
  if (command.keepaliveSeconds !== undefined) peer.keepaliveSeconds = command.keepaliveSeconds
  const given = (command.allowedIps ?? []).map(allowedIp)
  const kept = command.replaceAllowedIps === true ? [] : peer.allowedIps.filter((each) => !holds(given, each))
  peer.allowedIps = [...kept, ...given]
  peers.set(key, peer)
  // An allowed IP belongs to one peer.
  for (const [other, { allowedIps }] of peers) {
    if (other === key || !allowedIps.some((each) => holds(given, each))) continue
    peers.set(other, {
      ...(peers.get(other) as WireguardPeer),
      allowedIps: allowedIps.filter((each) => !holds(given, each)),
    })
  }
}

function newPeer(publicKey: Uint8Array): WireguardPeer {
  const counters = { keepaliveSeconds: 0, rxBytes: 0, txBytes: 0 }
  return { publicKey: Uint8Array.from(publicKey), ...counters, allowedIps: [], protocolVersion: 1 }
}

function allowedIp(prefix: string): WireguardAllowedIp {
  const [address = '', length = ''] = prefix.split('/')
  return { address: networkOf(address, Number(length)), prefixLength: Number(length) }
}

const holds = (list: readonly WireguardAllowedIp[], wanted: WireguardAllowedIp): boolean =>
  list.some(({ address, prefixLength }) => address === wanted.address && prefixLength === wanted.prefixLength)

const text = (key: Uint8Array): string => Buffer.from(key).toString('base64')
