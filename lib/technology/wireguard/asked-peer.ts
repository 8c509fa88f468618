/** One peer whose endpoint is configured: where it is, and how it is made to answer. */

import { contains, parseAddress, parsePrefix } from '../../config/ip.js'
import { isNetworkError, messageOf } from '../../errors.js'
import type {
  SetWireguardDevice,
  WireguardEndpointCommand,
  WireguardPeer,
  WireguardPeerCommand,
} from '../../kernel/messages.js'
import type { PartContext } from '../plan.js'
import { type Endpoint, formatEndpoint } from './endpoint.js'
import { decodeKey } from './keys.js'
import { ASK_AGAIN_MS, isSilent, mustAsk } from './peer-logic.js'

export interface AskedPeerOptions {
  readonly publicKey: string
  readonly endpoint: Endpoint
  /** 0: off. */
  readonly keepaliveSeconds: number
  /** Prefixes that main sends into the tunnel: what lies there cannot be the tunnel's far end. */
  readonly forbidden: readonly string[]
  readonly context: PartContext
  /** Something about it has changed that others are to see. */
  readonly onChange: () => void
}

/** A name that could not be resolved is asked for again after this, and twice this, up to ASK_AGAIN_MS. */
const FIRST_RETRY_MS = 5_000
/** A name holds at least, and at most, so long, whatever its servers say. */
const MIN_NAME_MS = 60_000
const MAX_NAME_MS = 3_600_000
/** The kernel sends a keepalive at once when one is switched on, and makes a handshake for that where it has no keys. */
const NUDGE_SECONDS = 25

export class AskedPeer {
  readonly #options: AskedPeerOptions
  /** Of the host; a literal one is its own address. */
  #addresses: readonly string[]
  /** Which of them is tried. */
  #tried = 0
  /** What the device has, as far as is known here. */
  #current: string | undefined
  #askAtMs = 0
  #lookUpAtMs = 0
  #retryMs = FIRST_RETRY_MS
  #begun = false
  #busy = false
  #problem: string | undefined
  #askedAtMs: number | undefined

  constructor(options: AskedPeerOptions) {
    this.#options = options
    this.#addresses = options.endpoint.literal ? [options.endpoint.host] : []
  }

  /** Why it cannot be asked; undefined: it can. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** When it was asked last, by the monotonic clock. */
  get askedAtMs(): number | undefined {
    return this.#askedAtMs
  }

  /** The age of its last handshake and where it was heard, at every look: asks where that is due. */
  look(age: number | undefined, device: WireguardPeer['endpoint']): void {
    if (this.#busy) return
    const nowMs = this.#options.context.clock.nowMs()
    const first = !this.#begun
    this.#begun = true
    this.#current ??= device?.address
    if (mustAsk(age)) {
      if (nowMs < this.#askAtMs) return
      this.#askAtMs = nowMs + ASK_AGAIN_MS
      // Its keys are over for want of talk: it is where it was, as far as anybody knows.
      if (!isSilent(age) && device !== undefined) this.#run(() => this.#send(undefined))
      else this.#run(() => this.#seek())
    } else if (this.#options.endpoint.literal) {
      // One that has wandered off while it answered stays where it is; only another configuration calls it back.
      const [address] = this.#addresses
      const moved = device?.address !== address || device?.port !== this.#options.endpoint.port
      if (first && moved) this.#run(() => this.#place())
    } else if (nowMs >= this.#lookUpAtMs) this.#run(() => this.#follow())
  }

  /** The way out of the machine is another one: the kernel must not hold on to the old one. */
  wayChanged(): void {
    this.#askAtMs = 0
    if (this.#busy || !this.#begun) return
    if (this.#addresses.length > 0 && this.#current !== undefined) this.#run(() => this.#place())
  }

  #run(work: () => Promise<void>): void {
    this.#busy = true
    work()
      .catch((thrown: unknown) => this.#failed(messageOf(thrown)))
      .finally(() => {
        this.#busy = false
      })
  }

  /** It does not answer: looks its name up, tries the next of its addresses, and makes the kernel ask. */
  async #seek(): Promise<void> {
    await this.#lookUp()
    if (this.#askedAtMs !== undefined) this.#tried += 1
    await this.#place()
  }

  /** It answers: moves to where its name leads now. */
  async #follow(): Promise<void> {
    await this.#lookUp()
    const current = this.#current
    if (current !== undefined && this.#addresses.includes(current)) return this.#tell(undefined)
    this.#tried = 0
    await this.#place()
  }

  async #lookUp(): Promise<void> {
    const { endpoint, context } = this.#options
    if (endpoint.literal) return
    // However that ends: not at every look.
    this.#lookUpAtMs = context.clock.nowMs() + MIN_NAME_MS
    const { addresses, ttlMs } = await context.resolveOutside(endpoint.host)
    this.#addresses = addresses
    this.#lookUpAtMs = context.clock.nowMs() + Math.min(Math.max(ttlMs, MIN_NAME_MS), MAX_NAME_MS)
    this.#retryMs = FIRST_RETRY_MS
  }

  async #place(): Promise<void> {
    const { endpoint, forbidden } = this.#options
    const address = this.#addresses[this.#tried % this.#addresses.length]
    if (address === undefined) return
    const inside = forbidden.find((prefix) => prefixHolds(prefix, address))
    if (inside !== undefined) {
      const where = address === endpoint.host ? endpoint.host : `${endpoint.host} (${address})`
      return this.#tell(`${where} lies in ${inside}, which goes through the tunnel: it cannot be its far end`)
    }
    await this.#send({ address, port: endpoint.port })
    this.#current = address
  }

  /** @throws NetworkError as the kernel refuses */
  async #send(endpoint: WireguardEndpointCommand | undefined): Promise<void> {
    const { context } = this.#options
    const results = await context.kernel.send(this.#commands(endpoint))
    const refused = results.find((result) => isNetworkError(result))
    if (refused !== undefined) throw refused
    this.#askedAtMs = context.clock.nowMs()
    this.#tell(undefined)
  }

  /** An endpoint, even the same, makes the kernel choose its way anew; the keepalive that is switched on is sent at once. */
  #commands(endpoint: WireguardEndpointCommand | undefined): SetWireguardDevice[] {
    const { publicKey, keepaliveSeconds, context } = this.#options
    const known = { publicKey: decodeKey(publicKey, 'publicKey'), updateOnly: true }
    const set = (change: Partial<WireguardPeerCommand>): SetWireguardDevice => ({
      type: 'setWireguardDevice',
      ifname: context.ifname,
      peers: [{ ...known, ...change }],
    })
    return [
      set({ endpoint, keepaliveSeconds: 0 }),
      set({ keepaliveSeconds: keepaliveSeconds || NUDGE_SECONDS }),
      ...(keepaliveSeconds === 0 ? [set({ keepaliveSeconds })] : []),
    ]
  }

  #failed(text: string): void {
    const { endpoint, context } = this.#options
    if (context.signal.aborted) return
    this.#askAtMs = Math.min(this.#askAtMs, context.clock.nowMs() + this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, ASK_AGAIN_MS)
    this.#tell(endpoint.literal ? `${formatEndpoint(endpoint.host, endpoint.port)}: ${text}` : text)
  }

  #tell(problem: string | undefined): void {
    this.#problem = problem
    this.#options.onChange()
  }
}

function prefixHolds(text: string, address: string): boolean {
  const prefix = parsePrefix(text)
  return prefix !== undefined && parseAddress(address)?.family === prefix.family && contains(prefix, address)
}
