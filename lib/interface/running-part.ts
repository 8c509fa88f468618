/** A part of a plan as a service: started, stopped, and ended by what it finds itself. */

import { messageOf } from '../errors.js'
import type { Service } from '../supervision/service-group.js'
import type { PartContext, PartService, ResolvedName, StepContext } from '../technology/plan.js'
import { untilAborted } from './interface-context.js'
import { PartControl, type PartControlOptions } from './part-control.js'

/** What an interface offers to the parts of its plan. */
export type PartOffers = Pick<PartContext, 'takePlan' | 'leaveNote' | 'note' | 'resetPower' | 'setConnection'>

/** What a part may do beyond its own run; read anew at each start. */
export interface PartPowers extends PartOffers, Pick<PartControlOptions, 'addresses' | 'judges' | 'setProblem'> {
  resolveOutside(name: string, signal: AbortSignal): Promise<ResolvedName>
  /** Stops a service of the same plan and starts it again, with what depends on it. */
  failService(name: string, reason: string): void
  setOpen(service: string, open: boolean): void
}

export class RunningPart implements Service {
  readonly #part: PartService
  readonly #context: StepContext
  readonly #powers: () => PartPowers
  #running: AsyncDisposable | undefined
  /** Aborts what the present run has begun. */
  #run = new AbortController()
  #control: PartControl | undefined
  #groupSignal: AbortSignal | undefined

  constructor(part: PartService, context: StepContext, powers: () => PartPowers) {
    this.#part = part
    this.#context = context
    this.#powers = powers
  }

  get name(): string {
    return this.#part.name
  }

  /** What it has started with; undefined where it does not run. */
  get running(): AsyncDisposable | undefined {
    return this.#running
  }

  async start(onEnd: (reason: string) => void, groupSignal: AbortSignal): Promise<void> {
    const run = new AbortController()
    this.#run = run
    const signal = AbortSignal.any([groupSignal, run.signal])
    const { kernel, ifname, watched, observe } = this.#context
    const { note, takePlan, leaveNote, resetPower, failService, resolveOutside, setOpen, ...powers } = this.#powers()
    const control = new PartControl({ ...powers, context: this.#context, name: this.name, signal })
    this.#control = control
    this.#groupSignal = groupSignal
    let failed = false
    const started = await this.#part.start(this.#part.args, {
      ...this.#context,
      ...control,
      signal,
      probe: (request) => kernel.probe({ ...request, ifname }, { signal }),
      watched: (path, listener) => untilAborted(signal, watched(path, listener)),
      observe: (path, listener) => untilAborted(signal, observe(path, listener)),
      note,
      leaveNote: (left) => {
        if (!signal.aborted) leaveNote(left)
      },
      takePlan: (name, left) => {
        if (!signal.aborted) takePlan(name, left)
      },
      resolveOutside: (name) => resolveOutside(name, signal),
      resetPower: () => !signal.aborted && resetPower(),
      setOpen: (service, open) => {
        if (!signal.aborted) setOpen(service, open)
      },
      fail: (reason, service = this.name) => {
        if (failed || signal.aborted) return
        if (service !== this.name) return failService(service, reason)
        failed = true
        onEnd(reason)
      },
    })
    // A start that pays no heed to its signal comes too late: nobody would end what it brought.
    if (this.#run !== run || run.signal.aborted) return await this.#end(started)
    this.#running = started
  }

  async stop(): Promise<void> {
    this.#run.abort()
    const ending = this.#running
    this.#running = undefined
    const control = this.#control
    this.#control = undefined
    try {
      await ending?.[Symbol.asyncDispose]()
    } finally {
      await control?.withdraw(this.#groupSignal?.aborted !== true)
    }
  }

  async #end(started: AsyncDisposable): Promise<void> {
    try {
      await started[Symbol.asyncDispose]()
    } catch (thrown) {
      this.#context.logger.error({ service: this.name }, `ending a part that came too late: ${messageOf(thrown)}`)
    }
  }
}
