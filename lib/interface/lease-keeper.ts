/**
 * Applies what udhcpc reports to one interface: address, routes, name servers, the property dhcp_options.
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
import { leaseAfter, type UdhcpcHandler, type UdhcpcReport } from '../dhcp/udhcpc-handler.js'
import { messageOf, NetworkError } from '../errors.js'
import type { AddressCommand } from '../kernel/messages.js'
import { OUR_PROTOCOL } from '../kernel/messages.js'
import type { StepContext } from '../technology/plan.js'
import { deleteAddresses } from './delete-addresses.js'

/** What the configuration says about using a lease. */
export interface LeaseSettings {
  readonly ignoreDns?: boolean | undefined
  readonly ignoreGateway?: boolean | undefined
  readonly metric?: number | undefined
}

export interface LeaseKeeperDeps {
  readonly context: StepContext
  readonly settings: LeaseSettings
  readonly carrierGraceMs: number
  /** Replaces the built-in handler, method by method. */
  readonly handler: Partial<UdhcpcHandler>
  noteAddress(address: string, prefixLength: number): Promise<void>
  forgetAddress(address: string, prefixLength: number): Promise<void>
  /** Why the lease cannot be used; undefined: it can. */
  onProblem(text: string | undefined): void
}

interface HeldLease {
  readonly address: string
  readonly prefixLength: number
  /** Clock time at which the lease is over; undefined where the server gave no time. */
  readonly endsAtMs: number | undefined
}

/** What made a held lease doubtful. */
type Doubt = 'daemon' | 'carrier'

export class LeaseKeeper {
  readonly #deps: LeaseKeeperDeps
  readonly #actor = new Actor()
  #held: HeldLease | undefined
  #doubt: Doubt | undefined
  #starting = false
  #timer: Timer | undefined

  constructor(deps: LeaseKeeperDeps) {
    this.#deps = deps
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
    if (this.#held === undefined) return
    this.#doubt = 'carrier'
    this.#setTimer(this.#deps.carrierGraceMs)
  }

  /** The carrier is back: a lease still held is asked for again, for no longer than it lasts. */
  carrierBack(): void {
    if (this.#held === undefined) return
    this.#doubtLease('carrier')
  }

  /** One event of udhcpc; handled after those before it. Never rejects. */
  report(report: UdhcpcReport): Promise<void> {
    return this.#actor.run(async () => {
      try {
        await this.#dispatch(report)
      } catch (thrown) {
        const { ifname, logger } = this.#deps.context
        logger.error({ ifname, event: report.name }, `DHCP: ${messageOf(thrown)}`)
        this.#deps.onProblem(`DHCP ${report.name}: ${messageOf(thrown)}`)
      }
    })
  }

  /** Takes everything of the lease away. */
  withdraw(): Promise<void> {
    return this.#actor.run(() => this.#withdraw())
  }

  async #dispatch(report: UdhcpcReport): Promise<void> {
    const { name, event } = report
    const first = this.#starting
    this.#starting = false
    if (name === 'deconfig' && first && this.#held !== undefined) return
    // A server that is silent after udhcpc alone was restarted does not end a lease that it granted before.
    if (name === 'leasefail' && this.#held !== undefined && this.#doubt === 'daemon') return
    const options = leaseAfter(report)
    if (options === undefined) this.#deps.context.delete(['dhcp_options'])
    else this.#deps.context.put(['dhcp_options'], options)
    const handler = this.#deps.handler
    if (handler[name] !== undefined) await handler[name](event)
    else if (options === undefined) await this.#withdraw()
    else await this.#bound(options)
  }

  async #bound(options: DhcpOptions): Promise<void> {
    const { context, settings } = this.#deps
    const leased = leaseAddress(options)
    if (leased === undefined) throw new NetworkError('ERR_UNSUPPORTED', 'the lease has no usable address')
    this.#settleDoubt()
    const previous = this.#held
    await this.#deps.noteAddress(leased.address, leased.prefixLength)
    const add: AddressCommand = {
      type: 'replaceAddress',
      ifname: context.ifname,
      ...leased,
      noPrefixRoute: true,
      protocol: OUR_PROTOCOL,
    }
    const [added] = await context.kernel.send([add])
    if (added instanceof NetworkError) throw added
    this.#deps.onProblem(undefined)
    const endsAtMs = options.lease === undefined ? undefined : context.clock.nowMs() + options.lease * 1000
    this.#held = { address: leased.address, prefixLength: leased.prefixLength, endsAtMs }
    context.setRoutes({
      addresses: [{ address: leased.address, prefixLength: leased.prefixLength }],
      gateway: settings.ignoreGateway ? undefined : options.router?.[0],
      metric: settings.metric,
    })
    if (!settings.ignoreDns) {
      context.setNameServers({ domain: options.search ?? options.domain, nameServers: options.dns ?? [] })
    }
    if (previous !== undefined && !sameLease(previous, this.#held)) await this.#replace(previous, add)
  }

  /** The new address is put again behind the deletion, for a kernel that takes secondaries along all the same. */
  async #replace(previous: HeldLease, add: AddressCommand): Promise<void> {
    const { kernel, ifname } = this.#deps.context
    await deleteAddresses(kernel, { ifname, addresses: [previous], followedBy: [add] })
    await this.#deps.forgetAddress(previous.address, previous.prefixLength)
  }

  async #withdraw(): Promise<void> {
    const { context } = this.#deps
    this.#settleDoubt()
    context.delete(['dhcp_options'])
    context.clearRoutes()
    context.clearNameServers()
    const held = this.#held
    this.#held = undefined
    if (held === undefined) return
    await deleteAddresses(context.kernel, { ifname: context.ifname, addresses: [held] })
    await this.#deps.forgetAddress(held.address, held.prefixLength)
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

function sameLease(one: HeldLease, other: HeldLease): boolean {
  return one.address === other.address && one.prefixLength === other.prefixLength
}
