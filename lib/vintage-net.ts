/** The public object: one running VintageNet. composition.ts builds what stands behind it. */

import { Actor } from './base/actor.js'
import type { Subscription } from './base/disposable.js'
import { checkInterfaceName } from './base/interface-name.js'
import { checkOptions } from './check-options.js'
import { type Composition, compose } from './composition.js'
import { redact } from './config/redact.js'
import { invalidField } from './config/validate.js'
import type { PingOptions, PingResult } from './connectivity/ping.js'
import { isNetworkError, messageOf, NetworkError } from './errors.js'
import type { Prepared } from './interface/configurations.js'
import { formatSnapshot } from './interface/info.js'
import { type Snapshot, takeSnapshot } from './interface/snapshot.js'
import type { Checkpoint } from './interface/transactions.js'
import { resolveOptions, type VintageNetOptions } from './options.js'
import type { Power } from './power/power-manager.js'
import type { Change } from './properties/change.js'
import type { PropertyEntry } from './properties/property-table.js'
import type { UntilOptions } from './properties/until.js'
import { maskPlan } from './technology/mask-plan.js'
import type { Plan } from './technology/plan.js'
import type { Finding } from './technology/technology.js'
import { VERSION } from './version.js'

export interface ConfigureOptions {
  /** Save the configuration, so that it holds after a restart. Default: true. */
  readonly persist?: boolean | undefined
}

export interface ApplyOptions {
  /** Milliseconds after which an unconfirmed change is rolled back; 1 to 2,147,483,647. */
  readonly confirmWithinMs: number
}

const DECONFIGURED = { type: 'null', reason: 'interface deconfigured' }

/** A running instance: configures, watches and keeps alive the interfaces of one network namespace. Begun with `start`, ended with `stop`. */
export class VintageNet {
  readonly #parts: Composition
  readonly #queues = new Map<string, Actor>()
  #stopped: Promise<void> | undefined

  private constructor(parts: Composition) {
    this.#parts = parts
  }

  /**
   * Starts: takes the network namespace's lock, removes what a crashed run left, loads the configurations and begins to
   * apply them. Resolves before interfaces are online; `until` waits for that.
   * @throws NetworkError ERR_INVALID_CONFIG for an option, ERR_ALREADY_RUNNING, ERR_NOT_PERMITTED, ERR_ABI
   */
  static async start(options: VintageNetOptions = {}): Promise<VintageNet> {
    return new VintageNet(await compose(resolveOptions(options)))
  }

  /**
   * Looks at options as start() does, but takes nothing for granted: an entry of `config`, `powerManagers` or a list that start()
   * would leave out with a warning is an error too. Touches nothing. @throws NetworkError with `field`
   */
  static check(options: VintageNetOptions = {}): void {
    checkOptions(options)
  }

  /** How many interfaces get a routing table of their own. */
  get maxInterfaceCount(): number {
    return this.#parts.options.maxInterfaceCount
  }

  /**
   * Validates, normalizes, saves and applies a configuration. Resolves when it is accepted, and durable or known not to
   * be (property `persistence`); not when the interface is online.
   * @throws NetworkError ERR_INVALID_CONFIG with `field`, ERR_UNKNOWN_TYPE, ERR_INVALID_INTERFACE_NAME,
   * ERR_NAME_NOT_PREDICTABLE, ERR_STOPPED; nothing has changed then
   */
  async configure(ifname: string, config: unknown, options: ConfigureOptions = {}): Promise<void> {
    this.#checkRunning()
    checkName(ifname)
    const persist = readPersist(options)
    const prepared = this.#parts.configurations.prepare(ifname, config)
    this.#parts.configurations.checkName(ifname)
    await this.#queue(ifname).run(() => this.#configure(ifname, prepared, persist))
  }

  /**
   * Applies configurations of several interfaces, all or none of them, until they are confirmed. Where that does not come
   * within `confirmWithinMs`, or this run ends before it, every interface gets back what it had. Resolves when all are accepted.
   * @throws NetworkError as configure(), with `ifname`; ERR_BUSY while another change is open; ERR_PERSISTENCE where what to
   *   restore cannot be written down; nothing has changed then
   */
  async apply(configs: Readonly<Record<string, unknown>>, options: ApplyOptions): Promise<Checkpoint> {
    this.#checkRunning()
    const confirmWithinMs = checkApply(configs, options)
    const wanted = new Map(Object.keys(configs).map((ifname) => [ifname, this.#prepare(ifname, configs[ifname])]))
    return await this.#parts.transactions.apply(wanted, confirmWithinMs, (ifname) => this.#queue(ifname).idle())
  }

  /** Configures type `null`: the interface is undone and stays off. */
  async deconfigure(ifname: string, options: ConfigureOptions = {}): Promise<void> {
    await this.configure(ifname, DECONFIGURED, options)
  }

  /** Applies the default configuration (type `null` where there is none) and removes the saved one. */
  async resetToDefaults(ifname: string): Promise<void> {
    this.#checkRunning()
    checkName(ifname)
    const { configurations, transactions } = this.#parts
    await this.#queue(ifname).run(async () => {
      transactions.checkFree(ifname)
      // Not saved, so that a broken disk cannot keep a device from its defaults.
      await this.#configure(ifname, configurations.prepareDefault(ifname), false)
      await configurations.clear(ifname)
    })
  }

  /**
   * Takes other defaults in the place of the option `config`, all or none of them. Interfaces that run on their default, and have
   * nothing saved, change over to the new one; a default that is the same changes nothing. Resolves with the names of those that change.
   * @throws NetworkError ERR_INVALID_CONFIG with `field` (`config.eth0.ipv4`), ERR_BUSY where an open change has one of the interfaces
   */
  async replaceDefaults(defaults: Readonly<Record<string, unknown>>): Promise<string[]> {
    this.#checkRunning()
    const { configurations, transactions } = this.#parts
    for (const ifname of Object.keys(defaults)) checkName(ifname)
    const changed = configurations.prepareDefaults(defaults)
    for (const ifname of changed.keys()) transactions.checkFree(ifname)
    configurations.setDefaults(defaults)
    const changes = [...changed].map(([ifname, prepared]) =>
      this.#queue(ifname).run(() => this.#configure(ifname, prepared, false)),
    )
    await Promise.all(changes)
    return [...changed.keys()].sort()
  }

  /**
   * What replaceDefaults() would leave as it is although the new default differs: interfaces for which something saved, or configured
   * since, goes before it. Asked before replaceDefaults(), it tells those that are not named any more too. Touches nothing. Sorted.
   * @throws as replaceDefaults()
   */
  shadowedDefaults(defaults: Readonly<Record<string, unknown>>): string[] {
    for (const ifname of Object.keys(defaults)) checkName(ifname)
    return this.#parts.configurations.shadowedDefaults(defaults)
  }

  /** The normalized configuration in full, secrets included. @throws NetworkError ERR_NO_CONFIGURATION */
  getConfiguration(ifname: string): unknown {
    if (typeof ifname !== 'string') checkName(ifname)
    const wanted = this.#parts.configurations.wanted(ifname)
    if (wanted === undefined)
      throw new NetworkError('ERR_NO_CONFIGURATION', `no configuration for ${ifname}`, { ifname })
    return structuredClone(wanted.config)
  }

  /** Whether configure() would accept it; touches nothing. */
  configurationValid(ifname: string, config: unknown): boolean {
    try {
      this.plan(ifname, config)
      return true
    } catch {
      return false
    }
  }

  /** The plan of a configuration, secrets masked; touches nothing. @throws as configure() */
  plan(ifname: string, config: unknown): Plan {
    checkName(ifname)
    const { plan } = this.#parts.configurations.prepare(ifname, config)
    return { ...maskPlan(plan), source: redact(plan.source) }
  }

  /** The value of a property, else `fallback`. */
  get(path: readonly string[], fallback?: unknown): unknown {
    return this.#parts.properties.get(path, fallback)
  }

  /** Properties whose whole path matches; '*' matches one element. Sorted. */
  match(pattern: readonly string[]): PropertyEntry[] {
    return this.#parts.properties.match(pattern)
  }

  /** Properties whose path begins with the pattern; '*' matches one element. Sorted. */
  getByPrefix(pattern: readonly string[]): PropertyEntry[] {
    return this.#parts.properties.getByPrefix(pattern)
  }

  /** Calls the listener for every change at or below the pattern, in order of writing, after the turn. */
  subscribe(pattern: readonly string[], listener: (change: Change) => void): Subscription {
    return this.#parts.properties.subscribe(pattern, listener)
  }

  /** The changes at or below the pattern. @throws NetworkError ERR_OVERFLOW when the reader is too slow */
  changes(pattern: readonly string[], options: { signal?: AbortSignal | undefined } = {}): AsyncIterable<Change> {
    return this.#parts.properties.changes(pattern, options)
  }

  /**
   * Resolves with the value when the property holds `wanted`, or satisfies it; at once where it already does. Sees every value.
   * @throws NetworkError ERR_TIMEOUT, ERR_CANCELLED, ERR_STOPPED
   */
  until(path: readonly string[], wanted: (value: unknown) => boolean, options?: UntilOptions): Promise<unknown>
  until(path: readonly string[], wanted: unknown, options?: UntilOptions): Promise<unknown>
  until(path: readonly string[], wanted: unknown, options: UntilOptions = {}): Promise<unknown> {
    return this.#parts.properties.until(path, wanted, options)
  }

  /** Interfaces that are present, sorted. */
  allInterfaces(): string[] {
    return this.match(['interface', '*', 'present']).flatMap(([path, value]) => (value === true ? (path[1] ?? []) : []))
  }

  /** Interfaces whose type is not `null`, sorted. */
  configuredInterfaces(): string[] {
    return this.match(['interface', '*', 'type']).flatMap(([path, value]) => (value === 'null' ? [] : (path[1] ?? [])))
  }

  /**
   * Connects to a host by TCP, through an interface if one is named, and closes again.
   * @throws NetworkError ERR_INVALID_CONFIG with `field`, ERR_NO_SUCH_INTERFACE, ERR_NAME_NOT_RESOLVED, ERR_TIMEOUT, ERR_CANCELLED, ERR_STOPPED
   */
  async ping(host: string, options: PingOptions = {}): Promise<PingResult> {
    this.#checkRunning()
    return await this.#parts.pinger.ping(host, options)
  }

  /** Computes all route metrics anew, for a `routeMetric` that depends on something else. */
  refreshRouteMetrics(): void {
    this.#parts.routes.refreshRouteMetrics()
  }

  /**
   * The power manager of an interface.
   * @throws NetworkError ERR_UNSUPPORTED where it has none, ERR_INVALID_INTERFACE_NAME, ERR_STOPPED
   */
  power(ifname: string): Power {
    this.#checkRunning()
    checkName(ifname)
    return this.#parts.power.power(ifname)
  }

  /**
   * Has the interface's technology carry out a command of its own, and resolves with its result. Several may be under way.
   * @throws NetworkError ERR_NOT_CONFIGURED, ERR_UNSUPPORTED, ERR_INVALID_CONFIG with `field`, ERR_CANCELLED when the
   * interface is not configured any more, ERR_IOCTL_FAILED with `cause`, ERR_BUSY, ERR_INVALID_INTERFACE_NAME, ERR_STOPPED
   */
  async ioctl(ifname: string, command: string, args: readonly unknown[] = []): Promise<unknown> {
    this.#checkRunning()
    checkName(ifname)
    if (typeof command !== 'string' || command === '') throw invalidField(['command'], 'a name', command)
    if (!Array.isArray(args)) throw invalidField(['args'], 'a list', args)
    return await this.#parts.interfaces.get(ifname).ioctl({ command, args })
  }

  /**
   * Scans, and resolves with the list that stands at `wifi/access_points` when the scan has ended. Who asks while one is
   * under way shares it. @throws NetworkError as `ioctl`
   */
  async scan(ifname: string): Promise<unknown> {
    this.#checkRunning()
    checkName(ifname)
    return await this.#parts.interfaces.get(ifname).scan()
  }

  /** The state of everything as text, secrets masked. */
  info(): string {
    return formatSnapshot(this.snapshot())
  }

  /** The state of everything as JSON, secrets masked. */
  snapshot(): Snapshot {
    const { properties, power, options } = this.#parts
    return takeSnapshot(VERSION, { properties, clock: options.clock, power: (ifname) => power.info(ifname)?.text })
  }

  /** What on this machine stands in the way: programs, kernel, rights, files, rival network managers. [] is nothing. @throws NetworkError ERR_STOPPED */
  async verifySystem(): Promise<Finding[]> {
    this.#checkRunning()
    return this.#parts.verifier.verify()
  }

  /** Undoes every plan, stops the daemons, leaves nothing of ours in the kernel. Harmless when called again. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.idle()))
    const failures = await this.#parts.stack.disposeAll()
    for (const { name, thrown } of failures) {
      this.#parts.options.logger.error({ part: name }, `stopping: ${messageOf(thrown)}`)
    }
  }

  /** Saves and applies; runs in the interface's queue. */
  async #configure(ifname: string, prepared: Prepared, persist: boolean): Promise<void> {
    this.#checkRunning()
    const { configurations, interfaces, transactions } = this.#parts
    transactions.checkFree(ifname)
    if (persist) await configurations.save(ifname, prepared.config)
    if (configurations.isWanted(ifname, prepared.config)) return
    if (!persist) configurations.notSaved(ifname)
    configurations.want(ifname, prepared)
    interfaces.configure(prepared.plan)
  }

  /** @throws NetworkError that names the interface too */
  #prepare(ifname: string, config: unknown): Prepared {
    checkName(ifname)
    const { configurations } = this.#parts
    try {
      const prepared = configurations.prepare(ifname, config)
      configurations.checkName(ifname)
      return prepared
    } catch (thrown) {
      if (!isNetworkError(thrown)) throw thrown
      const { code, field, cause } = thrown
      throw new NetworkError(code, `${ifname}: ${thrown.message}`, { field, ifname, cause })
    }
  }

  #queue(ifname: string): Actor {
    const known = this.#queues.get(ifname)
    if (known !== undefined) return known
    const queue = new Actor()
    this.#queues.set(ifname, queue)
    return queue
  }

  #checkRunning(): void {
    if (this.#stopped !== undefined) throw new NetworkError('ERR_STOPPED', 'this instance has been stopped')
  }
}

function readPersist(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) throw invalidField(['options'], 'an object', options ?? null)
  const { persist = true } = options as { readonly persist?: unknown }
  if (typeof persist !== 'boolean') throw invalidField(['persist'], 'true or false', String(typeof persist))
  return persist
}

function checkName(ifname: unknown): asserts ifname is string {
  const wrong = typeof ifname === 'string' ? checkInterfaceName(ifname) : 'an interface name is a string'
  if (wrong === undefined) return
  const shown = typeof ifname === 'string' ? `'${ifname}'` : String(typeof ifname)
  throw new NetworkError('ERR_INVALID_INTERFACE_NAME', `invalid interface name ${shown}: ${wrong}`, { field: 'ifname' })
}

/** The largest delay of a timer. */
const MAX_CONFIRM_WITHIN_MS = 2_147_483_647

/** @throws NetworkError ERR_INVALID_CONFIG with `field` */
function checkApply(configs: unknown, options: unknown): number {
  if (typeof configs !== 'object' || configs === null || Array.isArray(configs) || Object.keys(configs).length === 0) {
    throw invalidField(['configs'], 'configurations by interface name, at least one', shown(configs))
  }
  const { confirmWithinMs } = (options ?? {}) as Partial<ApplyOptions>
  const isDelay = Number.isSafeInteger(confirmWithinMs) && Number(confirmWithinMs) >= 1
  if (isDelay && Number(confirmWithinMs) <= MAX_CONFIRM_WITHIN_MS) return Number(confirmWithinMs)
  const expected = `a whole number of milliseconds from 1 to ${MAX_CONFIRM_WITHIN_MS}`
  throw invalidField(['confirmWithinMs'], expected, shown(confirmWithinMs))
}

/** Enough of a value of any kind to name it in an error. */
function shown(value: unknown): string | number | null | undefined {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'string') return value
  return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`
}
