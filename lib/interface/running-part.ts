/** A part of a plan as a service: started, stopped, and ended by what it finds itself. */

import { messageOf } from '../errors.js'
import type { Service } from '../supervision/service-group.js'
import type { PartService, StepContext } from '../technology/plan.js'

/** Stops a service of the same plan and starts it again, with what depends on it. */
export type FailService = (name: string, reason: string) => void

export class RunningPart implements Service {
  readonly #part: PartService
  readonly #context: StepContext
  readonly #failService: FailService
  #running: AsyncDisposable | undefined
  /** Aborts what the present run has begun. */
  #run = new AbortController()

  constructor(part: PartService, context: StepContext, failService: FailService) {
    this.#part = part
    this.#context = context
    this.#failService = failService
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
    const { kernel, ifname, watched } = this.#context
    let failed = false
    const started = await this.#part.start(this.#part.args, {
      ...this.#context,
      signal,
      probe: (request) => kernel.probe({ ...request, ifname }, { signal }),
      watched: (path, listener) => {
        const subscription = watched(path, listener)
        signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true })
        return subscription
      },
      fail: (reason, service = this.name) => {
        if (failed || signal.aborted) return
        failed = true
        if (service === this.name) onEnd(reason)
        else this.#failService(service, reason)
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
    await ending?.[Symbol.asyncDispose]()
  }

  async #end(started: AsyncDisposable): Promise<void> {
    try {
      await started[Symbol.asyncDispose]()
    } catch (thrown) {
      this.#context.logger.error({ service: this.name }, `ending a part that came too late: ${messageOf(thrown)}`)
    }
  }
}
