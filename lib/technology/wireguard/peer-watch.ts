/**
 * The part of a WireGuard plan that watches the peers: keeps their endpoints, judges the connection by their handshakes, and
 * publishes what the device tells while somebody looks on.
 */

import type { Timer } from '../../base/clock.js'
import { messageOf } from '../../errors.js'
import type { WireguardDevice, WireguardPeer } from '../../kernel/messages.js'
import type { Connection, Json, PartContext } from '../plan.js'
import { AskedPeer } from './asked-peer.js'
import { type Endpoint, formatEndpoint } from './endpoint.js'
import { encodeKey } from './keys.js'
import {
  ANSWER_LIMIT_MS,
  ageOf,
  type Handshake,
  isSilent,
  NO_HANDSHAKE,
  nextLookMs,
  noteHandshake,
} from './peer-logic.js'

export interface WatchedPeer {
  readonly publicKey: string
  readonly endpoint?: Endpoint | undefined
  /** 0: off. */
  readonly keepaliveSeconds: number
}

export interface PeerWatchArgs {
  readonly peers: readonly WatchedPeer[]
  /** Prefixes that main sends into the tunnel: no peer can be reached there. */
  readonly forbidden: readonly string[]
}

/** One entry of the property `wireguard/peers`. */
export interface PeerProperty {
  readonly publicKey: string
  /** 'address:port' where it was heard last, or is looked for. */
  readonly endpoint?: string
  /** Of the last handshake, in whole seconds. */
  readonly handshakeAgeSeconds?: number
  readonly rxBytes: number
  readonly txBytes: number
}

interface Peer extends WatchedPeer {
  readonly asked: AskedPeer | undefined
  handshake: Handshake
}

const PROPERTY = 'wireguard'
/** More would make a reason that nobody reads. */
const MAX_PROBLEM_COUNT = 3
/** Enough to tell peers apart. */
const LABEL_CHARS = 8

/** `args` are PeerWatchArgs. Resolves when the device has been read once. */
export async function startPeerWatch(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const watch = new PeerWatch(args as unknown as PeerWatchArgs, context)
  await watch.start()
  return watch
}

class PeerWatch implements AsyncDisposable {
  readonly #context: PartContext
  readonly #peers: readonly Peer[]
  readonly #beganMs: number
  #device: WireguardDevice | undefined
  #connection: Connection = 'disconnected'
  #lastLookMs: number | undefined
  #watched = false
  /** The interfaces by which the peers may be reached, as text; undefined before it is known. */
  #ways: string | undefined
  #timer: Timer | undefined
  #looking = false
  #ended = false

  constructor({ peers, forbidden }: PeerWatchArgs, context: PartContext) {
    this.#context = context
    this.#beganMs = context.clock.nowMs()
    const onChange = (): void => this.#tellProblems()
    this.#peers = peers.map((peer) => {
      const { endpoint } = peer
      const asked =
        endpoint === undefined ? undefined : new AskedPeer({ ...peer, endpoint, forbidden, context, onChange })
      return { ...peer, asked, handshake: NO_HANDSHAKE }
    })
  }

  async start(): Promise<void> {
    const { watched, observe, setConnection } = this.#context
    setConnection('disconnected', 'no handshake yet')
    watched([PROPERTY], (isWatched) => this.#setWatched(isWatched))
    observe(['available_interfaces'], (value) => this.#waysAre(value))
    await this.#look()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#timer?.cancel()
    for (const name of ['public_key', 'listen_port', 'peers']) this.#context.delete([PROPERTY, name])
  }

  #setWatched(watched: boolean): void {
    if (watched === this.#watched || this.#ended) return
    this.#watched = watched
    if (!watched) this.#context.delete([PROPERTY, 'peers'])
    else if (this.#device !== undefined) this.#lookNow()
  }

  #waysAre(value: unknown): void {
    const { ifname } = this.#context
    const ways = Array.isArray(value) ? value.filter((one) => one !== ifname).join(' ') : ''
    const changed = this.#ways !== undefined && this.#ways !== ways
    this.#ways = ways
    if (!changed || this.#ended || ways === '') return
    for (const { asked } of this.#peers) asked?.wayChanged()
    this.#lookNow()
  }

  #lookNow(): void {
    this.#look().catch((thrown: unknown) => this.#context.logger.error({}, `watching peers: ${messageOf(thrown)}`))
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#ended) return
    this.#looking = true
    this.#timer?.cancel()
    const { kernel, ifname, logger } = this.#context
    try {
      const device = await kernel.wireguardDevice({ ifname })
      if (!this.#ended) this.#take(device)
    } catch (thrown) {
      // The link is gone, or on its way: whoever made it makes it again.
      logger.debug({ ifname }, `reading the peers: ${messageOf(thrown)}`)
    }
    this.#looking = false
    if (!this.#ended) this.#schedule()
  }

  #take(device: WireguardDevice): void {
    const { clock } = this.#context
    const now = { nowMs: clock.nowMs(), wallMs: clock.wallMs(), lastLookMs: this.#lastLookMs }
    const held = new Map(device.peers.map((peer) => [encodeKey(peer.publicKey), peer]))
    this.#device = device
    this.#lastLookMs = now.nowMs
    for (const peer of this.#peers) {
      const found = held.get(peer.publicKey)
      peer.handshake = noteHandshake(peer.handshake, found?.lastHandshakeMs, now)
      peer.asked?.look(ageOf(peer.handshake, now.nowMs), found?.endpoint)
    }
    this.#judge(now.nowMs)
    this.#publish(device, held, now.nowMs)
    this.#tellProblems()
  }

  #judge(nowMs: number): void {
    const alive = this.#peers.find(({ handshake }) => !isSilent(ageOf(handshake, nowMs)))
    const connection = alive === undefined ? 'disconnected' : 'lan'
    if (connection === this.#connection) return
    this.#connection = connection
    this.#context.setConnection(
      connection,
      alive === undefined ? 'no peer answers any more' : `handshake with ${labelOf(alive)}`,
    )
  }

  #publish(device: WireguardDevice, held: ReadonlyMap<string, WireguardPeer>, nowMs: number): void {
    const { put } = this.#context
    if (device.publicKey !== undefined) put([PROPERTY, 'public_key'], encodeKey(device.publicKey))
    put([PROPERTY, 'listen_port'], device.listenPort)
    if (!this.#watched) return
    const entries = this.#peers.flatMap(({ publicKey, handshake }): PeerProperty[] => {
      const found = held.get(publicKey)
      if (found === undefined) return []
      const { endpoint, rxBytes, txBytes } = found
      const age = ageOf(handshake, nowMs)
      const place = endpoint === undefined ? {} : { endpoint: formatEndpoint(endpoint.address, endpoint.port) }
      const handshakeAge = age === undefined ? {} : { handshakeAgeSeconds: Math.floor(age / 1_000) }
      return [{ publicKey, ...place, ...handshakeAge, rxBytes, txBytes }]
    })
    put([PROPERTY, 'peers'], entries)
  }

  /** Of peers that are to be reached: one without an endpoint comes by itself, or does not. */
  #tellProblems(): void {
    if (this.#ended) return
    const nowMs = this.#context.clock.nowMs()
    const early = nowMs - this.#beganMs < ANSWER_LIMIT_MS
    const problems = this.#peers.flatMap((peer) => {
      if (peer.asked === undefined || peer.endpoint === undefined) return []
      if (peer.asked.problem !== undefined) return [peer.asked.problem]
      if (early || !isSilent(ageOf(peer.handshake, nowMs))) return []
      return [`${labelOf(peer)} at ${formatEndpoint(peer.endpoint.host, peer.endpoint.port)} does not answer`]
    })
    const more = problems.length - MAX_PROBLEM_COUNT
    const shown = [...problems.slice(0, MAX_PROBLEM_COUNT), ...(more > 0 ? [`and ${more} more`] : [])]
    this.#context.setProblem(shown.length === 0 ? undefined : shown.join('; '))
  }

  #schedule(): void {
    const { clock } = this.#context
    const nowMs = clock.nowMs()
    const asked = this.#peers.flatMap((peer) => peer.asked?.askedAtMs ?? [])
    const delayMs = nextLookMs({
      ages: this.#peers.map(({ handshake }) => ageOf(handshake, nowMs)),
      sinceAskedMs: nowMs - Math.max(this.#beganMs, ...asked),
      watched: this.#watched,
    })
    this.#timer?.cancel()
    this.#timer = clock.setTimer(delayMs, () => this.#lookNow())
  }
}

function labelOf({ publicKey }: WatchedPeer): string {
  return `peer ${publicKey.slice(0, LABEL_CHARS)}…`
}
