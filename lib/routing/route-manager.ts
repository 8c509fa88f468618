/** Keeps the kernel's routing the way the interfaces need it: their tables, rules and routes, and which of them is preferred. */

import type { Clock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import type { Kernel, KernelChange } from '../kernel/kernel.js'
import { OUR_PROTOCOL } from '../kernel/messages.js'
import { type DesiredRoutes, desiredRoutes, NOTHING_DESIRED } from './desired-routes.js'
import { type ActualRoutes, diffRoutes, type RoutingStep } from './diff-routes.js'
import { assignMetrics, InterfaceRecord } from './interface-record.js'
import { type Connection, type InterfaceRoutes, prepareRoutes } from './interface-routes.js'
import { readKernelNews } from './kernel-news.js'
import { defaultRouteMetric, type RouteMetric } from './metric.js'
import { type PropertyWriter, RoutePublisher } from './route-publisher.js'
import { RouteSender } from './route-sender.js'
import { standingOf } from './standing.js'
import { lowestFreeSlot } from './tables.js'
import { prepareWithdrawals } from './withdrawals.js'

export interface RouteManagerDeps {
  readonly kernel: Pick<Kernel, 'send' | 'prepare' | 'mirror' | 'subscribe' | 'settled'>
  readonly properties: PropertyWriter
  readonly logger: Logger
  readonly clock: Clock
  readonly routeMetric?: RouteMetric | undefined
  /** 1 to 4,096 private tables. */
  readonly maxInterfaceCount: number
  /** Called when what is wrong with an interface's routes changes; undefined: nothing is. */
  readonly onProblem?: ((ifname: string, problem: string | undefined) => void) | undefined
  /** A route or rule of the interface that someone else had removed is put back. */
  readonly onRepaired?: ((ifname: string) => void) | undefined
  /** Called with the available interfaces, best first, when they or their order change. */
  readonly onPriority?: ((ifnames: readonly string[]) => void) | undefined
}

/** What the owner reads where no private table was left. */
export const NO_FREE_TABLE = 'no-free-table'

/** Each round deletes all that the mirror shows; a second is needed when something of ours arrived during the first. */
const MAX_STOP_ROUNDS_COUNT = 3

/**
 * All methods are called on the JavaScript thread. Each change is computed and sent in the turn of its call, when
 * nothing is under way; else once, after the replies, when the mirror holds their result. Taking an interface away
 * never waits and looks at no other interface: its deletes are sent first thing, behind what is under way, and are
 * harmless when they find nothing.
 *
 * `connection` says no more than the routes that really stand: where the kernel refuses them, for want of a right or
 * because of a wrong gateway, a rise stops at what stands (standing.ts) and the reason is told by `onProblem`.
 */
export class RouteManager {
  readonly #deps: RouteManagerDeps
  readonly #routeMetric: RouteMetric
  /** In order of appearance. */
  readonly #records = new Map<string, InterfaceRecord>()
  readonly #usedSlots = new Set<number>()
  readonly #publisher: RoutePublisher
  readonly #sender: RouteSender
  /** The calculation's last result; undefined when something it depends on has changed. */
  #desired: DesiredRoutes | undefined
  /** By interface, what takes it away at once; undefined while something is under way that would make it incomplete. */
  #withdrawals: Map<string, readonly RoutingStep[]> | undefined
  #subscription: Subscription | undefined
  #state: 'new' | 'running' | 'stopped' = 'new'

  constructor(deps: RouteManagerDeps) {
    this.#deps = deps
    this.#routeMetric = deps.routeMetric ?? defaultRouteMetric
    this.#publisher = new RoutePublisher(deps)
    this.#sender = new RouteSender({ ...deps, onAnswered: () => this.#advance() })
  }

  /** How many objects of ours were put back after someone else had removed them. */
  get repairs(): number {
    return this.#sender.repairs
  }

  /** Removes what an earlier run left behind and begins to keep the routes. Resolves when the kernel has answered. */
  async start(): Promise<void> {
    const { kernel } = this.#deps
    await kernel.settled()
    if (this.#state !== 'new') return
    this.#state = 'running'
    this.#publisher.start()
    this.#subscription = kernel.subscribe((changes) => this.#onKernelChanges(changes))
    for (const record of this.#records.values()) record.readLink(kernel.mirror)
    this.#desired = undefined
    this.#advance()
    await this.settled()
  }

  /**
   * Replaces what routing does for an interface; the same again is ignored, so that a renewed lease disturbs nothing.
   * An interface that was not known counts as `lan`.
   * @throws NetworkError ERR_INVALID_CONFIG with `field`
   */
  setRoutes(ifname: string, routes: InterfaceRoutes): void {
    const prepared = prepareRoutes(ifname, routes)
    const record = this.#records.get(ifname) ?? this.#add(ifname, 'lan')
    const had = record.hasDefaultRoute
    if (!record.ask(prepared)) return
    // What was found out by way of a gateway holds no longer without one.
    if (had && !record.hasDefaultRoute && record.connection === 'internet') record.connection = 'lan'
    this.#changed(record)
  }

  /**
   * Takes the interface's addresses out of routing; unknown or without routes: nothing. An `internet` becomes `lan`:
   * what was found out with those addresses holds no longer, but the link is what it was.
   */
  clearRoutes(ifname: string): void {
    const record = this.#records.get(ifname)
    if (record?.ask(undefined) !== true) return
    if (record.connection === 'internet') record.connection = 'lan'
    this.#changed(record)
  }

  /** Takes a judgement. The command by which `disconnected` moves the traffic is sent within this call, the rest in its turn. */
  setConnection(ifname: string, connection: Connection, reason: string): void {
    const known = this.#records.get(ifname)
    if (known?.connection === connection) return
    const record = known ?? this.#add(ifname, connection)
    const previous = known?.connection
    record.connection = connection
    this.#changed(record)
    this.#deps.logger.info({ ifname, connection, previous, reason }, `${ifname} is ${connection}: ${reason}`)
  }

  /** The last judgement; `disconnected` for an unknown interface. */
  connection(ifname: string): Connection {
    return this.#records.get(ifname)?.connection ?? 'disconnected'
  }

  /** Drops the interface and gives its table back. */
  forget(ifname: string): void {
    const record = this.#records.get(ifname)
    if (record === undefined) return
    this.#records.delete(ifname)
    record.connection = 'disconnected'
    this.#withdraw(record)
    this.#publisher.fallen(record, this.#records.values())
    this.#sender.release(ifname)
    if (record.slot !== undefined) this.#usedSlots.delete(record.slot)
    this.#giveSlot()
    this.#desired = undefined
    this.#advance()
    if (record.toldProblem !== undefined) this.#deps.onProblem?.(ifname, undefined)
  }

  /** Asks for all metrics again, for a `routeMetric` that depends on something else. */
  refreshRouteMetrics(): void {
    this.#readMetrics(this.#records.values())
    this.#desired = undefined
    this.#advance()
  }

  /** What keeps the interface's routes from standing, as text; undefined when nothing does. */
  problem(ifname: string): string | undefined {
    const record = this.#records.get(ifname)
    if (record === undefined) return undefined
    const hasNoTable = record.slot === undefined && record.hasRoutes
    const problems = [...(hasNoTable ? [NO_FREE_TABLE] : []), ...this.#sender.problems(ifname)]
    return problems.length === 0 ? undefined : problems.join('; ')
  }

  /** Resolves when nothing is under way. Refused steps that wait for another attempt do not count. */
  settled(): Promise<void> {
    return this.#sender.settled()
  }

  /** Deletes all our rules and routes, and nothing else. Harmless when called again. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return this.settled()
    const wasRunning = this.#state === 'running'
    this.#state = 'stopped'
    this.#subscription?.unsubscribe()
    if (!wasRunning) return
    for (const record of this.#records.values()) record.connection = 'disconnected'
    this.#publisher.settled(this.#records.values(), new Map())
    for (let round = 0; round < MAX_STOP_ROUNDS_COUNT; round += 1) {
      await this.settled()
      const steps = diffRoutes(NOTHING_DESIRED, this.#actual())
      if (steps.length === 0) break
      this.#sender.sendAnyway(steps)
    }
    await this.settled()
    this.#sender.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #add(ifname: string, connection: Connection): InterfaceRecord {
    const record = new InterfaceRecord(ifname, connection)
    this.#records.set(ifname, record)
    this.#giveSlot()
    return record
  }

  /**
   * Gives the lowest free slot to the interface that has waited longest, one with routes before one without. Where none is
   * free, an interface without routes gives its own.
   */
  #giveSlot(): void {
    const waiting = [...this.#records.values()].filter((record) => record.slot === undefined)
    const next = waiting.find((record) => record.hasRoutes) ?? waiting[0]
    if (next === undefined) return
    const slot = lowestFreeSlot(this.#usedSlots, this.#deps.maxInterfaceCount) ?? this.#idleSlot(next)
    if (slot === undefined) return
    next.slot = slot
    this.#usedSlots.add(slot)
  }

  #idleSlot(next: InterfaceRecord): number | undefined {
    if (!next.hasRoutes) return undefined
    for (const record of this.#records.values()) {
      const { slot } = record
      if (slot === undefined || record.hasRoutes) continue
      record.slot = undefined
      return slot
    }
    return undefined
  }

  /** Something about the interface has changed: what the kernel refused for it may be right now. */
  #changed(record: InterfaceRecord): void {
    if (!record.keepsRoutes) this.#withdraw(record)
    this.#giveSlot()
    this.#publisher.fallen(record, this.#records.values())
    record.readLink(this.#deps.kernel.mirror)
    this.#sender.release(record.ifname)
    this.#readMetrics([record])
    this.#desired = undefined
    this.#advance()
  }

  /** Sends the deletes of all that the interface has or is about to get; the one that moves the traffic goes alone, first. */
  #withdraw(record: InterfaceRecord): void {
    if (this.#state !== 'running') return
    const [first, ...rest] = this.#withdrawals?.get(record.ifname) ?? this.#withdrawalOf(record)
    this.#withdrawals?.set(record.ifname, [])
    if (first === undefined) return
    this.#sender.sendAnyway([first])
    // The engine's thread takes all that waits when it wakes, and answers what it took together: so the rest waits for the
    // end of this turn, by which the first has been carried out.
    if (rest.length > 0) queueMicrotask(() => this.#sender.sendAnyway(rest))
  }

  #withdrawalOf(record: InterfaceRecord): readonly RoutingStep[] {
    const actual = this.#sender.withUnderWay(this.#actual())
    return prepareWithdrawals([record], actual, this.#deps.kernel.mirror).get(record.ifname) ?? []
  }

  #readMetrics(records: Iterable<InterfaceRecord>): void {
    for (const record of records) {
      const complaint = record.readMetrics(this.#routeMetric)
      if (complaint !== undefined) this.#deps.logger.warn({ ifname: record.ifname }, complaint)
    }
  }

  /** Kernel's turn: puts back what others removed, and follows links and addresses. */
  #onKernelChanges(changes: readonly KernelChange[]): void {
    const { mirror } = this.#deps.kernel
    const news = readKernelNews(changes, (ifindex) => mirror.link(ifindex)?.ifname)
    for (const key of news.lost) this.#sender.lost(key)
    let moved = false
    for (const ifname of news.links) {
      // Of all that changes about a link only what routes depend on counts.
      const record = this.#records.get(ifname)
      if (record?.readLink(mirror) !== true) continue
      // No carrier: its routes lead nowhere, whatever the checks will say in a moment.
      if (record.ifindex === undefined) this.#withdraw(record)
      this.#sender.release(ifname)
      moved = true
    }
    if (moved) this.#desired = undefined
    if (moved || news.ours) this.#advance()
  }

  #actual(): ActualRoutes {
    const { mirror } = this.#deps.kernel
    const ours = { protocol: OUR_PROTOCOL }
    return { routes: mirror.routes(ours), rules: mirror.rules(ours) }
  }

  /** Sends the difference unless something is under way; publishes when there is nothing to send. */
  #advance(): void {
    if (this.#state !== 'running' || this.#sender.busy) return
    this.#desired ??= this.#calculate()
    const actual = this.#actual()
    const steps = diffRoutes(this.#desired, actual)
    if (this.#sender.send(steps) === 'settled') this.#settle(this.#desired, steps, actual)
    else this.#withdrawals = undefined
  }

  #calculate(): DesiredRoutes {
    assignMetrics(this.#records.values())
    return desiredRoutes([...this.#records.values()])
  }

  #settle(desired: DesiredRoutes, refused: readonly RoutingStep[], actual: ActualRoutes): void {
    this.#withdrawals = prepareWithdrawals(this.#records.values(), actual, this.#deps.kernel.mirror)
    this.#deps.kernel.prepare([...this.#withdrawals.values()].flatMap(([first]) => first?.command ?? []))
    const missing = new Set(refused.flatMap(({ entry }) => (entry?.type === 'route' ? entry : [])))
    this.#publisher.settled(this.#records.values(), standingOf(desired.routes, missing))
    for (const record of this.#records.values()) this.#tellProblem(record)
  }

  #tellProblem(record: InterfaceRecord): void {
    const problem = this.problem(record.ifname)
    if (problem === record.toldProblem) return
    record.toldProblem = problem
    this.#deps.onProblem?.(record.ifname, problem)
  }
}
