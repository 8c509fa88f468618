/**
 * Changes of several interfaces at once, which hold only when they are confirmed.
 *
 * Before anything changes, a journal says what to restore; it lies in the directory of run-time files. Nothing saved
 * changes until `confirm`: it puts a second journal beside the saved configurations, which names all that is to be
 * saved, and from then on the change holds. So wherever a run is cut short, the next start finds either the first
 * journal and restores, or the second and finishes, or none.
 */

import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import type { Clock, Timer } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { Journal } from '../persistence/journal.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { Configurations, Prepared } from './configurations.js'
import type { Interfaces } from './interfaces.js'
import type { Recovery } from './recovery.js'

/** A change that holds when it is confirmed, and is undone when it is not. */
export interface Checkpoint {
  readonly id: string
  /**
   * Saves the configurations: the change holds. Harmless when called again. Where one interface cannot be saved, its property
   * `persistence` says so, and the change holds until the next start.
   * @throws NetworkError ERR_CANCELLED where it was rolled back, ERR_PERSISTENCE where nothing could be saved: it is open still
   */
  confirm(): Promise<void>
  /**
   * Restores every interface, and resolves when each has its former configuration or its reason says why not. Harmless
   * when called again.
   * @throws NetworkError ERR_CANCELLED where it was confirmed
   */
  rollback(): Promise<void>
}

export interface TransactionsDeps {
  readonly configurations: Configurations
  readonly interfaces: Interfaces
  readonly properties: PropertyTable
  readonly journals: Journals
  /** Tries nothing of its own while a change is open: what it sees may be the change's doing. */
  readonly recovery: Pick<Recovery, 'hold' | 'release'>
  readonly clock: Clock
  readonly logger: Logger
}

export interface Journals {
  /** What to restore. */
  readonly open: Journal
  /** What to save. */
  readonly confirmed: Journal
}

const PROPERTY = ['checkpoint']
/** How many changes there were since the start. */
const COUNTS_PROPERTY = ['checkpoints']
/** How late the end of a sleep, or another time of day, may be noticed. */
const LOOK_MS = 10_000
/** What could not be ended, one way or the other, is left alone for so long at least. */
const RETRY_MS = 5_000

/** What an interface had: a configuration and whether it was saved, or none, and a link that was up or not. */
type Former = { readonly prepared: Prepared; readonly persistence: unknown } | { readonly up: boolean }

interface Open {
  readonly id: string
  readonly ifnames: readonly string[]
  readonly former: Map<string, Former>
  readonly wanted: ReadonlyMap<string, Prepared>
  /** By the clock's monotonic time, and by wall time: the change ends by the earlier of the two. */
  readonly deadlineMs: number
  readonly confirmByMs: number
  /** Notes what to restore. */
  opening?: Promise<void>
  timer?: Timer
  end?: 'confirmed' | 'rolled-back'
  ending?: Promise<void>
}

const configSchema = v.nullable(v.unknown())
const openSchema = v.object({
  id: v.string(),
  former: v.record(v.string(), configSchema),
  /** Links that were up without us. */
  up: v.optional(v.array(v.string()), []),
})
const confirmedSchema = v.object({ id: v.string(), configs: v.record(v.string(), v.unknown()) })

/** At most one is open. */
export class Transactions {
  readonly #deps: TransactionsDeps
  #open: Open | undefined
  #stopped = false
  /** Links that the run before was to leave up. */
  #toRaise: readonly string[] = []

  constructor(deps: TransactionsDeps) {
    this.#deps = deps
  }

  /** True while a change waits for its confirmation. */
  get isOpen(): boolean {
    return this.#open !== undefined
  }

  /** @throws NetworkError ERR_BUSY where an open change has the interface */
  checkFree(ifname: string): void {
    if (this.#open?.ifnames.includes(ifname) === true) throw busy(this.#open.id, ifname)
  }

  /**
   * Applies configurations that have been prepared. `idle` resolves when no earlier change of an interface is under way.
   * @throws NetworkError ERR_BUSY, ERR_PERSISTENCE; nothing has changed then
   */
  async apply(
    wanted: ReadonlyMap<string, Prepared>,
    confirmWithinMs: number,
    idle: (ifname: string) => Promise<void>,
  ): Promise<Checkpoint> {
    if (this.#open !== undefined) throw busy(this.#open.id)
    const { clock, configurations, interfaces, properties } = this.#deps
    const open: Open = {
      id: randomUUID(),
      ifnames: [...wanted.keys()].sort(),
      former: new Map(),
      wanted,
      deadlineMs: clock.nowMs() + confirmWithinMs,
      confirmByMs: clock.wallMs() + confirmWithinMs,
    }
    this.#open = open
    try {
      open.opening = this.#note(open, idle)
      await open.opening
    } catch (thrown) {
      this.#open = undefined
      throw thrown
    }
    this.#deps.recovery.hold()
    properties.put(PROPERTY, { id: open.id, interfaces: open.ifnames, confirmByMs: open.confirmByMs })
    this.#count('applied')
    for (const [ifname, prepared] of wanted) {
      if (configurations.isWanted(ifname, prepared.config)) continue
      configurations.notSaved(ifname)
      configurations.want(ifname, prepared)
      interfaces.configure(prepared.plan)
    }
    this.#awaitDeadline(open)
    return { id: open.id, confirm: () => this.#confirm(open), rollback: () => this.#rollBack(open) }
  }

  /**
   * What the run before has left: finishes a confirmed change; of one that was not, returns the configurations to take in
   * place of the saved ones. Called before the configurations are loaded, and `recovered` behind it.
   */
  async recover(save: (ifname: string, config: unknown) => Promise<boolean>): Promise<ReadonlyMap<string, unknown>> {
    const { journals, logger } = this.#deps
    const confirmed = v.safeParse(confirmedSchema, await journals.confirmed.read())
    if (confirmed.success) {
      const { id, configs } = confirmed.output
      const unsaved = new Map<string, unknown>()
      for (const [ifname, config] of Object.entries(configs)) {
        if (!(await save(ifname, config))) unsaved.set(ifname, config)
      }
      if (unsaved.size === 0) logger.info({ id }, 'saved what was confirmed before the run was cut short')
      // It holds for this run at least. A later configuration must not be overtaken by it, so the journal goes all the same.
      else logger.error({ id, ifnames: [...unsaved.keys()] }, 'what was confirmed cannot be saved')
      await this.#forget('open')
      await this.#forget('confirmed')
      return unsaved
    }
    const open = v.safeParse(openSchema, await journals.open.read())
    if (!open.success) return new Map()
    const { id, former, up } = open.output
    this.#toRaise = up
    logger.warn({ id, ifnames: Object.keys(former) }, 'rolled back a change that was never confirmed')
    return new Map(Object.entries(former).filter(([, config]) => config !== null))
  }

  /** What recover() has returned is in force. */
  async recovered(): Promise<void> {
    for (const ifname of this.#toRaise) await this.#deps.interfaces.raise(ifname)
    await this.#forget('open')
  }

  /** An open change is not kept: the next start finds what is saved. */
  async stop(): Promise<void> {
    this.#stopped = true
    const open = this.#open
    if (open === undefined) return
    open.timer?.cancel()
    await open.opening?.catch(() => undefined)
    await open.ending?.catch(() => undefined)
    if (open.end === undefined) await this.#forget('open')
  }

  /** Writes down what to restore, once no earlier change is under way; where that fails nothing of it is left. */
  async #note(open: Open, idle: (ifname: string) => Promise<void>): Promise<void> {
    await Promise.all(open.ifnames.map(idle))
    for (const ifname of open.ifnames) open.former.set(ifname, this.#formerOf(ifname))
    try {
      await this.#deps.journals.open.write({ id: open.id, ...noteOf(open.former) })
      if (this.#stopped) throw new NetworkError('ERR_STOPPED', 'this instance has been stopped')
    } catch (thrown) {
      // A write may fail behind its rename: what lies there would take a later start back to what is old by then.
      await this.#forget('open')
      throw thrown
    }
  }

  #formerOf(ifname: string): Former {
    const prepared = this.#deps.configurations.wanted(ifname)
    if (prepared === undefined) return { up: this.#deps.interfaces.isUp(ifname) }
    return { prepared, persistence: this.#deps.properties.get(['interface', ifname, 'persistence']) }
  }

  /** The monotonic clock stands still while the machine sleeps, and wall time can be set back: so both are looked at. */
  #awaitDeadline(open: Open): void {
    const { clock } = this.#deps
    const leftMs = Math.min(open.deadlineMs - clock.nowMs(), open.confirmByMs - clock.wallMs())
    if (leftMs <= 0) return this.#expire(open)
    open.timer = clock.setTimer(Math.min(leftMs, LOOK_MS), () => this.#awaitDeadline(open))
  }

  #expire(open: Open): void {
    this.#deps.logger.warn({ id: open.id }, 'a change was not confirmed in time: rolling back')
    this.#rollBack(open).catch((thrown: unknown) => {
      this.#deps.logger.error({ id: open.id }, `rolling back: ${messageOf(thrown)}`)
    })
  }

  #confirm(open: Open): Promise<void> {
    return this.#end(open, 'confirmed', async () => {
      const { journals, configurations } = this.#deps
      const configs = Object.fromEntries([...open.wanted].map(([ifname, { config }]) => [ifname, config]))
      try {
        await journals.confirmed.write({ id: open.id, configs })
        await journals.open.remove()
      } catch (thrown) {
        // It is not confirmed then, and no later start may find that it was.
        await this.#forget('confirmed')
        throw thrown
      }
      // A failure is told by the property `persistence`; the journal goes all the same, or it would overtake a later configuration.
      for (const [ifname, { config }] of open.wanted) await configurations.save(ifname, config)
      await this.#forget('confirmed')
    })
  }

  #rollBack(open: Open): Promise<void> {
    return this.#end(open, 'rolled-back', async () => {
      const { configurations, interfaces, properties } = this.#deps
      const restored = open.ifnames.map(async (ifname) => {
        const former = open.former.get(ifname)
        if (former === undefined || !('prepared' in former)) {
          await interfaces.forget(ifname)
          configurations.forget(ifname)
          // Whoever cared for the link before finds it as it was, and gives it its addresses again.
          if (former?.up === true) await interfaces.raise(ifname)
          return
        }
        const { prepared, persistence } = former
        if (!configurations.isWanted(ifname, prepared.config)) {
          configurations.want(ifname, prepared)
          interfaces.configure(prepared.plan)
        }
        properties.put(['interface', ifname, 'persistence'], persistence)
        await interfaces.find(ifname)?.settled()
      })
      await Promise.all(restored)
      await this.#forget('confirmed')
      await this.#forget('open')
    })
  }

  /** Ends an open change one way; a failure leaves it open, and the other way out. */
  #end(open: Open, end: 'confirmed' | 'rolled-back', work: () => Promise<void>): Promise<void> {
    if (open.end !== undefined) {
      if (open.end === end) return open.ending ?? Promise.resolve()
      const past = open.end === 'confirmed' ? 'confirmed' : 'rolled back'
      return Promise.reject(new NetworkError('ERR_CANCELLED', `the change ${open.id} has been ${past}`))
    }
    if (this.#stopped) return Promise.reject(new NetworkError('ERR_STOPPED', 'this instance has been stopped'))
    open.end = end
    open.timer?.cancel()
    open.ending = work().then(
      () => {
        this.#open = undefined
        this.#deps.recovery.release()
        this.#deps.properties.delete(PROPERTY)
        this.#count(end === 'confirmed' ? 'confirmed' : 'rolledBack')
      },
      (thrown: unknown) => {
        delete open.end
        const { clock } = this.#deps
        const leftMs = Math.max(open.deadlineMs - clock.nowMs(), RETRY_MS)
        open.timer = clock.setTimer(leftMs, () => this.#expire(open))
        throw thrown
      },
    )
    return open.ending
  }

  #count(what: 'applied' | 'confirmed' | 'rolledBack'): void {
    const { properties } = this.#deps
    const counts = properties.get(COUNTS_PROPERTY, { applied: 0, confirmed: 0, rolledBack: 0 }) as Record<
      typeof what,
      number
    >
    properties.put(COUNTS_PROPERTY, { ...counts, [what]: counts[what] + 1 })
  }

  async #forget(which: keyof Journals): Promise<void> {
    await this.#deps.journals[which].remove().catch((thrown: unknown) => {
      this.#deps.logger.error({ which }, messageOf(thrown))
    })
  }
}

function noteOf(formers: Open['former']): Omit<v.InferInput<typeof openSchema>, 'id'> {
  const all = [...formers]
  return {
    former: Object.fromEntries(all.map(([ifname, one]) => [ifname, 'prepared' in one ? one.prepared.config : null])),
    up: all.flatMap(([ifname, one]) => ('up' in one && one.up ? [ifname] : [])),
  }
}

function busy(id: string, ifname?: string): NetworkError {
  const what = ifname === undefined ? 'another change' : `a change of ${ifname}`
  return new NetworkError('ERR_BUSY', `${what} is open until it is confirmed or rolled back: ${id}`, { ifname })
}
