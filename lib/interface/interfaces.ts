/** All managed interfaces of one instance, and the dispatch of the kernel's changes to them. */

import type { Subscription } from '../base/disposable.js'
import { messageOf, NetworkError } from '../errors.js'
import type { KernelChange } from '../kernel/kernel.js'
import type { Plan } from '../technology/plan.js'
import { makePlan } from '../technology/plan.js'
import type { Configurations } from './configurations.js'
import { Interface, type InterfaceDeps } from './interface.js'
import type { LinkProperties } from './link-properties.js'
import type { Reasons } from './reasons.js'

export interface InterfacesDeps extends Omit<InterfaceDeps, 'reasons'> {
  readonly linkProperties: LinkProperties
  reasonsOf(ifname: string): Reasons
}

export class Interfaces {
  readonly #deps: InterfacesDeps
  readonly #interfaces = new Map<string, Interface>()
  /** Those being forgotten. */
  readonly #ending = new Set<Interface>()
  #subscription: Subscription | undefined

  constructor(deps: InterfacesDeps) {
    this.#deps = deps
  }

  /** Publishes every link and begins to configure every interface; resolves before they are configured. */
  async start(configurations: Configurations): Promise<void> {
    this.#subscription = this.#deps.kernel.subscribe((changes) => this.#dispatch(changes))
    await this.#deps.linkProperties.start()
    for (const ifname of configurations.names()) {
      const wanted = configurations.wanted(ifname)
      if (wanted !== undefined) this.configure(wanted.plan)
    }
  }

  /** Accepts a plan for its interface. */
  configure(plan: Plan): void {
    this.#of(plan.ifname).configure(plan)
  }

  /** The actor of an interface, undefined where it was never configured. */
  find(ifname: string): Interface | undefined {
    return this.#interfaces.get(ifname)
  }

  /** Undoes the plan of an interface and forgets it, as if it had never been configured. */
  async forget(ifname: string): Promise<void> {
    const one = this.#interfaces.get(ifname)
    this.#interfaces.delete(ifname)
    // It goes on hearing of its links until it has ended.
    if (one !== undefined) this.#ending.add(one)
    await one?.stop().finally(() => this.#ending.delete(one))
    this.#deps.properties.delete(['interface', ifname, 'connection'])
  }

  /** True where the link is there and up, whoever took it up. */
  isUp(ifname: string): boolean {
    return this.#deps.kernel.mirror.linkByName(ifname)?.up === true
  }

  /** Takes a link up that is not ours; what the kernel refuses is logged. */
  async raise(ifname: string): Promise<void> {
    const [result] = await this.#deps.kernel.send([{ type: 'setLink', ifname, up: true }])
    if (result instanceof NetworkError)
      this.#deps.logger.warn({ ifname }, `taking the link up again: ${result.message}`)
  }

  /** The actor of an interface. @throws NetworkError ERR_NOT_CONFIGURED where it was never configured */
  get(ifname: string): Interface {
    const found = this.#interfaces.get(ifname)
    if (found !== undefined) return found
    throw new NetworkError('ERR_NOT_CONFIGURED', `${ifname} was never configured`, { ifname })
  }

  /** Undoes every plan; resolves when nothing of any interface is left. */
  async stop(): Promise<void> {
    await Promise.all(
      [...this.#interfaces.values()].map((one) =>
        one.stop().catch((thrown: unknown) => {
          this.#deps.logger.error({ ifname: one.ifname }, `stopping: ${messageOf(thrown)}`)
        }),
      ),
    )
    this.#subscription?.unsubscribe()
  }

  #of(ifname: string): Interface {
    const known = this.#interfaces.get(ifname)
    if (known !== undefined) return known
    const nothing = makePlan({ ifname, type: 'null', source: {}, requires: [] })
    const made = new Interface(ifname, nothing, { ...this.#deps, reasons: this.#deps.reasonsOf(ifname) })
    this.#interfaces.set(ifname, made)
    return made
  }

  /** Inside the kernel's turn: properties first, then the decisions that follow; subscribers hear of all of it afterwards. */
  #dispatch(changes: readonly KernelChange[]): void {
    this.#deps.linkProperties.apply(changes)
    for (const change of changes) {
      for (const ifname of this.#names(change)) {
        for (const one of [...this.#interfaces.values(), ...this.#ending]) {
          if (one.concerns(ifname)) one.linkChanged(change)
        }
      }
    }
  }

  /** The links that a change is about: two where a link changed its name. */
  #names(change: KernelChange): readonly string[] {
    switch (change.type) {
      case 'link': {
        const before = change.previous?.ifname
        return before === undefined || before === change.ifname ? [change.ifname] : [before, change.ifname]
      }
      case 'linkGone':
        return [change.ifname]
      case 'address':
      case 'addressGone': {
        const link = this.#deps.kernel.mirror.link(change.ifindex)
        return link === undefined ? [] : [link.ifname]
      }
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
        return []
    }
  }
}
