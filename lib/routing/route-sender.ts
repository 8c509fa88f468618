/** Sends routing steps, one batch under way at a time, and decides by the mirror what has come of them. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { CommandResult, Kernel } from '../kernel/kernel.js'
import { OUR_PROTOCOL, type Route } from '../kernel/messages.js'
import type { ActualRoutes, RoutingStep } from './diff-routes.js'
import { Refusals } from './refusals.js'
import { RepairLimit } from './repair-limit.js'
import { describeStep, isDelete, objectKey, stepKey } from './routing-step.js'

export interface RouteSenderDeps {
  readonly kernel: Pick<Kernel, 'send'>
  readonly logger: Logger
  readonly clock: Clock
  /** Called when nothing is under way any more, and when refused steps may be tried again. */
  readonly onAnswered: () => void
  /** An object of the interface that someone else had removed is put back. */
  readonly onRepaired?: ((ifname: string) => void) | undefined
}

interface Batch {
  readonly steps: readonly RoutingStep[]
  /** Sent while another was under way, which it may have overtaken: its answers prove nothing. */
  readonly overlaps: boolean
}

/** errno of a link that has gone or is down: its return brings an event, and the steps anew. */
const LINK_GONE_ERRNOS: ReadonlySet<number | undefined> = new Set([19 /* ENODEV */, 100 /* ENETDOWN */])
/** errno of a kernel built without policy routing. */
const NO_RULES_ERRNOS: ReadonlySet<number | undefined> = new Set([95 /* EOPNOTSUPP */, 97 /* EAFNOSUPPORT */])

/**
 * Answers are taken as explanations only. A step has been done when the next difference lacks it: a delete that found
 * nothing (ESRCH) and an add that found itself (EEXIST) are done; a step that is still wanted after its answer was
 * refused, waits its turn (refusals.ts), and the answer says why.
 */
export class RouteSender {
  readonly #deps: RouteSenderDeps
  readonly #refusals: Refusals
  readonly #repairLimit: RepairLimit
  readonly #underWay = new Set<Batch>()
  /** Objects that are being deleted; their going is no loss. */
  readonly #deleting = new Set<string>()
  /** Answers to the last steps, by step key. */
  readonly #answers = new Map<string, CommandResult>()
  /** Interfaces that changed while something was under way; answers for them are out of date. */
  readonly #changed = new Set<string>()
  /** Objects that went without us since the last difference. */
  readonly #lost = new Set<string>()
  readonly #waiters: (() => void)[] = []
  #repairs = 0

  constructor(deps: RouteSenderDeps) {
    this.#deps = deps
    this.#refusals = new Refusals({ clock: deps.clock, onRetry: deps.onAnswered })
    this.#repairLimit = new RepairLimit(deps.clock)
  }

  get busy(): boolean {
    return this.#underWay.size > 0
  }

  get repairs(): number {
    return this.#repairs
  }

  /** Sends what was not refused; 'settled' when nothing of it is left. Only called when nothing is under way. */
  send(steps: readonly RoutingStep[]): 'sent' | 'settled' {
    this.#takeAnswers(steps)
    this.#takeLosses(steps)
    const due = this.#refusals.size === 0 ? steps : steps.flatMap((step) => this.#unlessRefused(step) ?? [])
    if (due.length === 0) return 'settled'
    this.sendAnyway(due)
    return 'sent'
  }

  /** Sends the steps whatever is under way or was refused; the engine keeps the order of what was sent. */
  sendAnyway(steps: readonly RoutingStep[]): void {
    const batch: Batch = { steps, overlaps: this.busy }
    this.#underWay.add(batch)
    for (const step of steps) {
      if (isDelete(step)) this.#deleting.add(objectKey(step.command))
    }
    void this.#transmit(steps).then((results) => this.#answered(batch, results))
  }

  /** The mirror's routes and those that are on their way into it: what is taken away now must not appear later. */
  withUnderWay(actual: ActualRoutes): ActualRoutes {
    if (!this.busy) return actual
    const pending = [...this.#underWay].flatMap(({ steps }) => steps.flatMap(({ entry }) => toRoute(entry) ?? []))
    return { rules: actual.rules, routes: [...actual.routes, ...pending] }
  }

  /** Records that an object of ours has gone; one that we are deleting is no loss. */
  lost(key: string): void {
    if (!this.#deleting.has(key)) this.#lost.add(key)
  }

  /** Something about the interface has changed: what was refused for it may be sent again. */
  release(ifname: string): void {
    if (this.busy) this.#changed.add(ifname)
    this.#refusals.release(ifname)
  }

  /** What is wrong with the interface's routes. */
  problems(ifname: string): string[] {
    return this.#refusals.problems(ifname)
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    if (!this.busy) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  /** Ends every timer. */
  stop(): void {
    this.#refusals.stop()
  }

  /** The step, or what is to be done while the kernel refuses it. */
  #unlessRefused(step: RoutingStep): RoutingStep | undefined {
    if (!this.#refusals.isWaiting(stepKey(step))) return step
    return step.instead === undefined ? undefined : this.#unlessRefused(step.instead)
  }

  /** Never rejects: a kernel that is closed refuses every step. */
  async #transmit(steps: readonly RoutingStep[]): Promise<readonly CommandResult[]> {
    try {
      return await this.#deps.kernel.send(steps.map(({ command }) => command))
    } catch (thrown) {
      const error =
        thrown instanceof NetworkError
          ? thrown
          : new NetworkError('ERR_KERNEL_REFUSED', messageOf(thrown), { operation: 'send', cause: thrown })
      return steps.map(() => error)
    }
  }

  #answered(batch: Batch, results: readonly CommandResult[]): void {
    this.#underWay.delete(batch)
    if (!batch.overlaps) {
      for (const [index, step] of batch.steps.entries()) this.#answers.set(stepKey(step), results[index] ?? 'done')
    }
    if (this.busy) return
    this.#deleting.clear()
    this.#deps.onAnswered()
    if (!this.busy) for (const resolve of this.#waiters.splice(0)) resolve()
  }

  /** Steps that are still to be taken after their answer have been refused. */
  #takeAnswers(steps: readonly RoutingStep[]): void {
    const all = this.#answers.size + this.#refusals.size === 0 ? [] : withAlternatives(steps)
    if (this.#answers.size > 0) {
      for (const step of all) {
        const key = stepKey(step)
        const answer = this.#answers.get(key)
        const ifname = step.entry?.ifname ?? ''
        if (answer === undefined || this.#changed.has(ifname)) continue
        this.#refuse(key, { ifname, problem: problemOf(step, answer), errno: errnoOf(answer) })
      }
      this.#answers.clear()
    }
    this.#changed.clear()
    if (this.#refusals.size > 0) this.#refusals.keepOnly(new Set(all.map(stepKey)))
  }

  /** Counts what is put back; an object that is removed again and again waits. */
  #takeLosses(steps: readonly RoutingStep[]): void {
    if (this.#lost.size === 0) return
    for (const step of steps) {
      if (step.entry === undefined) continue
      const key = objectKey(step.command)
      if (!this.#lost.has(key)) continue
      if (this.#repairLimit.allows(key)) {
        this.#repairs += 1
        this.#deps.onRepaired?.(step.entry.ifname)
      } else {
        const problem = `${describeStep(step)}: another program keeps removing it`
        this.#refuse(stepKey(step), { ifname: step.entry.ifname, problem, errno: undefined })
      }
    }
    this.#lost.clear()
  }

  #refuse(key: string, refusal: { ifname: string; problem: string | undefined; errno: number | undefined }): void {
    if (!this.#refusals.note(key, refusal)) return
    const { ifname, problem } = refusal
    this.#deps.logger.warn(ifname === '' ? {} : { ifname }, `${problem}`)
  }
}

function withAlternatives(steps: readonly RoutingStep[]): RoutingStep[] {
  return steps.flatMap((step) => (step.instead === undefined ? [step] : [step, step.instead]))
}

function errnoOf(answer: CommandResult): number | undefined {
  return answer === 'done' ? undefined : answer.errno
}

/** What to tell of a refusal; undefined where the link's return will cure it, or nothing was said. */
function problemOf(step: RoutingStep, answer: CommandResult): string | undefined {
  if (answer === 'done' || answer.code === 'ERR_NO_SUCH_INTERFACE' || LINK_GONE_ERRNOS.has(answer.errno)) {
    return undefined
  }
  const noRules = !('destination' in step.command) && NO_RULES_ERRNOS.has(answer.errno)
  const hint = noRules ? ' (the kernel may lack CONFIG_IP_MULTIPLE_TABLES)' : ''
  return `${answer.message}${hint}`
}

/** The route that an add will bring. */
function toRoute(entry: RoutingStep['entry']): Route | undefined {
  if (entry?.type !== 'route') return undefined
  const { family, destination, gateway, source, ifindex, metric, table, scope } = entry
  return {
    family,
    routeType: 'unicast',
    destination,
    ...(gateway === undefined ? {} : { gateway }),
    ...(source === undefined ? {} : { source }),
    ifindex,
    metric,
    table,
    protocol: OUR_PROTOCOL,
    scope,
  }
}
