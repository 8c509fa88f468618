/** The step that gives a WireGuard device its key, port, mark and peers. */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { isNetworkError, messageOf, NetworkError } from '../../errors.js'
import type { WireguardDevice, WireguardPeerCommand } from '../../kernel/messages.js'
import type { CallStep, Json, StepContext } from '../plan.js'
import type { Endpoint } from './endpoint.js'
import { decodeKey, encodeKey } from './keys.js'

export interface DevicePeer {
  readonly publicKey: string
  readonly presharedKey?: string | undefined
  readonly presharedKeyFile?: string | undefined
  readonly endpoint?: Endpoint | undefined
  /** 'address/prefixLength'. */
  readonly allowedIps: readonly string[]
  /** 0: off. */
  readonly keepaliveSeconds: number
}

export interface DeviceArgs {
  readonly privateKey?: string | undefined
  readonly privateKeyFile?: string | undefined
  readonly listenPort?: number | undefined
  /** 0: none. */
  readonly fwmark: number
  readonly peers: readonly DevicePeer[]
}

/** A preshared key that is none. */
const NO_KEY = new Uint8Array(32)
/** A file of a key and a line end; a longer one is something else. */
const MAX_KEY_FILE_OCTETS = 100

/** Afterwards the device has these peers and no others; what goes on with a peer that stays is not disturbed. */
export function setDevice(args: DeviceArgs): CallStep {
  return {
    type: 'call',
    name: 'wireguard-device',
    args: JSON.parse(JSON.stringify(args)) as Json,
    replaces: 'wireguard-device',
    run,
  }
}

async function run(args: Json, { kernel, ifname }: StepContext): Promise<void> {
  const { listenPort, fwmark, peers, ...given } = args as unknown as DeviceArgs
  const privateKey = await keyFrom(given.privateKey, given.privateKeyFile, 'privateKey')
  const device = await kernel.wireguardDevice({ ifname })
  const wanted = new Set(peers.map(({ publicKey }) => publicKey))
  const gone = device.peers.filter((peer) => !wanted.has(encodeKey(peer.publicKey)))
  const commands: WireguardPeerCommand[] = gone.map(({ publicKey }) => ({ publicKey, remove: true }))
  for (const [index, peer] of peers.entries()) commands.push(await peerCommand(peer, `peers.${index}`, device))
  const [result] = await kernel.send([
    { type: 'setWireguardDevice', ifname, privateKey, listenPort, fwmark, peers: commands },
  ])
  if (isNetworkError(result)) throw result
}

async function peerCommand(peer: DevicePeer, field: string, device: WireguardDevice): Promise<WireguardPeerCommand> {
  const publicKey = decodeKey(peer.publicKey, `${field}.publicKey`)
  const hasPreshared = peer.presharedKey !== undefined || peer.presharedKeyFile !== undefined
  const { endpoint } = peer
  // Where it is now the device knows best; the watch over the peers moves one that does not answer.
  const known = device.peers.find((one) => encodeKey(one.publicKey) === peer.publicKey)?.endpoint !== undefined
  const placed = endpoint?.literal === true && !known ? { endpoint: place(endpoint) } : {}
  // Before it is known where the peer is, a keepalive would only fail, and be tried again seconds later.
  const reachable = known || endpoint?.literal !== false
  return {
    publicKey,
    presharedKey: hasPreshared
      ? await keyFrom(peer.presharedKey, peer.presharedKeyFile, `${field}.presharedKey`)
      : NO_KEY,
    ...placed,
    ...(reachable ? { keepaliveSeconds: peer.keepaliveSeconds } : {}),
    replaceAllowedIps: true,
    allowedIps: peer.allowedIps,
  }
}

function place({ host, port }: Endpoint): { address: string; port: number } {
  return { address: host, port }
}

/** @throws NetworkError ERR_INVALID_CONFIG that names the field or its file, never what stands there */
async function keyFrom(key: string | undefined, path: string | undefined, field: string): Promise<Uint8Array> {
  if (path === undefined) return decodeKey(key ?? '', field)
  const fileField = `${field}File`
  let text: string
  try {
    text = await keyFile(path)
  } catch (cause) {
    const message = `${fileField}: cannot read the key: ${messageOf(cause)}`
    throw new NetworkError('ERR_INVALID_CONFIG', message, { field: fileField, cause })
  }
  return decodeKey(text.length > MAX_KEY_FILE_OCTETS ? '' : text.trim(), fileField)
}

/** The beginning of a file, and of nothing else: a FIFO would never end, and neither would a device. */
async function keyFile(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${path} is no file`)
    const octets = Buffer.alloc(MAX_KEY_FILE_OCTETS + 1)
    const { bytesRead } = await file.read(octets, 0, octets.length, 0)
    return octets.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
