/**
 * The configurations of all interfaces: defaults, what was saved, what is wanted now. Secrets stay in here; the property
 * `config` shows them masked.
 */

import { checkInterfaceName } from '../base/interface-name.js'
import type { Logger } from '../base/logger.js'
import { redact } from '../config/redact.js'
import { isNetworkError, messageOf, NetworkError } from '../errors.js'
import { NullStore } from '../persistence/null-store.js'
import type { Persistence } from '../persistence/store.js'
import type { PropertyTable } from '../properties/property-table.js'
import { equalValues } from '../properties/value.js'
import type { Plan } from '../technology/plan.js'
import { planOf } from '../technology/plan-of.js'
import type { TechnologyRegistry } from '../technology/registry.js'
import type { PlanContext } from '../technology/technology.js'
import type { Reasons } from './reasons.js'

export interface ConfigurationsDeps {
  readonly registry: TechnologyRegistry
  readonly persistence: Persistence
  readonly properties: PropertyTable
  readonly planContext: PlanContext
  readonly logger: Logger
  reasons(ifname: string): Reasons
  /** Why an interface of that name may not be configured, undefined where it may. */
  refusedName(ifname: string): string | undefined
}

/** A configuration in its canonical form, and the plan made from it. */
export interface Prepared {
  readonly config: unknown
  readonly plan: Plan
}

const NO_DEFAULT = { type: 'null', reason: 'no default configuration' }

export class Configurations {
  readonly #deps: ConfigurationsDeps
  readonly #defaults = new Map<string, unknown>()
  readonly #wanted = new Map<string, Prepared>()

  constructor(deps: ConfigurationsDeps) {
    this.#deps = deps
  }

  /** Interfaces that have a configuration, sorted. */
  names(): string[] {
    return [...this.#wanted.keys()].sort()
  }

  wanted(ifname: string): Prepared | undefined {
    return this.#wanted.get(ifname)
  }

  /** True where exactly this is wanted already. */
  isWanted(ifname: string, config: unknown): boolean {
    return equalValues(this.#wanted.get(ifname)?.config, config)
  }

  /** Normalizes and plans; touches nothing. @throws NetworkError naming the field */
  prepare(ifname: string, config: unknown): Prepared {
    const { registry, planContext } = this.#deps
    const resolved = registry.resolve(config)
    for (const text of resolved.warnings) this.#deps.logger.warn({ ifname }, text)
    return { config: resolved.config, plan: planOf(ifname, resolved, planContext) }
  }

  /** @throws NetworkError ERR_NAME_NOT_PREDICTABLE where an interface of that name may not be configured */
  checkName(ifname: string): void {
    const refusal = this.#deps.refusedName(ifname)
    if (refusal !== undefined) throw new NetworkError('ERR_NAME_NOT_PREDICTABLE', refusal, { ifname, field: 'ifname' })
  }

  /**
   * Takes the defaults, what was saved over them, and over both what a run that was cut short has to restore. Nothing of
   * it that cannot be used ever fails a start.
   */
  async load(defaults: Readonly<Record<string, unknown>>, restored: ReadonlyMap<string, unknown>): Promise<void> {
    for (const [ifname, config] of Object.entries(defaults)) this.#defaults.set(ifname, config)
    const saved = await this.#savedNames()
    for (const ifname of new Set([...this.#defaults.keys(), ...saved, ...restored.keys()])) {
      const usable = saved.has(ifname) && this.#deps.refusedName(ifname) === undefined
      const prepared = usable ? await this.#loadSaved(ifname) : undefined
      const wanted = this.#usable(ifname, restored.get(ifname)) ?? prepared ?? this.prepareDefault(ifname)
      this.want(ifname, wanted)
      const isSaved = prepared !== undefined && equalValues(prepared.config, wanted.config)
      this.#publishPersistence(ifname, isSaved ? 'saved' : 'not-saved')
    }
  }

  /**
   * What other defaults would change: the interfaces that run on their default, have nothing saved, and get another one; and those
   * that had none. Touches nothing. @throws NetworkError that names the field of the first default that cannot be used
   */
  prepareDefaults(defaults: Readonly<Record<string, unknown>>): ReadonlyMap<string, Prepared> {
    const changed = new Map<string, Prepared>()
    for (const ifname of new Set([...Object.keys(defaults), ...this.#defaults.keys()])) {
      const prepared = this.#prepareEntry(ifname, defaults[ifname] ?? NO_DEFAULT)
      const differs = !equalValues(this.#wanted.get(ifname)?.config, prepared.config)
      if (differs && this.#followsDefault(ifname)) changed.set(ifname, prepared)
    }
    return changed
  }

  /**
   * The interfaces that these defaults would not change although theirs differs from what is wanted: something saved, or
   * configured since, goes before it. Sorted; touches nothing. @throws as prepareDefaults()
   */
  shadowedDefaults(defaults: Readonly<Record<string, unknown>>): string[] {
    const named = new Set([...Object.keys(defaults), ...this.#defaults.keys()])
    return [...named]
      .filter((ifname) => !this.#followsDefault(ifname) && this.#differs(ifname, defaults[ifname]))
      .sort()
  }

  /** True where the interface has its default and nothing saved. */
  #followsDefault(ifname: string): boolean {
    if (this.#deps.properties.get(['interface', ifname, 'persistence']) === 'saved') return false
    const wanted = this.#wanted.get(ifname)
    return wanted === undefined || equalValues(wanted.config, this.prepareDefault(ifname).config)
  }

  /** Not by prepare(), whose warnings are for what is about to be taken. */
  #differs(ifname: string, config: unknown = NO_DEFAULT): boolean {
    try {
      return !equalValues(this.#wanted.get(ifname)?.config, this.#deps.registry.resolve(config).config)
    } catch (thrown) {
      throw inDefault(ifname, thrown)
    }
  }

  /** Takes defaults that prepareDefaults() has accepted. */
  setDefaults(defaults: Readonly<Record<string, unknown>>): void {
    this.#defaults.clear()
    for (const [ifname, config] of Object.entries(defaults)) this.#defaults.set(ifname, config)
  }

  /** @throws NetworkError with the path of the field in `config` */
  #prepareEntry(ifname: string, config: unknown): Prepared {
    this.checkName(ifname)
    try {
      return this.prepare(ifname, config)
    } catch (thrown) {
      throw inDefault(ifname, thrown)
    }
  }

  /** Makes a configuration the wanted one and shows it. */
  want(ifname: string, prepared: Prepared): void {
    this.#wanted.set(ifname, prepared)
    this.#deps.properties.put(['interface', ifname, 'config'], redact(prepared.config))
    const isNull = prepared.plan.type === 'null'
    const reason = isNull ? (prepared.config as { readonly reason?: string }).reason : undefined
    this.#deps.reasons(ifname).set('technology', reason)
  }

  /** Saves unless an equal file is there; false: a failure, which is logged and published, never thrown. */
  async save(ifname: string, config: unknown): Promise<boolean> {
    try {
      // After a failure the file may hold what a power cut would take back: then it is written again.
      const saved = this.#hasFailed(ifname)
        ? undefined
        : await Promise.resolve(this.#deps.persistence.load(ifname)).catch(() => undefined)
      if (saved === undefined || !equalValues(saved, config)) await this.#deps.persistence.save(ifname, config)
      this.#publishPersistence(ifname, this.#deps.persistence instanceof NullStore ? 'not-saved' : 'saved')
      this.#deps.reasons(ifname).set('configuration', undefined)
      return true
    } catch (thrown) {
      this.#failed(ifname, thrown)
      return false
    }
  }

  /** As if the interface had never been configured. */
  forget(ifname: string): void {
    this.#wanted.delete(ifname)
    for (const key of ['config', 'persistence']) this.#deps.properties.delete(['interface', ifname, key])
    for (const source of ['lifecycle', 'technology', 'configuration'] as const)
      this.#deps.reasons(ifname).set(source, undefined)
  }

  /** Says that the wanted configuration is not the saved one. */
  notSaved(ifname: string): void {
    this.#publishPersistence(ifname, 'not-saved')
  }

  /** Removes what was saved; a failure is logged and published, never thrown. */
  async clear(ifname: string): Promise<void> {
    try {
      await this.#deps.persistence.clear(ifname)
      this.#publishPersistence(ifname, 'not-saved')
      this.#deps.reasons(ifname).set('configuration', undefined)
    } catch (thrown) {
      this.#failed(ifname, thrown)
    }
  }

  async #savedNames(): Promise<Set<string>> {
    try {
      return new Set((await this.#deps.persistence.list()).filter((name) => this.#isName(name)))
    } catch (thrown) {
      this.#deps.logger.warn({}, `saved configurations cannot be listed: ${messageOf(thrown)}`)
      return new Set()
    }
  }

  /** A store of somebody else's may hold anything; names go into paths. */
  #isName(name: string): boolean {
    const problem = checkInterfaceName(name)
    if (problem !== undefined) this.#deps.logger.warn({ name }, `saved under the name ${name}, ignored: ${problem}`)
    return problem === undefined
  }

  async #loadSaved(ifname: string): Promise<Prepared | undefined> {
    const { registry, planContext, persistence, logger } = this.#deps
    try {
      const saved = await persistence.load(ifname)
      if (saved === undefined) return undefined
      const resolved = registry.resolveSaved(saved)
      if (resolved.unknownKeys.length > 0) {
        const text = `the saved configuration has unknown keys, ignored and kept: ${resolved.unknownKeys.join(', ')}`
        logger.warn({ ifname, keys: resolved.unknownKeys }, text)
        this.#deps.reasons(ifname).set('configuration', text)
      }
      for (const text of resolved.warnings) logger.warn({ ifname }, `in the saved configuration, ${text}`)
      return { config: resolved.config, plan: planOf(ifname, resolved, planContext) }
    } catch (thrown) {
      const text = `the saved configuration is not used: ${messageOf(thrown)}`
      logger.warn({ ifname, code: isNetworkError(thrown) ? thrown.code : undefined }, text)
      this.#deps.reasons(ifname).set('configuration', text)
      return undefined
    }
  }

  #usable(ifname: string, config: unknown): Prepared | undefined {
    if (config === undefined) return undefined
    try {
      return this.prepare(ifname, config)
    } catch (thrown) {
      this.#deps.logger.warn({ ifname }, `the configuration to restore is not used: ${messageOf(thrown)}`)
      return undefined
    }
  }

  /** The default for an interface; type `null` with a reason where there is none, or none that can be used, or may be. */
  prepareDefault(ifname: string): Prepared {
    const config = this.#defaults.get(ifname) ?? NO_DEFAULT
    try {
      this.checkName(ifname)
      return this.prepare(ifname, config)
    } catch (thrown) {
      const text = `the default configuration of ${ifname} is not used: ${messageOf(thrown)}`
      this.#deps.logger.warn({ ifname }, text)
      return this.prepare(ifname, { type: 'null', reason: text })
    }
  }

  #failed(ifname: string, thrown: unknown): void {
    const code = persistenceCode(thrown)
    this.#deps.logger.warn({ ifname, code }, `saving the configuration failed: ${messageOf(thrown)}`)
    this.#publishPersistence(ifname, `failed: ${code}`)
  }

  #hasFailed(ifname: string): boolean {
    return String(this.#deps.properties.get(['interface', ifname, 'persistence'])).startsWith('failed')
  }

  #publishPersistence(ifname: string, value: string): void {
    this.#deps.properties.put(['interface', ifname, 'persistence'], value)
  }
}

/** An error of one default, which says where in `config` the field stands. */
export function inDefault(ifname: string, thrown: unknown): unknown {
  if (!isNetworkError(thrown)) return thrown
  const { code, cause } = thrown
  const field = ['config', ifname, ...(thrown.field === undefined ? [] : [thrown.field])].join('.')
  return new NetworkError(code, `config.${ifname}: ${thrown.message}`, { field, ifname, cause })
}

/** The operating system's code where there is one (ENOSPC), else ours. */
function persistenceCode(thrown: unknown): string {
  const cause = thrown instanceof NetworkError && thrown.cause !== undefined ? thrown.cause : thrown
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return 'ERR_PERSISTENCE'
}
