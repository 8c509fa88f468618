/**
 * The actor of one managed interface: feeds the lifecycle, carries out its effects, and passes the link's carrier on to
 * the daemons and the connectivity check.
 */

import { assertNever } from '../base/assert.js'
import type { Timer } from '../base/clock.js'
import { isNetworkError, messageOf, NetworkError } from '../errors.js'
import type { KernelChange } from '../kernel/kernel.js'
import type { Link } from '../kernel/messages.js'
import type { SignOfLife } from '../power/power-controller.js'
import type { InterfacePower } from '../power/power-controllers.js'
import { type Json, linksMadeBy, type Plan } from '../technology/plan.js'
import { AppliedPlan, type AppliedPlanDeps } from './applied-plan.js'
import type { Difference } from './compare-plans.js'
import { type Applied, type IoctlRequest, Ioctls, type IoctlsDeps } from './ioctls.js'
import {
  initialLifecycle,
  type Lifecycle,
  type LifecycleEffect,
  type LifecycleEvent,
  type LifecycleName,
  type Outcome,
  outcomeOf,
  reduceLifecycle,
} from './lifecycle.js'
import type { Recovery } from './recovery.js'
import type { RecoveryStep } from './recovery-logic.js'
import { restartLink, takesUp } from './restart-link.js'

export interface InterfaceDeps extends AppliedPlanDeps, Pick<IoctlsDeps, 'technology'> {
  readonly power: InterfacePower
  readonly recovery: Pick<Recovery, 'configured'>
}

export class Interface {
  readonly ifname: string
  readonly #deps: InterfaceDeps
  readonly #applied: AppliedPlan
  readonly #ioctls: Ioctls
  /** Index of the link that has, or last had, the interface's name; undefined once it is gone. */
  #ifindex: number | undefined
  #lifecycle: Lifecycle
  /** What the steps and services that stand are of; while a change is under way, what it began from. */
  #standing: Plan
  /** What was configured; the plan that is applied may be one of its alternatives. */
  #root: Plan
  /** What the part left that chose the plan; null where a configuration did. */
  #note: Json = null
  #retryTimer: Timer | undefined
  #waiters: ((outcome: Outcome) => void)[] = []

  constructor(ifname: string, nullPlan: Plan, deps: InterfaceDeps) {
    this.ifname = ifname
    this.#deps = deps
    this.#lifecycle = initialLifecycle(nullPlan)
    this.#standing = nullPlan
    this.#root = nullPlan
    this.#ioctls = new Ioctls(ifname, deps)
    this.#applied = new AppliedPlan(
      {
        ifname,
        ifindex: () => this.#ifindex,
        onChecked: () => deps.power.pet(ifname),
        offers: () => ({
          note: this.#note,
          leaveNote: (note) => {
            this.#note = note
          },
          takePlan: (name, note) => this.#takePlan(name, note),
          resetPower: () => deps.power.manages(ifname) && deps.power.forceReset(ifname),
          setConnection: (connection, reason) => deps.routes.setConnection(ifname, connection, reason),
        }),
      },
      deps,
    )
  }

  /** Accepts a plan in the place of what is applied now: as much of that stays up as is equal in both. */
  configure(plan: Plan): void {
    this.#root = plan
    this.#note = null
    this.#take(plan)
    // Behind the fall of the connection, where there is one.
    this.#deps.recovery.configured(plan)
  }

  /** A part of the plan wants another one of the same configuration. */
  #takePlan(name: string | undefined, note: Json): void {
    const plan = name === undefined ? this.#root : this.#root.alternatives?.[name]
    if (plan === undefined) {
      this.#deps.logger.error({ ifname: this.ifname }, `there is no plan called ${JSON.stringify(name)}`)
      return
    }
    this.#note = note
    this.#take(plan)
  }

  #take(plan: Plan): void {
    this.#readPresence([this.ifname, ...plan.requires])
    this.#feed({ type: 'configure', plan })
  }

  /** Resolves when the attempt going on has ended: at once where nothing is going on, also while it waits for another try. */
  settled(): Promise<Outcome> {
    const outcome = outcomeOf(this.#lifecycle)
    return outcome === undefined ? new Promise((resolve) => this.#waiters.push(resolve)) : Promise.resolve(outcome)
  }

  /** See Ioctls.run. @throws NetworkError ERR_NOT_CONFIGURED in every other state, also while a change is under way */
  async ioctl(request: IoctlRequest): Promise<unknown> {
    return await this.#ioctls.run(this.#configured(), request)
  }

  /** See Ioctls.scan. @throws NetworkError as `ioctl` */
  async scan(): Promise<unknown> {
    return await this.#ioctls.scan(this.#configured())
  }

  /** What a watchdog may take for a sign of life; the Internet check pets it by itself. */
  get signOfLife(): SignOfLife {
    const { name, plan } = this.#lifecycle
    if ((name !== 'configured' && name !== 'changing') || plan.connectivity === 'internet') return 'dead'
    if (plan.connectivity === 'none') return 'unjudged'
    return this.#deps.routes.connection(this.ifname) === 'disconnected' ? 'dead' : 'alive'
  }

  /** What could be tried now to get the internet back. */
  recoverySteps(): RecoveryStep[] {
    const usable = this.#lifecycle.name === 'configured' && this.#ifindex !== undefined
    return [
      ...(usable && this.#applied.canRenewLease ? ['renew-dhcp' as const] : []),
      ...(usable && this.#wantsLinkUp() ? ['restart-link' as const] : []),
      ...(this.#deps.power.manages(this.ifname) ? ['power-cycle' as const] : []),
    ]
  }

  /** Tries one of them. @throws NetworkError what the kernel refuses */
  async recover(step: RecoveryStep): Promise<void> {
    const { kernel, clock, power } = this.#deps
    switch (step) {
      case 'renew-dhcp':
        return this.#applied.renewLease()
      case 'restart-link':
        return restartLink(this.#applied.linkName ?? this.ifname, { kernel, clock, wanted: () => this.#wantsLinkUp() })
      case 'power-cycle':
        power.forceReset(this.ifname)
        return
      default:
        return assertNever(step)
    }
  }

  /** Whether what is applied has taken the link up, and stays. */
  #wantsLinkUp(): boolean {
    const { name, plan, next } = this.#lifecycle
    return (name === 'configured' || name === 'changing') && takesUp(next ?? plan)
  }

  /** The links whose changes this actor wants to hear of. */
  concerns(ifname: string): boolean {
    const { plan, next } = this.#lifecycle
    const concerned = (one: Plan): boolean => one.requires.includes(ifname) || linksMadeBy(one).includes(ifname)
    return ifname === this.ifname || concerned(plan) || (next !== undefined && concerned(next))
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
        return this.#applied.addressesChanged()
      case 'addressGone':
        return this.#applied.addressGone(change)
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
    properties.delete(['interface', this.ifname, 'repairs'])
    properties.delete(['interface', this.ifname, 'restarts'])
  }

  /** A link that changed its name is gone under the old one. Harmless when called twice for one change. */
  #linkChanged(link: Pick<Link, 'ifindex' | 'ifname' | 'lowerUp'> & { readonly previous?: Link }): void {
    const before = link.previous?.ifname
    if (before !== undefined && before !== link.ifname) this.#linkGone(before)
    if (!this.concerns(link.ifname)) return
    if (link.ifname === this.ifname) this.#ifindex = link.ifindex
    this.#feed({ type: 'linkPresent', ifname: link.ifname })
    if (link.ifname === this.ifname) this.#applied.carrier(link.lowerUp)
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
    if (ifname === this.ifname) this.#applied.carrier(undefined)
    this.#feed({ type: 'linkGone', ifname })
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
        return this.#applied.start(effect.plan)
      case 'stopServices':
        return this.#applied.stopServices()
      case 'runUp':
        return this.#runUp(effect.plan)
      case 'change':
        return this.#change(effect.plan, effect.difference)
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

  #configured(): Applied {
    const { name, plan } = this.#lifecycle
    if (name === 'configured') return { plan, part: (part) => this.#applied.part(part) }
    throw new NetworkError('ERR_NOT_CONFIGURED', `${this.ifname} is not configured: it is ${shown(name)}`, {
      ifname: this.ifname,
    })
  }

  /** A change that is under way leaves the connection to what it is: only the check knows what becomes of it. */
  #publish(): void {
    const { name, plan } = this.#lifecycle
    if (name !== 'configured') this.#ioctls.cancel()
    // Between two configurations nothing is switched, so that the second finds the hardware as the first left it.
    if (name !== 'reconfiguring') this.#deps.power.want(this.ifname, plan.type !== 'null')
    if (name !== 'configured' && name !== 'changing') {
      this.#applied.stopCheck()
      this.#deps.routes.setConnection(this.ifname, 'disconnected', name)
    }
    this.#deps.properties.putMany([
      [['interface', this.ifname, 'type'], plan.type],
      [['interface', this.ifname, 'state'], shown(name)],
    ])
  }

  #runUp(plan: Plan): void {
    this.#standing = plan
    this.#applied.up(plan).then(
      (done) => done && this.#feed({ type: 'upEnded' }),
      (thrown: unknown) => this.#failed(thrown, 'configuring failed', 'upEnded'),
    )
  }

  #change(plan: Plan, difference: Difference): void {
    const old = this.#standing
    this.#standing = plan
    this.#applied.change(old, plan, difference).then(
      (done) => done && this.#feed({ type: 'changeEnded' }),
      (thrown: unknown) => this.#failed(thrown, 'changing failed, so that everything is done anew', 'changeEnded'),
    )
  }

  #failed(thrown: unknown, what: string, type: 'upEnded' | 'changeEnded'): void {
    const code = isNetworkError(thrown) ? thrown.code : 'ERR_KERNEL_REFUSED'
    this.#deps.logger.warn({ ifname: this.ifname, code }, `${what}: ${messageOf(thrown)}`)
    this.#feed({ type, failure: messageOf(thrown) })
  }

  #runDown(): void {
    // However it ended: what waits for its end must not wait for ever.
    const ended = (): void => this.#feed({ type: 'downEnded' })
    this.#applied.down().then(ended, (thrown: unknown) => {
      this.#deps.logger.error({ ifname: this.ifname }, `undoing: ${messageOf(thrown)}`)
      ended()
    })
  }
}

/** The state as others see it. */
function shown(name: LifecycleName): string {
  return name === 'changing' ? 'configuring' : name
}
