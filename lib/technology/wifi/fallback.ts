/**
 * An access point while no network can be reached: the part of the client's plan that gives up after a while, and the part
 * of the access point's plan that looks for the networks. Attempts that led nowhere are counted from plan to plan, so that
 * a wrong passphrase does not make the interface change sides for ever at the same pace.
 */

import { constants } from 'node:os'
import type { Timer } from '../../base/clock.js'
import { isNetworkError, messageOf } from '../../errors.js'
import type { Json, PartContext } from '../plan.js'

/** Property below the interface: 'client' or 'access-point', where there is a fallback. */
const ROLE = ['wifi', 'role']
const { EOPNOTSUPP } = constants.errno
/** Above that an absent network is looked for no less often. */
const MAX_SEARCH_INTERVAL_MS = 600_000

export interface ClientWatchArgs {
  readonly afterMs: number
  /** Name of the plan that takes over. */
  readonly plan: string
}

interface NetworkSearchArgs {
  readonly searchIntervalMs: number
  /** Names of the networks, as hexadecimal octets. */
  readonly ssids: readonly string[]
  /** Those that answer only when they are called. */
  readonly hidden: readonly string[]
}

/** Asks for the access point when there was no connection for `afterMs`. */
export async function startClientWatch(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { afterMs, plan } = args as unknown as ClientWatchArgs
  const { ifname, clock, logger } = context
  let failures = failuresOf(context.note)
  let timer: Timer | undefined
  let moving = false
  const giveUp = (): void => {
    moving = true
    logger.info({ ifname }, `no network was reached for ${afterMs} ms: the access point takes over`)
    context.takePlan(plan, { failures: failures + 1 })
  }
  context.put(ROLE, 'client')
  const observed = context.observe(['interface', ifname, 'wifi', 'current_ap'], (accessPoint) => {
    if (accessPoint === undefined || accessPoint === null) {
      timer ??= clock.setTimer(afterMs, giveUp)
      return
    }
    if (failures > 0) context.leaveNote({ failures: 0 })
    failures = 0
    timer?.cancel()
    timer = undefined
  })
  return {
    [Symbol.asyncDispose]: async () => {
      observed.unsubscribe()
      timer?.cancel()
      if (!moving) context.delete(ROLE)
    },
  }
}

/** Looks for the networks while no station is connected, and gives the radio back to the client when one is there. */
export async function startNetworkSearch(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const search = new NetworkSearch(args as unknown as NetworkSearchArgs, context)
  search.start()
  return search
}

class NetworkSearch implements AsyncDisposable {
  readonly #args: NetworkSearchArgs
  readonly #context: PartContext
  readonly #failures: number
  #clientCount = 0
  /** The role does not end, it changes. */
  #moving = false
  #round = 0
  #timer: Timer | undefined
  #searching: Promise<void> = Promise.resolve()
  readonly #ends: (() => void)[] = []

  constructor(args: NetworkSearchArgs, context: PartContext) {
    this.#args = args
    this.#context = context
    this.#failures = failuresOf(context.note)
  }

  start(): void {
    const { ifname, put, observe } = this.#context
    put(ROLE, 'access-point')
    const clients = observe(['interface', ifname, 'wifi', 'clients'], (value) => {
      this.#clientCount = Array.isArray(value) ? value.length : 0
    })
    this.#ends.push(() => clients.unsubscribe())
    this.#wait()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end()
    this.#timer?.cancel()
    await this.#searching
    if (!this.#moving) this.#context.delete(ROLE)
  }

  /** The first time at the given pace; each attempt that led nowhere doubles it. */
  #wait(): void {
    const { searchIntervalMs } = this.#args
    const longest = Math.max(searchIntervalMs, MAX_SEARCH_INTERVAL_MS)
    const delayMs = Math.min(searchIntervalMs * 2 ** Math.max(0, this.#failures - 1), longest)
    this.#timer = this.#context.clock.setTimer(delayMs, () => {
      this.#searching = this.#search()
    })
  }

  async #search(): Promise<void> {
    const { ifname, logger, signal, takePlan } = this.#context
    try {
      // Whoever is connected, perhaps to tell us a passphrase, must not be thrown out.
      if (this.#clientCount === 0 && (await this.#isWorthATry())) {
        this.#moving = true
        takePlan(undefined, { failures: this.#failures })
        return
      }
    } catch (thrown) {
      if (!signal.aborted) logger.warn({ ifname }, `looking for networks: ${messageOf(thrown)}`)
    }
    if (!signal.aborted) this.#wait()
  }

  /** Hidden networks to call: as many as the radio takes beside the call to all, the next ones the next time. */
  async #called(): Promise<readonly Uint8Array[]> {
    const { hidden } = this.#args
    if (hidden.length === 0) return []
    const { kernel, ifname } = this.#context
    const [interfaces, radios] = await Promise.all([kernel.wireless.interfaces(), kernel.wireless.radios()])
    const own = interfaces.find((one) => one.ifname === ifname)
    const limit = radios.find(({ wiphy }) => wiphy === own?.wiphy)?.maxScanSsids ?? 1
    const count = Math.min(limit - 1, hidden.length)
    const first = this.#round * count
    this.#round += 1
    return Array.from({ length: count }, (_, at) => Buffer.from(hidden[(first + at) % hidden.length] ?? '', 'hex'))
  }

  /** Where the driver cannot scan as an access point, only being a client shows what is there. */
  async #isWorthATry(): Promise<boolean> {
    const { ifname, logger } = this.#context
    try {
      if (!(await this.#isReachable())) return false
    } catch (thrown) {
      const cannot = isNetworkError(thrown) && (thrown.code === 'ERR_UNSUPPORTED' || thrown.errno === EOPNOTSUPP)
      if (!cannot) throw thrown
      logger.info({ ifname }, 'the driver cannot look for networks as an access point: they are tried')
      return true
    }
    logger.info({ ifname }, 'a network is in reach: the access point makes way for it')
    return true
  }

  async #isReachable(): Promise<boolean> {
    const { kernel, ifname, signal } = this.#context
    const ssids = await this.#called()
    const heard = await kernel.wireless.scan({ ifname }, { fromAccessPoint: true, ssids, signal })
    const wanted = new Set(this.#args.ssids)
    return heard.some(({ ssid, status }) => status === 'none' && wanted.has(Buffer.from(ssid).toString('hex')))
  }
}

/** How many attempts as a client have led nowhere, one after the other. */
function failuresOf(note: Json): number {
  const failures = (note as { readonly failures?: Json } | null)?.failures
  return typeof failures === 'number' ? failures : 0
}
