/**
 * The actor of one managed interface: feeds the lifecycle, carries out its effects, and passes the link's carrier on to
 * the daemons and the connectivity check.
 */

import { assertNever } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import type { Logger } from '../base/logger.js'
import { isNetworkError, messageOf } from '../errors.js'
import type { Kernel, KernelChange } from '../kernel/kernel.js'
import type { Link } from '../kernel/messages.js'
import type { SignOfLife } from '../power/power-controller.js'
import type { InterfacePower } from '../power/power-controllers.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { Resolver } from '../resolver/resolver.js'
import type { RouteManager } from '../routing/route-manager.js'
import type { Plan, StepContext } from '../technology/plan.js'
import { type ConnectionCheck, type ConnectionCheckDeps, startConnectionCheck } from './connection-check.js'
import { type ExecutionDeps, PlanExecution } from './execute-plan.js'
import { HeldAddresses } from './held-addresses.js'
import {
  initialLifecycle,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
  type Outcome,
  reduceLifecycle,
} from './lifecycle.js'
import { NameServerGate } from './name-server-gate.js'
import type { Reasons } from './reasons.js'
import { InterfaceServices, type InterfaceServicesDeps } from './services.js'
import { stepContext } from './step-context.js'

export interface InterfaceDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly fs: HostFileSystem
  readonly properties: PropertyTable
  readonly routes: RouteManager
  readonly resolver: Resolver
  readonly reasons: Reasons
  readonly power: InterfacePower
  /** Runs a program of a plan. */
  readonly run: ExecutionDeps['run']
  /** The ledger of addresses, for all interfaces. */
  readonly addressLedger: AddressLedger
  readonly services: InterfaceServicesDeps
  readonly checks: ConnectionCheckDeps
}

/** Where addresses of ours are noted before they are added, so that a start after a crash finds them. */
export interface AddressLedger {
  addAddress(address: { ifname: string; address: string; prefixLength: number }): Promise<void>
  removeAddress(address: { ifname: string; address: string; prefixLength: number }): Promise<void>
}

export class Interface {
  readonly ifname: string
  readonly #deps: InterfaceDeps
  readonly #addresses: HeldAddresses
  readonly #nameServers: NameServerGate
  /** Index of the link that has, or last had, the interface's name; undefined once it is gone. */
  #ifindex: number | undefined
  #lifecycle: Lifecycle
  #execution: PlanExecution | undefined
  #attempt = new AbortController()
  #up: Promise<void> = Promise.resolve()
  #services: InterfaceServices | undefined
  #stopping: Promise<void> = Promise.resolve()
  #check: ConnectionCheck | undefined
  #retryTimer: Timer | undefined
  #waiters: ((outcome: Outcome) => void)[] = []

  constructor(ifname: string, nullPlan: Plan, deps: InterfaceDeps) {
    this.ifname = ifname
    this.#deps = deps
    this.#lifecycle = initialLifecycle(nullPlan)
    this.#nameServers = new NameServerGate(ifname, deps.resolver)
    const { kernel, clock, logger, addressLedger, reasons } = deps
    this.#addresses = new HeldAddresses({
      ifname,
      nameNow: () => this.#nameNow(),
      kernel,
      clock,
      logger,
      note: (address, prefixLength) => addressLedger.addAddress({ ifname, address, prefixLength }),
      forget: (address, prefixLength) => addressLedger.removeAddress({ ifname, address, prefixLength }),
      onProblem: (text) => reasons.set('address', text),
    })
  }

  /** Accepts a plan; what is applied now is undone first. */
  configure(plan: Plan): void {
    this.#readPresence([this.ifname, ...plan.requires])
    this.#feed({ type: 'configure', plan })
  }

  /** Resolves when the attempt going on has ended: at once where nothing is going on. */
  settled(): Promise<Outcome> {
    const { name } = this.#lifecycle
    if (name === 'configured') return Promise.resolve('configured')
    if (name === 'stopped') return Promise.resolve('stopped')
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** What a watchdog may take for a sign of life; the Internet check pets it by itself. */
  get signOfLife(): SignOfLife {
    const { name, plan } = this.#lifecycle
    if (name !== 'configured' || plan.connectivity === 'internet') return 'dead'
    if (plan.connectivity === 'none') return 'unjudged'
    return this.#deps.routes.connection(this.ifname) === 'disconnected' ? 'dead' : 'alive'
  }

  /** The links whose changes this actor wants to hear of. */
  concerns(ifname: string): boolean {
    const { plan, next } = this.#lifecycle
    return ifname === this.ifname || plan.requires.includes(ifname) || next?.requires.includes(ifname) === true
  }

  /** A link or address of concern has changed. Called inside the kernel's turn. */
  linkChanged(change: KernelChange): void {
    switch (change.type) {
      case 'link':
        return this.#linkChanged(change)
      case 'linkGone':
        if (change.ifindex === this.#ifindex) this.#ifindex = undefined
        return this.#linkGone(change.ifname)
      case 'address':
        return this.#check?.addressesChanged()
      case 'addressGone':
        this.#addresses.gone(change)
        return this.#check?.addressesChanged()
      case 'route':
      case 'routeGone':
      case 'rule':
      case 'ruleGone':
      case 'neighbour':
      case 'neighbourGone':
      case 'nexthop':
      case 'nexthopGone':
      case 'ndOption':
      case 'overrun':
      case 'order':
      case 'uevent':
      case 'ueventsLost':
        return
      default:
        return assertNever(change)
    }
  }

  /** Undoes everything; afterwards nothing of this interface is left in the kernel or in the property table. */
  async stop(): Promise<void> {
    this.#feed({ type: 'stop' })
    while (this.#lifecycle.name !== 'stopped') await this.settled()
    const { properties, routes, resolver } = this.#deps
    routes.forget(this.ifname)
    resolver.clear(this.ifname)
    properties.delete(['interface', this.ifname, 'type'])
    properties.delete(['interface', this.ifname, 'state'])
  }

  /** A link that changed its name is gone under the old one. Harmless when called twice for one change. */
  #linkChanged(link: Pick<Link, 'ifindex' | 'ifname' | 'lowerUp'> & { readonly previous?: Link }): void {
    const before = link.previous?.ifname
    if (before !== undefined && before !== link.ifname) this.#linkGone(before)
    if (!this.concerns(link.ifname)) return
    if (link.ifname === this.ifname) this.#ifindex = link.ifindex
    this.#feed({ type: 'linkPresent', ifname: link.ifname })
    if (link.ifname === this.ifname) this.#carrier(link.lowerUp)
  }

  /** What the interface's link is called now: its own name, unless another program has renamed it. */
  #nameNow(): string {
    const link = this.#ifindex === undefined ? undefined : this.#deps.kernel.mirror.link(this.#ifindex)
    return link?.ifname ?? this.ifname
  }

  /** Tells the lifecycle which of the links are there. */
  #readPresence(ifnames: Iterable<string>): void {
    for (const ifname of new Set(ifnames)) {
      const link = this.#deps.kernel.mirror.linkByName(ifname)
      if (link !== undefined && ifname === this.ifname) this.#ifindex = link.ifindex
      this.#feed({ type: link === undefined ? 'linkGone' : 'linkPresent', ifname })
    }
  }

  #linkGone(ifname: string): void {
    if (!this.concerns(ifname)) return
    if (ifname === this.ifname) this.#carrier(undefined)
    this.#feed({ type: 'linkGone', ifname })
  }

  /** Routes and name servers go at once with the carrier: the check reports, and the resolver forgets. */
  #carrier(lowerUp: boolean | undefined): void {
    this.#check?.link(lowerUp)
    this.#services?.carrier(lowerUp === true)
    this.#nameServers.carrier(lowerUp === true)
  }

  #feed(event: LifecycleEvent): void {
    const { state, effects } = reduceLifecycle(this.#lifecycle, event)
    this.#lifecycle = state
    for (const effect of effects) this.#perform(effect)
  }

  #perform(effect: LifecycleEffect): void {
    switch (effect.type) {
      case 'publish':
        return this.#publish()
      case 'startServices':
        return this.#startServices(effect.plan)
      case 'stopServices':
        return this.#stopServices()
      case 'runUp':
        return this.#runUp(effect.plan)
      case 'runDown':
        return this.#runDown()
      case 'startRetryTimer':
        this.#retryTimer = this.#deps.clock.setTimer(effect.delayMs, () => this.#feed({ type: 'retryTimer' }))
        return
      case 'cancelRetryTimer':
        return this.#retryTimer?.cancel()
      case 'reason':
        return this.#deps.reasons.set('lifecycle', effect.text)
      case 'settle':
        for (const waiter of this.#waiters.splice(0)) waiter(effect.outcome)
        return
      default:
        return assertNever(effect)
    }
  }

  #publish(): void {
    const { name, plan } = this.#lifecycle
    // Between two configurations nothing is switched, so that the second finds the hardware as the first left it.
    if (name !== 'reconfiguring') this.#deps.power.want(this.ifname, plan.type !== 'null')
    if (name !== 'configured') {
      this.#check?.stop()
      this.#check = undefined
      this.#deps.routes.setConnection(this.ifname, 'disconnected', name)
    }
    this.#deps.properties.putMany([
      [['interface', this.ifname, 'type'], plan.type],
      [['interface', this.ifname, 'state'], name],
    ])
  }

  #startServices(plan: Plan): void {
    const { kernel, checks, services } = this.#deps
    this.#services = new InterfaceServices(plan, {
      ...services,
      context: this.#context(),
      reasons: this.#deps.reasons,
      addresses: this.#addresses,
    })
    this.#services.start()
    this.#check = startConnectionCheck(plan, { ...checks, onChecked: () => this.#deps.power.pet(this.ifname) })
    const link = kernel.mirror.linkByName(this.ifname)
    this.#carrier(link?.lowerUp)
  }

  #stopServices(): void {
    const services = this.#services
    this.#services = undefined
    if (services === undefined) return
    this.#stopping = services.stop().catch((thrown: unknown) => {
      this.#deps.logger.error({ ifname: this.ifname }, `stopping services: ${messageOf(thrown)}`)
    })
  }

  #runUp(plan: Plan): void {
    const attempt = new AbortController()
    this.#attempt = attempt
    const { kernel, clock, logger, fs, run } = this.#deps
    const deps = { kernel, clock, logger, fs, run, addresses: this.#addresses, nameNow: () => this.#nameNow() }
    this.#execution = new PlanExecution(plan, deps, this.#context())
    this.#up = this.#execution.up(attempt.signal).then(
      () => {
        if (!attempt.signal.aborted) this.#feed({ type: 'upEnded' })
      },
      (thrown: unknown) => {
        if (attempt.signal.aborted) return
        const code = isNetworkError(thrown) ? thrown.code : 'ERR_KERNEL_REFUSED'
        this.#deps.logger.warn({ ifname: this.ifname, code }, `configuring failed: ${messageOf(thrown)}`)
        this.#feed({ type: 'upEnded', failure: messageOf(thrown) })
      },
    )
  }

  #runDown(): void {
    this.#attempt.abort()
    const execution = this.#execution
    this.#execution = undefined
    const undone = Promise.all([this.#up, this.#stopping]).then(() => execution?.down())
    undone
      .then(() => this.#feed({ type: 'downEnded' }))
      .catch((thrown: unknown) => {
        this.#deps.logger.error({ ifname: this.ifname }, `undoing: ${messageOf(thrown)}`)
      })
  }

  #context(): StepContext {
    const { ifname } = this
    return stepContext(this.#deps, { ifname, nameServers: this.#nameServers, signal: this.#attempt.signal })
  }
}
