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
import type { KernelCommand, SetLink, SetSysctl } from '../kernel/messages.js'
import { settlesWithin } from '../supervision/deadline.js'
import type { RestoreCommand } from '../supervision/ledger-format.js'
import { linksMadeBy, type Plan, type PlanFile, type RunStep, type Step, type StepContext } from '../technology/plan.js'
import { type Difference, equalSteps } from './compare-plans.js'
import type { HeldAddresses } from './held-addresses.js'
import { ignoreDeadRoutes } from './ignore-dead-routes.js'
import { withLimit } from './limit.js'
import type { MadeLinks } from './made-links.js'
import { type Overwritten, overwrittenKey } from './overwritten.js'

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
  readonly overwritten: Pick<Overwritten, 'noted' | 'note' | 'forget'>
  readonly madeLinks: Pick<MadeLinks, 'make' | 'remove' | 'raising' | 'lower'>
  /** What the plan's link is called now: another program may have renamed it since `up`. Undefined: it is gone, or was not made. */
  nameNow(): string | undefined
  /** Resolves when routing has done what it was asked. */
  routesSettled(): Promise<void>
}

/** One execution of one plan, or of plans that took each other's place: made for `up`, kept for `change` and `down`. */
export class PlanExecution {
  /** While a change is under way: what undoes both plans. */
  #plan: Plan
  readonly #deps: ExecutionDeps
  readonly #context: StepContext
  /** Values that steps have overwritten, as the commands that put them back, by what they are about. */
  readonly #restores = new Map<string, RestoreCommand>()
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
    await this.#doAll(this.#plan.cleanup, this.#plan.files, this.#plan.up, signal)
    // Last, so that the links which a plan makes are there; what has no steps leaves its link alone.
    if (this.#plan.up.length > 0 && !signal.aborted) await this.#ignoreDeadRoutes(signal)
  }

  /**
   * Comes from the plan to `next` while what is equal in both stays; rejects with the first failure, and then `down` undoes
   * what stands of either. No limit: the caller has one.
   */
  async change(next: Plan, difference: Difference, signal: AbortSignal): Promise<void> {
    const old = this.#plan
    this.#plan = bothPlans(old, next)
    this.#task = this.#carryOut(difference, signal)
    await this.#task
    if (!signal.aborted) this.#plan = next
  }

  async #carryOut({ undoFirst, restore, remove, write, steps, undoLast }: Difference, signal: AbortSignal) {
    await this.#undoSteps(undoFirst, signal)
    await this.#restore(restore)
    await this.#doAll(remove, write, steps, signal)
    if (signal.aborted || undoLast.length === 0) return
    // Routes by the old address must have given way to the new ones before the address goes: the kernel takes them along.
    await this.#deps.routesSettled()
    await this.#undoSteps(undoLast, signal)
  }

  async #doAll(
    remove: readonly string[],
    write: readonly PlanFile[],
    steps: readonly Step[],
    signal: AbortSignal,
  ): Promise<void> {
    const { fs } = this.#deps
    for (const path of remove) await fs.rm(path, { force: true })
    for (const file of write) {
      if (signal.aborted) return
      await fs.mkdir(dirname(file.path), { recursive: true })
      // A file that is there would keep its mode, and its readers.
      await fs.rm(file.path, { force: true })
      await fs.writeFile(file.path, file.content, { mode: file.mode, flag: 'wx' })
    }
    for (const step of steps) {
      if (signal.aborted) return
      await this.#runStep(step, signal)
    }
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
    // Half the limit is kept for undoing: a call that never ends, however it is told to, must not keep what `up` did alive.
    await settlesWithin(this.#task, this.#deps.clock, this.#plan.downLimitMs / 2)
    await this.#undoSteps(this.#plan.down, signal)
    if (!signal.aborted) await this.#deps.madeLinks.lower()
    if (!signal.aborted) await this.#restore([...this.#restores.keys()].reverse())
  }

  async #undoSteps(steps: readonly Step[], signal: AbortSignal): Promise<void> {
    for (const step of steps) {
      if (signal.aborted) return
      const aimed = this.#aimed(step)
      if (aimed === undefined) continue
      await this.#runStep(aimed, signal).catch((thrown: unknown) => {
        this.#deps.logger.debug({ ifname: this.#plan.ifname }, `undoing: ${messageOf(thrown)}`)
      })
    }
  }

  /** Puts overwritten values back. */
  async #restore(keys: readonly string[]): Promise<void> {
    const commands = keys.flatMap((key) => this.#restores.get(key) ?? [])
    for (const key of keys) this.#restores.delete(key)
    if (commands.length > 0) await this.#deps.kernel.send(commands.flatMap((command) => this.#aim(command) ?? []))
    await this.#deps.overwritten.forget(keys)
  }

  #aimed(step: Step): Step | undefined {
    if (step.type !== 'kernel') return step
    const command = this.#aim(step.command)
    return command === undefined ? undefined : { ...step, command }
  }

  /**
   * A command of undoing, at the link that `up` was about, by the name that it has now. Undefined where that link is gone and
   * nothing is to be done: its name may be another link's by now. An address of a link that is gone is still to be forgotten.
   */
  #aim(command: KernelCommand): KernelCommand | undefined {
    const { ifname } = this.#plan
    // Who made it knows what became of it.
    if (command.type === 'deleteLink' && this.#makes(command.ifname)) return command
    const nameNow = this.#deps.nameNow()
    if (nameNow === ifname) return command
    if (nameNow === undefined)
      return command.type === 'deleteAddress' || !isAbout(command, ifname) ? command : undefined
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
    const { kernel, addresses, madeLinks } = this.#deps
    switch (command.type) {
      case 'addLink':
        return madeLinks.make(command, signal)
      case 'deleteLink':
        if (this.#makes(command.ifname)) return madeLinks.remove(command)
        break
      case 'setLink':
        if (command.ifname !== this.#plan.ifname) madeLinks.raising(command)
        break
      case 'addAddress':
      case 'replaceAddress':
        if (command.ifname === this.#plan.ifname) return addresses.add(command, signal)
        break
      case 'deleteAddress':
        if (command.ifname === (this.#deps.nameNow() ?? this.#plan.ifname))
          return (await addresses.remove([command]))[0]
        break
    }
    return (await kernel.send([command]))[0]
  }

  #makes(ifname: string | undefined): boolean {
    return ifname !== undefined && linksMadeBy(this.#plan).includes(ifname)
  }

  /** Notes what the command will overwrite; the first value seen is the one to put back, also if that was before a crash. */
  async #remember(command: KernelCommand): Promise<void> {
    const key = overwrittenKey(command)
    if (key === undefined || this.#restores.has(key)) return
    const { overwritten } = this.#deps
    const restore = overwritten.noted(key) ?? (await this.#current(command))
    if (restore === undefined) return
    await overwritten.note(key, restore)
    this.#restores.set(key, restore)
  }

  /** The command that puts back what is there now. */
  async #current(command: KernelCommand): Promise<RestoreCommand | undefined> {
    if (command.type === 'setLink') return this.#linkRestore(command)
    return command.type === 'setSysctl' ? this.#sysctlRestore(command) : undefined
  }

  async #sysctlRestore({ type, path, value: wanted }: SetSysctl): Promise<RestoreCommand | undefined> {
    const value = await this.#deps.kernel.readSysctl(path).catch(() => undefined)
    return value === undefined || value === wanted ? undefined : { type, path: [...path], value }
  }

  #linkRestore(command: SetLink): RestoreCommand | undefined {
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

function isAbout(command: KernelCommand, ifname: string): boolean {
  if (command.type === 'setSysctl') return command.path.includes(ifname)
  return 'ifname' in command && command.ifname === ifname
}

/** What undoes the one, the other, or what stands of both. */
function bothPlans(old: Plan, next: Plan): Plan {
  const others = old.down.filter((step) => !next.down.some((other) => equalSteps([step], [other])))
  return {
    ...next,
    up: [...next.up, ...old.up],
    down: [...next.down, ...others],
    files: [...next.files, ...old.files],
    cleanup: [...next.cleanup, ...old.cleanup],
  }
}
