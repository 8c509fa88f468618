/**
 * What stands of one interface's configuration: its steps, its services, and the check of its connection. The interface's
 * lifecycle says when they come and go.
 */

import type { Clock } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import type { Logger } from '../base/logger.js'
import { messageOf } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Address } from '../kernel/messages.js'
import { countUp } from '../properties/count-up.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { Resolver } from '../resolver/resolver.js'
import type { RouteManager } from '../routing/route-manager.js'
import type { SerialPorts } from '../serial/serial-ports.js'
import { ROUTES } from '../technology/ip/steps.js'
import { linksMadeBy, type Plan, type StepContext } from '../technology/plan.js'
import type { Difference } from './compare-plans.js'
import { type ConnectionCheck, type ConnectionCheckDeps, startConnectionCheck } from './connection-check.js'
import { type ExecutionDeps, PlanExecution } from './execute-plan.js'
import { HeldAddresses } from './held-addresses.js'
import { withLimit } from './limit.js'
import type { LinkHandover } from './link-handover.js'
import { type LinkNote, MadeLinks } from './made-links.js'
import { NameServerGate } from './name-server-gate.js'
import { Overwritten, type OverwrittenNotes } from './overwritten.js'
import type { RaisedLinks } from './raised-links.js'
import type { Reasons } from './reasons.js'
import { resolveOutside } from './resolve-outside.js'
import type { PartOffers } from './running-part.js'
import { InterfaceServices, type InterfaceServicesDeps } from './services.js'
import { stepContext } from './step-context.js'

/** Where addresses of ours are noted before they are added, so that a start after a crash finds them. */
export interface AddressLedger {
  addAddress(address: { ifname: string; address: string; prefixLength: number }): Promise<void>
  removeAddress(address: { ifname: string; address: string; prefixLength: number }): Promise<void>
}

/** Where links are noted before they are made. */
export interface LinkLedger {
  addLink(link: LinkNote): Promise<void>
  removeLink(link: LinkNote): Promise<void>
}

export interface AppliedPlanDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly fs: HostFileSystem
  readonly properties: PropertyTable
  readonly routes: RouteManager
  readonly resolver: Resolver
  readonly reasons: Reasons
  readonly serialPorts: SerialPorts
  /** Runs a program of a plan. */
  readonly run: ExecutionDeps['run']
  /** For all interfaces. */
  readonly ledger: AddressLedger & LinkLedger & OverwrittenNotes
  /** Shared by all interfaces. */
  readonly handover: LinkHandover
  readonly raisedLinks: RaisedLinks
  readonly services: InterfaceServicesDeps
  readonly checks: ConnectionCheckDeps
}

export interface AppliedPlanOptions {
  readonly ifname: string
  /** Index of the link that has, or last had, the interface's name; undefined where there is none. */
  readonly ifindex: () => number | undefined
  /** Called after every check of the connection. */
  readonly onChecked: () => void
  /** What parts may do; read anew whenever a part is made. */
  readonly offers: () => PartOffers
}

export class AppliedPlan {
  readonly #ifname: string
  readonly #ifindex: () => number | undefined
  readonly #onChecked: () => void
  readonly #offers: AppliedPlanOptions['offers']
  readonly #deps: AppliedPlanDeps
  readonly #addresses: HeldAddresses
  readonly #overwritten: Overwritten
  readonly #madeLinks: MadeLinks
  readonly #nameServers: NameServerGate
  #execution: PlanExecution | undefined
  /** Index of the link that the plan was applied to, whatever has that name now. */
  #appliedTo: number | undefined
  /** The plan makes that link itself. */
  #makesLink = false
  #attempt = new AbortController()
  /** Up steps or a change that are under way, or were the last ones; never rejects. */
  #task: Promise<void> = Promise.resolve()
  #services: InterfaceServices | undefined
  #stopping: Promise<void> = Promise.resolve()
  #check: ConnectionCheck | undefined

  constructor({ ifname, ifindex, onChecked, offers }: AppliedPlanOptions, deps: AppliedPlanDeps) {
    this.#ifname = ifname
    this.#ifindex = ifindex
    this.#onChecked = onChecked
    this.#offers = offers
    this.#deps = deps
    this.#nameServers = new NameServerGate(ifname, deps.resolver)
    const { kernel, clock, logger, ledger, properties, reasons } = deps
    this.#overwritten = new Overwritten(ifname, kernel.mirror, ledger)
    this.#madeLinks = new MadeLinks({
      kernel,
      note: (link) => ledger.addLink(link),
      forget: (link) => void ledger.removeLink(link),
      raised: deps.raisedLinks,
    })
    this.#addresses = new HeldAddresses({
      ifname,
      nameNow: () => this.linkName,
      kernel,
      clock,
      logger,
      note: (address, prefixLength) => ledger.addAddress({ ifname, address, prefixLength }),
      forget: (address, prefixLength) => ledger.removeAddress({ ifname, address, prefixLength }),
      onProblem: (text) => reasons.set('address', text),
      onRepaired: () => countUp(properties, ['interface', ifname, 'repairs']),
    })
  }

  /** Writes the files and runs the up steps. Rejects with the first failure; false: `down` came first. */
  up(plan: Plan): Promise<boolean> {
    const attempt = new AbortController()
    this.#attempt = attempt
    this.#appliedTo = this.#ifindex()
    this.#makesLink = linksMadeBy(plan).includes(this.#ifname)
    const free = this.#deps.handover.free(this.#appliedTo)
    const execution = new PlanExecution(plan, this.#executionDeps(), this.#context())
    this.#execution = execution
    return this.#begin(
      free.then(() => execution.up(attempt.signal)),
      attempt.signal,
    )
  }

  /** Starts the plan's services and the check of its connection. */
  start(plan: Plan): void {
    this.#services = new InterfaceServices(plan, {
      ...this.#deps.services,
      context: this.#context(),
      reasons: this.#deps.reasons,
      addresses: this.#addresses,
      overwritten: this.#overwritten,
      resolveOutside: (name, signal) => {
        const { properties, checks } = this.#deps
        return resolveOutside({ ifname: this.#ifname, name, signal }, { properties, names: checks.names })
      },
      onRestart: () => countUp(this.#deps.properties, ['interface', this.#ifname, 'restarts']),
      offers: this.#offers,
    })
    this.#services.start()
    this.#startCheck(plan)
  }

  /** Comes from the old plan to the new one; what is equal in both stays up. Rejects as `up`. */
  change(old: Plan, next: Plan, difference: Difference): Promise<boolean> {
    const { clock } = this.#deps
    const { signal } = this.#attempt
    const limitMs = old.downLimitMs + next.upLimitMs
    const text = `the change took more than ${limitMs} ms`
    const change = { old, next, difference }
    const task = withLimit({ clock, limitMs, signal, text }, (limited) => this.#change(change, limited))
    return this.#begin(task, signal)
  }

  /** Stops the check at once: nothing is reported after this. */
  stopCheck(): void {
    this.#check?.stop()
    this.#check = undefined
  }

  /** Begins to stop the services; `down` waits for their end. */
  stopServices(): void {
    const services = this.#services
    this.#services = undefined
    if (services === undefined) return
    this.#stopping = services.stop().catch((thrown: unknown) => {
      this.#deps.logger.error({ ifname: this.#ifname }, `stopping services: ${messageOf(thrown)}`)
    })
  }

  /** Gives up what is under way and runs the down steps of all that stands. Never rejects. */
  down(): Promise<void> {
    this.#attempt.abort()
    const execution = this.#execution
    this.#execution = undefined
    const undone = Promise.all([this.#task, this.#stopping]).then(() => execution?.down())
    if (this.#appliedTo !== undefined) this.#deps.handover.leave(this.#appliedTo, undone)
    return undone
  }

  /** Routes and name servers go at once with the carrier: the check reports, and the resolver forgets. Kernel's turn. */
  carrier(lowerUp: boolean | undefined): void {
    this.#check?.link(lowerUp)
    this.#services?.carrier(lowerUp === true)
    this.#nameServers.carrier(lowerUp === true)
  }

  /** What the running part of that name has started with. */
  part(name: string): AsyncDisposable | undefined {
    return this.#services?.part(name)
  }

  get canRenewLease(): boolean {
    return this.#services?.canRenewLease ?? false
  }

  /** Starts the DHCP client anew; resolves when it runs. */
  async renewLease(): Promise<void> {
    await this.#services?.renewLease()
  }

  addressesChanged(): void {
    this.#check?.addressesChanged()
  }

  addressGone(address: Address): void {
    this.#addresses.gone(address)
    this.#check?.addressesChanged()
  }

  /** Services that go end before the steps run, services that come start after them, as with a whole plan. */
  async #change({ old, next, difference }: Change, signal: AbortSignal): Promise<void> {
    await this.#services?.retire(difference, next)
    if (signal.aborted) return
    await this.#execution?.change(next, difference, signal)
    if (signal.aborted) return
    await this.#services?.adopt(difference, next)
    if (signal.aborted) return
    const rerouted = difference.steps.some((step) => step.type === 'call' && step.replaces === ROUTES)
    if (rerouted || old.connectivity !== next.connectivity) this.#judgeAnew(next)
  }

  /** What was known of the connection holds until the check knows better; where nobody judges any more, nothing is known. */
  #judgeAnew(plan: Plan): void {
    this.stopCheck()
    if (plan.connectivity === 'none') {
      this.#deps.routes.setConnection(this.#ifname, 'disconnected', 'nobody checks the connection')
    }
    this.#startCheck(plan)
  }

  #startCheck(plan: Plan): void {
    this.#check = startConnectionCheck(plan, { ...this.#deps.checks, onChecked: this.#onChecked })
    this.carrier(this.#deps.kernel.mirror.linkByName(this.#ifname)?.lowerUp)
  }

  /** True when the task has ended, false when it was given up: whoever did that knows what comes next. */
  #begin(task: Promise<void>, signal: AbortSignal): Promise<boolean> {
    this.#task = task.catch(() => undefined)
    return task.then(
      () => !signal.aborted,
      (thrown: unknown) => {
        if (signal.aborted) return false
        throw thrown
      },
    )
  }

  /** What the link that the plan was applied to is called now; undefined where it is gone. */
  get linkName(): string | undefined {
    if (this.#makesLink) return this.#madeLinks.nameNow(this.#ifname)
    return this.#appliedTo === undefined ? this.#ifname : this.#deps.kernel.mirror.link(this.#appliedTo)?.ifname
  }

  #executionDeps(): ExecutionDeps {
    const { kernel, clock, logger, fs, run, routes } = this.#deps
    const routesSettled = (): Promise<void> => routes.settled()
    const held = { addresses: this.#addresses, overwritten: this.#overwritten, madeLinks: this.#madeLinks }
    return { kernel, clock, logger, fs, run, ...held, nameNow: () => this.linkName, routesSettled }
  }

  #context(): StepContext {
    const { signal } = this.#attempt
    return stepContext(this.#deps, { ifname: this.#ifname, nameServers: this.#nameServers, signal })
  }
}

interface Change {
  readonly old: Plan
  readonly next: Plan
  readonly difference: Difference
}
