/**
 * Applies what udhcpc reports to one interface: address, routes, name servers, MTU, the property dhcp_options.
 *
 * A lease outlives what only interrupts it. When udhcpc was killed and starts again, or the carrier was away for less
 * than carrierGraceMs, udhcpc's first word is `deconfig`; that one is swallowed, the address stays, and udhcpc asks for
 * it again. Such a kept lease ends when the server refuses it (nak), when a network that was left for a moment does not
 * answer (leasefail), or when its time is over.
 */

import { Actor } from '../base/actor.js'
import type { Timer } from '../base/clock.js'
import type { DhcpOptions } from '../dhcp/lease.js'
import { leaseAddress } from '../dhcp/lease.js'
import { leaseRoutes } from '../dhcp/lease-routes.js'
import { leaseAfter, type UdhcpcHandler, type UdhcpcReport } from '../dhcp/udhcpc-handler.js'
import { isNetworkError, messageOf, NetworkError } from '../errors.js'
import type { AddressCommand } from '../kernel/messages.js'
import { OUR_PROTOCOL } from '../kernel/messages.js'
import { equalValues } from '../properties/value.js'
import { settlesWithin } from '../supervision/deadline.js'
import type { StepContext } from '../technology/plan.js'
import type { AddressKey, HeldAddresses } from './held-addresses.js'
import { LeaseMtu } from './lease-mtu.js'
import type { Overwritten } from './overwritten.js'

/** What the configuration says about using a lease. */
export interface LeaseSettings {
  readonly ignoreDns?: boolean | undefined
  readonly ignoreGateway?: boolean | undefined
  readonly metric?: number | undefined
  /** The configuration sets the MTU; a lease does not. */
  readonly ownMtu?: boolean | undefined
}

export interface LeaseKeeperDeps {
  readonly context: StepContext
  readonly settings: LeaseSettings
  /** Whether the link has carrier. */
  readonly carrier: boolean
  readonly carrierGraceMs: number
  /** Replaces the built-in handler, method by method. */
  readonly handler: Partial<UdhcpcHandler>
  readonly addresses: HeldAddresses
  readonly overwritten: Overwritten
  /** Why the lease cannot be used; undefined: it can. */
  onProblem(text: string | undefined): void
}

/** What somebody else has set meanwhile in the place of a lease. */
export interface KeptFromLease {
  readonly addresses: readonly AddressKey[]
  readonly routes: boolean
  readonly nameServers: boolean
}

const NOTHING_KEPT: KeptFromLease = { addresses: [], routes: false, nameServers: false }

/** Handlers run commands of a second at most. */
const HANDLER_LIMIT_MS = 5_000

/** A lease that could not be used is tried again after this: udhcpc itself speaks up at half its time only. */
const USE_AGAIN_MS = 5_000

interface HeldLease {
  readonly address: string
  readonly prefixLength: number
  readonly options: DhcpOptions
  /** Clock time at which the lease is over; undefined where the server gave no time. */
  readonly endsAtMs: number | undefined
}

/** What made a held lease doubtful. */
type Doubt = 'daemon' | 'carrier'

export class LeaseKeeper {
  readonly #deps: LeaseKeeperDeps
  readonly #actor = new Actor()
  readonly #mtu: LeaseMtu
  #settings: LeaseSettings
  #held: HeldLease | undefined
  #doubt: Doubt | undefined
  #starting = false
  #carrier: boolean
  /** Nobody asks for the lease any more: what becomes of it is decided by who froze it. */
  #frozen = false
  #timer: Timer | undefined
  #useAgain: Timer | undefined

  constructor(deps: LeaseKeeperDeps) {
    this.#deps = deps
    this.#mtu = new LeaseMtu(deps.context, deps.overwritten)
    this.#settings = deps.settings
    this.#carrier = deps.carrier
  }

  /** Uses the lease as other settings say, at once. */
  use(settings: LeaseSettings): Promise<void> {
    return this.#actor.run(async () => {
      if (equalValues(settings, this.#settings)) return
      this.#settings = settings
      if (this.#held !== undefined) await this.#hand(this.#held)
    })
  }

  /** Puts the link's own MTU back, before somebody else sets one. */
  restoreMtu(): Promise<void> {
    return this.#actor.run(() => this.#mtu.restore())
  }

  /** Resolves when everything reported so far is handled; from then on nothing happens to the lease by itself. */
  freeze(): Promise<void> {
    this.#frozen = true
    return this.#actor.run(() => this.#settleDoubt())
  }

  /** The address to ask for again, undefined where none is held. */
  get heldAddress(): string | undefined {
    return this.#held?.address
  }

  /** udhcpc is being started, for the first time or again: its first deconfig only says so. */
  daemonStarting(): void {
    this.#starting = true
    if (this.#held !== undefined && this.#doubt === undefined) this.#doubtLease('daemon')
  }

  /** The carrier went: the lease stays for the grace, then it is withdrawn. */
  carrierLost(): void {
    this.#carrier = false
    if (this.#held !== undefined && !this.#frozen) this.#doubtCarrier()
  }

  /** The carrier is back: a lease still held is asked for again, for no longer than it lasts. */
  carrierBack(): void {
    this.#carrier = true
    if (this.#held === undefined || this.#frozen) return
    this.#doubtLease('carrier')
  }

  /** One event of udhcpc; handled after those before it. Never rejects. */
  report(report: UdhcpcReport): Promise<void> {
    return this.#actor.run(async () => {
      this.#useAgain?.cancel()
      try {
        await this.#dispatch(report)
      } catch (thrown) {
        const { clock, ifname, logger } = this.#deps.context
        const hasLease = report.name === 'bound' || report.name === 'renew'
        if (hasLease && !isNetworkError(thrown, 'ERR_NO_SUCH_INTERFACE')) {
          this.#useAgain = clock.setTimer(USE_AGAIN_MS, () => void this.report(report))
        }
        // A link that went while its lease came is an ordinary race; its return brings a new lease.
        const level = isNetworkError(thrown, 'ERR_NO_SUCH_INTERFACE') ? 'debug' : 'error'
        logger[level]({ ifname, event: report.name }, `DHCP: ${messageOf(thrown)}`)
        this.#deps.onProblem(`DHCP ${report.name}: ${messageOf(thrown)}`)
      }
    })
  }

  /** Takes everything of the lease away, but for what somebody else has set in its place. */
  withdraw(kept: KeptFromLease = NOTHING_KEPT): Promise<void> {
    return this.#actor.run(() => this.#withdraw(kept))
  }

  async #dispatch(report: UdhcpcReport): Promise<void> {
    const { name } = report
    const first = this.#starting
    this.#starting = false
    if (name === 'deconfig' && first && this.#held !== undefined) return
    // A server that is silent after udhcpc alone was restarted does not end a lease that it granted before.
    if (name === 'leasefail' && this.#held !== undefined && this.#doubt === 'daemon') return
    const options = leaseAfter(report)
    if (options === undefined) this.#deps.context.delete(['dhcp_options'])
    else this.#deps.context.put(['dhcp_options'], options)
    if (this.#deps.handler[name] !== undefined) await this.#askHandler(report)
    else if (options === undefined) await this.#withdraw(NOTHING_KEPT)
    else await this.#bound(options)
    this.#deps.onProblem(undefined)
  }

  /** A user's handler that hangs must not keep the interface from going on. */
  async #askHandler({ name, event }: UdhcpcReport): Promise<void> {
    const { clock } = this.#deps.context
    const answer = Promise.resolve(this.#deps.handler[name]?.(event))
    if (await settlesWithin(answer, clock, HANDLER_LIMIT_MS)) return await answer
    throw new NetworkError('ERR_TIMEOUT', `the handler has not ended within ${HANDLER_LIMIT_MS} ms`)
  }

  async #bound(options: DhcpOptions): Promise<void> {
    const { context } = this.#deps
    const leased = leaseAddress(options)
    if (leased === undefined) throw new NetworkError('ERR_UNSUPPORTED', 'the lease has no usable address')
    this.#settleDoubt()
    const previous = this.#held
    const add: AddressCommand = {
      type: 'replaceAddress',
      ifname: context.ifname,
      ...leased,
      noPrefixRoute: true,
      protocol: OUR_PROTOCOL,
    }
    const added = await this.#deps.addresses.add(add)
    if (added instanceof NetworkError) throw added
    const endsAtMs = options.lease === undefined ? undefined : context.clock.nowMs() + options.lease * 1000
    const held = { address: leased.address, prefixLength: leased.prefixLength, options, endsAtMs }
    this.#held = held
    // The cable may have been pulled while udhcpc still had this to say.
    if (!this.#carrier) this.#doubtCarrier()
    await this.#hand(held)
    // The new address is put again behind the deletion, for a kernel that takes secondaries along all the same.
    if (previous !== undefined && !sameAddress(previous, held)) await this.#deps.addresses.remove([previous], [add])
  }

  /** Hands over what the lease brings besides its address, as far as the configuration wants it. */
  async #hand({ options }: HeldLease): Promise<void> {
    const { context } = this.#deps
    context.setRoutes(leaseRoutes(options, this.#settings))
    if (this.#settings.ignoreDns) context.clearNameServers()
    else context.setNameServers({ domain: options.search ?? options.domain, nameServers: options.dns ?? [] })
    if (this.#settings.ownMtu !== true) await this.#mtu.apply(options.mtu)
  }

  async #withdraw(kept: KeptFromLease): Promise<void> {
    const { context } = this.#deps
    this.#useAgain?.cancel()
    this.#settleDoubt()
    context.delete(['dhcp_options'])
    if (!kept.routes) context.clearRoutes()
    if (!kept.nameServers) context.clearNameServers()
    const held = this.#held
    this.#held = undefined
    const stays = held === undefined || kept.addresses.some((address) => sameAddress(address, held))
    if (!stays) await this.#deps.addresses.remove([held])
    await this.#mtu.restore()
  }

  #doubtCarrier(): void {
    this.#doubt = 'carrier'
    this.#setTimer(this.#deps.carrierGraceMs)
  }

  #doubtLease(doubt: Doubt): void {
    this.#doubt = doubt
    this.#timer?.cancel()
    const endsAtMs = this.#held?.endsAtMs
    if (endsAtMs !== undefined) this.#setTimer(Math.max(0, endsAtMs - this.#deps.context.clock.nowMs()))
  }

  #settleDoubt(): void {
    this.#doubt = undefined
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #setTimer(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#deps.context.clock.setTimer(delayMs, () => {
      this.withdraw().catch((thrown: unknown) => {
        this.#deps.context.logger.error({ ifname: this.#deps.context.ifname }, `withdrawing: ${messageOf(thrown)}`)
      })
    })
  }
}

function sameAddress(one: AddressKey, other: AddressKey): boolean {
  return one.address === other.address && one.prefixLength === other.prefixLength
}
