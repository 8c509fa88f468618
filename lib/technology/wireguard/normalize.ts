/** The configuration of a WireGuard interface in its normal form. Pure. */

import { addressBits, parseAddress, parsePrefix, toSubnet } from '../../config/ip.js'
import { isPlainObject, type PlainObject, type PlainValue, toPlain } from '../../config/plain.js'
import { compact } from '../../config/section.js'
import type { NormalizeContext } from '../../config/validate.js'
import { invalidField, validate } from '../../config/validate.js'
import type { InterfaceAddress } from '../plan.js'
import { type GivenPeer, type GivenPrefix, type GivenWireguard, wireguardSchema, withLength } from './schema.js'

export interface WireguardPeerConfig {
  readonly publicKey: string
  readonly presharedKey?: string | undefined
  readonly presharedKeyFile?: string | undefined
  /** As it was given: 'host:port'. */
  readonly endpoint?: string | undefined
  /** Without host bits. */
  readonly allowedIps: readonly InterfaceAddress[]
  /** Seconds; 0: off. */
  readonly persistentKeepalive?: number | undefined
}

export interface WireguardConfig
  extends Pick<
    GivenWireguard,
    | 'privateKey'
    | 'privateKeyFile'
    | 'listenPort'
    | 'fwmark'
    | 'domain'
    | 'mtu'
    | 'metric'
    | 'allowedIpRoutes'
    | 'teardownOnChange'
  > {
  readonly type: 'wireguard'
  readonly addresses: readonly InterfaceAddress[]
  readonly dns?: readonly string[] | undefined
  readonly peers: readonly WireguardPeerConfig[]
}

type Warn = (field: string, text: string) => void

/** Everything goes through the tunnel, as with `wg-quick` and its likes. */
const EVERYTHING: readonly InterfaceAddress[] = [
  { address: '0.0.0.0', prefixLength: 0 },
  { address: '::', prefixLength: 0 },
]

/** @throws NetworkError ERR_INVALID_CONFIG with `field` */
export function normalizeWireguard(config: unknown, context: NormalizeContext = {}): WireguardConfig {
  const warn: Warn = (field, text) => context.onWarning?.(field, text)
  const given = validate(wireguardSchema, withoutUnusable(toPlain(config), warn), context)
  if ((given.privateKey === undefined) === (given.privateKeyFile === undefined)) {
    const expected = 'a key, here or in the file that `privateKeyFile` names, and not in both'
    throw invalidField(['privateKey'], expected, given.privateKey)
  }
  const addresses = given.addresses.map(readPrefix)
  const peers = given.peers.map((peer, index) => normalizePeer(peer, ['peers', String(index)]))
  checkAddresses(addresses)
  checkPeers(peers, warn)
  return compact({
    ...given,
    addresses,
    dns: given.dns?.map((server) => (parsePrefix(server) ?? parseAddress(server))?.address ?? server),
    peers,
  })
}

/**
 * Without what is of no use and no reason to refuse the rest: ports and marks that are no numbers, a list of servers that is
 * none, a keepalive out of its range.
 */
function withoutUnusable(config: PlainValue, warn: Warn): PlainValue {
  if (!isPlainObject(config)) return config
  const { peers } = config
  const kept = without(config, '', warn, {
    fwmark: isInteger,
    listenPort: isInteger,
    dns: Array.isArray,
  })
  if (!Array.isArray(peers)) return kept
  const rules: Rules = {
    persistentKeepalive: (value) => isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_KEEPALIVE_SECONDS,
    presharedKey: (value) => typeof value === 'string' && value !== '',
  }
  const clean = (peer: PlainValue, index: number): PlainValue =>
    isPlainObject(peer) ? without(peer, `peers.${index}.`, warn, rules) : peer
  return { ...kept, peers: peers.map(clean) }
}

type Rules = Readonly<Record<string, (value: PlainValue) => boolean>>

const MAX_KEEPALIVE_SECONDS = 65_535
const isInteger = (value: PlainValue): boolean => Number.isInteger(value)

function without(given: PlainObject, path: string, warn: Warn, rules: Rules): PlainObject {
  const unusable = Object.entries(rules).flatMap(([key, usable]) =>
    given[key] === undefined || usable(given[key]) ? [] : [key],
  )
  for (const key of unusable) warn(`${path}${key}`, `is ${EXPECTED[key]}: it is left out`)
  return Object.fromEntries(Object.entries(given).filter(([key]) => !unusable.includes(key)))
}

const EXPECTED: Readonly<Record<string, string>> = {
  fwmark: 'no integer',
  listenPort: 'no integer',
  dns: 'no list',
  persistentKeepalive: `no integer from 0 to ${MAX_KEEPALIVE_SECONDS}`,
  presharedKey: 'no key',
}

function normalizePeer(given: GivenPeer, path: readonly string[]): WireguardPeerConfig {
  if (given.presharedKey !== undefined && given.presharedKeyFile !== undefined) {
    throw invalidField([...path, 'presharedKeyFile'], 'nothing beside `presharedKey`', given.presharedKeyFile)
  }
  const allowedIps = given.allowedIps?.map(readPrefix).map(subnetOf) ?? EVERYTHING
  return compact({ ...given, allowedIps })
}

/** A text or an object; without a length it is one host. */
function readPrefix(given: GivenPrefix): InterfaceAddress {
  const text = typeof given === 'string' ? given : withLength(given.address, given.prefixLength)
  const prefix = parsePrefix(text)
  if (prefix !== undefined) return { address: prefix.address, prefixLength: prefix.prefixLength }
  const host = parseAddress(text)
  return { address: host?.address ?? text, prefixLength: addressBits(host?.family ?? 4) }
}

function subnetOf({ address, prefixLength }: InterfaceAddress): InterfaceAddress {
  return { address: toSubnet(address, prefixLength), prefixLength }
}

function checkAddresses(addresses: readonly InterfaceAddress[]): void {
  for (const [index, { address, prefixLength }] of addresses.entries()) {
    const path = ['addresses', String(index)]
    if (prefixLength === 0) throw invalidField(path, 'a prefix length of at least 1', `${address}/0`)
    const first = addresses.findIndex((other) => other.address === address)
    if (first < index) throw invalidField(path, 'an address that is not listed before', address)
  }
}

/** To the kernel, a key is one peer, and a prefix belongs to one of them: the last one that it was given to. */
function checkPeers(peers: readonly WireguardPeerConfig[], warn: Warn): void {
  const owners = new Map<string, number>()
  for (const [index, { publicKey, allowedIps }] of peers.entries()) {
    const path = ['peers', String(index)]
    if (peers.findIndex((other) => other.publicKey === publicKey) < index) {
      throw invalidField([...path, 'publicKey'], 'a key that no other peer has', publicKey)
    }
    for (const { address, prefixLength } of allowedIps) {
      const prefix = `${address}/${prefixLength}`
      const owner = owners.get(prefix)
      if (owner !== undefined && owner !== index) {
        warn([...path, 'allowedIps'].join('.'), `${prefix} is taken from peers.${owner}: it can be of one peer only`)
      }
      owners.set(prefix, index)
    }
  }
}
