/**
 * Executes the files and steps of a plan, and undoes them. Steps run one after the other; the first failure ends `up`,
 * while `down` goes on past every failure, so that it undoes half a plan as well as a whole one.
 */

import { dirname } from 'node:path'
import { assertNever } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { CommandResult, Kernel } from '../kernel/kernel.js'
import type { KernelCommand, SetLink } from '../kernel/messages.js'
import type { Plan, RunStep, Step, StepContext } from '../technology/plan.js'
import type { HeldAddresses } from './held-addresses.js'
import { ignoreDeadRoutes } from './ignore-dead-routes.js'

export interface RunStepRequest {
  readonly ifname: string
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export interface ExecutionDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly fs: Pick<HostFileSystem, 'mkdir' | 'rm' | 'writeFile'>
  /** Runs a program to its end; rejects unless it ended with status 0 or its errors are to be ignored. */
  run(step: RunStep, request: RunStepRequest): Promise<void>
  /** Adds and deletes the addresses of the plan's own link. */
  readonly addresses: HeldAddresses
  /** What the plan's link is called now: another program may have renamed it since `up`. */
  nameNow(): string
}

/** A value that a step is about to overwrite, as the command that puts it back. */
type Restore = KernelCommand

/** One execution of one plan: made for `up`, kept for `down`. */
export class PlanExecution {
  readonly #plan: Plan
  readonly #deps: ExecutionDeps
  readonly #context: StepContext
  readonly #restores: Restore[] = []
  /** The up steps themselves, which may go on for a moment after `up` has given them up. */
  #task: Promise<void> = Promise.resolve()

  constructor(plan: Plan, deps: ExecutionDeps, context: StepContext) {
    this.#plan = plan
    this.#deps = deps
    this.#context = context
  }

  /** Writes the files and runs the up steps; rejects with the first failure, with ERR_TIMEOUT past upLimitMs, with ERR_CANCELLED on abort. */
  async up(signal: AbortSignal): Promise<void> {
    const { upLimitMs } = this.#plan
    const text = `the up steps took more than ${upLimitMs} ms`
    await withLimit({ clock: this.#deps.clock, limitMs: upLimitMs, signal, text }, (limited) => {
      this.#task = this.#execute(limited)
      return this.#task
    })
  }

  async #execute(signal: AbortSignal): Promise<void> {
    const { fs } = this.#deps
    for (const path of this.#plan.cleanup) await fs.rm(path, { force: true })
    for (const file of this.#plan.files) {
      if (signal.aborted) return
      await fs.mkdir(dirname(file.path), { recursive: true })
      // A file that is there would keep its mode, and its readers.
      await fs.rm(file.path, { force: true })
      await fs.writeFile(file.path, file.content, { mode: file.mode, flag: 'wx' })
    }
    for (const step of this.#plan.up) {
      if (signal.aborted) return
      await this.#runStep(step, signal)
    }
    // Last, so that the links which a plan makes are there; what has no steps leaves its link alone.
    if (this.#plan.up.length > 0) await this.#ignoreDeadRoutes(signal)
  }

  /** Where it is refused, failover takes the ordinary path. */
  async #ignoreDeadRoutes(signal: AbortSignal): Promise<void> {
    const { ifname } = this.#plan
    for (const command of ignoreDeadRoutes(ifname)) {
      await this.#runCommand(command, signal).catch((thrown: unknown) => {
        this.#deps.logger.info({ ifname }, `failover by the kernel itself is not available: ${messageOf(thrown)}`)
      })
    }
  }

  /** Runs the down steps, puts overwritten values back and deletes the files; never rejects. */
  async down(): Promise<void> {
    const { downLimitMs } = this.#plan
    const never = new AbortController().signal
    try {
      const text = `the down steps took more than ${downLimitMs} ms`
      await withLimit({ clock: this.#deps.clock, limitMs: downLimitMs, signal: never, text }, (limited) =>
        this.#undo(limited),
      )
    } catch (thrown) {
      this.#deps.logger.warn({ ifname: this.#plan.ifname }, `undoing: ${messageOf(thrown)}`)
    }
    for (const path of [...this.#plan.cleanup, ...this.#plan.files.map((file) => file.path)]) {
      await this.#deps.fs.rm(path, { force: true }).catch((thrown: unknown) => {
        this.#deps.logger.warn({ ifname: this.#plan.ifname, path }, `undoing: ${messageOf(thrown)}`)
      })
    }
  }

  async #undo(signal: AbortSignal): Promise<void> {
    await this.#task.catch(() => undefined)
    for (const step of this.#plan.down) {
      if (signal.aborted) return
      await this.#runStep(this.#aimed(step), signal).catch((thrown: unknown) => {
        this.#deps.logger.debug({ ifname: this.#plan.ifname }, `undoing: ${messageOf(thrown)}`)
      })
    }
    const restores = this.#restores.splice(0).reverse()
    if (restores.length > 0) await this.#deps.kernel.send(restores.map((command) => this.#aim(command)))
  }

  #aimed(step: Step): Step {
    return step.type === 'kernel' ? { ...step, command: this.#aim(step.command) } : step
  }

  /** A command of undoing, at the link that `up` was about, by the name that it has now. */
  #aim(command: KernelCommand): KernelCommand {
    const { ifname } = this.#plan
    const nameNow = this.#deps.nameNow()
    if (nameNow === ifname) return command
    if (command.type === 'setSysctl') {
      return { ...command, path: command.path.map((element) => (element === ifname ? nameNow : element)) }
    }
    return 'ifname' in command && command.ifname === ifname ? { ...command, ifname: nameNow } : command
  }

  async #runStep(step: Step, signal: AbortSignal): Promise<void> {
    switch (step.type) {
      case 'kernel':
        return await this.#runCommand(step.command, signal)
      case 'run':
        return await this.#deps.run(step, { ifname: this.#plan.ifname, deadlineMs: this.#plan.upLimitMs, signal })
      case 'call':
        return await step.run(step.args, this.#context)
      default:
        return assertNever(step)
    }
  }

  async #runCommand(command: KernelCommand, signal: AbortSignal): Promise<void> {
    await this.#remember(command)
    if (signal.aborted) return
    const result = await this.#send(command, signal)
    if (result instanceof NetworkError) throw result
  }

  async #send(command: KernelCommand, signal: AbortSignal): Promise<CommandResult | undefined> {
    const { kernel, addresses } = this.#deps
    switch (command.type) {
      case 'addAddress':
      case 'replaceAddress':
        if (command.ifname === this.#plan.ifname) return addresses.add(command, signal)
        break
      case 'deleteAddress':
        if (command.ifname === this.#deps.nameNow()) return (await addresses.remove([command]))[0]
        break
    }
    return (await kernel.send([command]))[0]
  }

  /** Notes what the command will overwrite; the first value seen is the one to put back. */
  async #remember(command: KernelCommand): Promise<void> {
    if (command.type === 'setSysctl') {
      const value = await this.#deps.kernel.readSysctl(command.path).catch(() => undefined)
      if (value !== undefined && value !== command.value) this.#restores.push({ ...command, value })
    }
    if (command.type === 'setLink') {
      const restore = this.#linkRestore(command)
      if (restore !== undefined) this.#restores.push(restore)
    }
  }

  #linkRestore(command: SetLink): SetLink | undefined {
    if (command.macAddress === undefined && command.mtu === undefined) return undefined
    const link = command.ifname === undefined ? undefined : this.#deps.kernel.mirror.linkByName(command.ifname)
    if (link === undefined) return undefined
    return {
      type: 'setLink',
      ifname: link.ifname,
      ...(command.macAddress === undefined || link.macAddress === undefined ? {} : { macAddress: link.macAddress }),
      ...(command.mtu === undefined ? {} : { mtu: link.mtu }),
    }
  }
}

interface Limit {
  readonly clock: Clock
  readonly limitMs: number
  readonly signal: AbortSignal
  /** The message of the ERR_TIMEOUT. */
  readonly text: string
}

/** Runs `task` with a signal that aborts on `signal` or after the limit; rejects at once in both cases. */
async function withLimit(limit: Limit, task: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const { clock, limitMs, signal, text } = limit
  const controller = new AbortController()
  let fail: (error: NetworkError) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = (error) => {
      controller.abort()
      reject(error)
    }
  })
  failed.catch(() => undefined)
  const cancel = (): void => fail(new NetworkError('ERR_CANCELLED', 'the steps were cancelled'))
  const timer = clock.setTimer(limitMs, () => fail(new NetworkError('ERR_TIMEOUT', text)))
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    await Promise.race([task(controller.signal), failed])
  } finally {
    timer.cancel()
    signal.removeEventListener('abort', cancel)
  }
}
