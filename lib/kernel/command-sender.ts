/** Sends commands pipelined, and in parts where a command speaks of a link that an earlier one makes, renames or deletes. */

import { NetworkError } from '../errors.js'
import { checkCommand } from './check-command.js'
import type { CommandResult, MirrorReader } from './kernel.js'
import { describe, notTaken, refusal } from './kernel-error.js'
import type { EngineCommand, EngineError, KernelCommand } from './messages.js'
import type { Requests } from './requests.js'
import { namesChanged, namesUsed, resolveCommand } from './resolve-command.js'
import type { SendOrder } from './send-order.js'

/** So many commands cross at once: the engine begins with the first while the next are made ready. */
const COMMANDS_PER_ROW_COUNT = 1_024

export interface CommandSenderDeps {
  readonly mirror: MirrorReader
  readonly requests: Requests
  readonly order: SendOrder
  /** Hands commands to the engine, all or none. */
  readonly transmit: (commands: readonly EngineCommand[], firstId: number, urgent: boolean) => void
  /** The engine makes a command ready that will cross as it is. */
  readonly prepare: (command: EngineCommand) => void
  /** The error of all that is sent after the end. */
  readonly stopped: () => NetworkError | undefined
}

/** One result a command; see Kernel.send. */
export class CommandSender {
  readonly #deps: CommandSenderDeps
  /** Commands that were prepared, as they cross to the engine. */
  readonly #prepared = new WeakMap<KernelCommand, KernelCommand>()

  constructor(deps: CommandSenderDeps) {
    this.#deps = deps
  }

  /**
   * See Kernel.prepare. Commands that name a link by its name are not prepared, as names are resolved when they are sent; nor
   * are those that give or take a name, which commands behind them may have to wait for.
   */
  prepare(commands: readonly KernelCommand[]): void {
    for (const command of commands) {
      // What was prepared before may have been changed since.
      this.#prepared.delete(command)
      if (checkCommand(command) !== undefined || namesUsed(command).length > 0) continue
      if (namesChanged(command, this.#deps.mirror).length > 0) continue
      const resolved = resolveCommand(command, this.#deps.mirror)
      if (!(resolved instanceof NetworkError)) this.#prepareResolved(command, structuredClone(resolved))
    }
  }

  #prepareResolved(command: KernelCommand, own: KernelCommand): void {
    try {
      this.#deps.prepare(own)
      this.#prepared.set(command, own)
    } catch (thrown) {
      // A shape that cannot be encoded is refused when it is sent.
      if (!(thrown instanceof TypeError)) throw thrown
    }
  }

  send(commands: readonly KernelCommand[], urgent: boolean): Promise<CommandResult[]> {
    const stopped = this.#deps.stopped()
    if (stopped !== undefined) return Promise.reject(stopped)
    const sending = new Sending(commands, urgent)
    const work = (): Promise<void> | undefined => this.#sendFrom(sending)
    // What is urgent waits for nobody's names but its own.
    const handedOver = urgent ? Promise.resolve(work()) : this.#deps.order.run(work)
    return handedOver.then(() => sending.answered()).then(() => sending.results)
  }

  /** Sends the commands that have not been sent; returns a promise where the rest has to wait for the answers. */
  #sendFrom(sending: Sending): Promise<void> | undefined {
    const changed = new Set<string>()
    let row: Row = { commands: [], places: [] }
    while (sending.next < sending.commands.length) {
      const command = sending.commands[sending.next] as KernelCommand
      const ready = this.#makeReady(command, changed)
      if (ready === undefined) break
      if (ready instanceof NetworkError) sending.results[sending.next] = ready
      else {
        row.commands.push(ready)
        row.places.push(sending.next)
        if (row.commands.length === COMMANDS_PER_ROW_COUNT) {
          this.#transmit(row, sending)
          row = { commands: [], places: [] }
        }
      }
      sending.next += 1
    }
    if (row.commands.length > 0) this.#transmit(row, sending)
    if (sending.next === sending.commands.length) return undefined
    return sending.answered().then(() => this.#sendFrom(sending))
  }

  /** The command as it crosses, the error that is its result, or nothing where it must wait for what goes before it. */
  #makeReady(command: KernelCommand, changed: Set<string>): KernelCommand | NetworkError | undefined {
    const { mirror, stopped } = this.#deps
    const end = stopped()
    if (end !== undefined) return end
    const prepared = this.#prepared.get(command)
    if (prepared !== undefined) return prepared
    const fault = checkCommand(command)
    if (fault !== undefined) return fault
    if (changed.size > 0 && namesUsed(command).some((name) => changed.has(name))) return undefined
    const resolved = resolveCommand(command, mirror)
    if (!(resolved instanceof NetworkError)) for (const name of namesChanged(command, mirror)) changed.add(name)
    return resolved
  }

  /** The engine takes all of a row or nothing: what it throws at is answered here, so that nobody waits for ever. */
  #transmit({ commands, places }: Row, sending: Sending): void {
    const { transmit, requests, mirror } = this.#deps
    const { results } = sending
    sending.expect(commands.length)
    const firstId = requests.numberRow(commands.length, {
      done: (index, count) => {
        for (let at = index; at < index + count; at += 1) results[places[at] as number] = 'done'
        sending.answer(count)
      },
      refused: (index, error) => {
        results[places[index] as number] = refusalOf(commands[index] as KernelCommand, error, mirror)
        sending.answer(1)
      },
      reject: (error) => sending.reject(error),
    })
    try {
      transmit(commands, firstId, sending.urgent)
    } catch (thrown) {
      requests.forgetRow(firstId)
      for (const [index, { type }] of commands.entries()) {
        results[places[index] as number] = notTaken(type, thrown)
      }
      sending.answer(commands.length)
    }
  }
}

interface Row {
  readonly commands: KernelCommand[]
  /** Where each stands in what was sent. */
  readonly places: number[]
}

/** One call of send. */
class Sending {
  readonly commands: readonly KernelCommand[]
  readonly urgent: boolean
  readonly results: CommandResult[]
  /** The first that has not been looked at. */
  next = 0
  #outstanding = 0
  #error: NetworkError | undefined
  #settle: (() => void) | undefined

  constructor(commands: readonly KernelCommand[], urgent: boolean) {
    this.commands = commands
    this.urgent = urgent
    this.results = new Array(commands.length)
  }

  expect(count: number): void {
    this.#outstanding += count
  }

  answer(count: number): void {
    this.#outstanding -= count
    if (this.#outstanding === 0) this.#settle?.()
  }

  reject(error: NetworkError): void {
    this.#error = error
    this.#settle?.()
  }

  /** Resolves when all that was handed over has been answered. */
  answered(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = () => {
        if (this.#error === undefined) resolve()
        else reject(this.#error)
      }
      if (this.#outstanding === 0 || this.#error !== undefined) this.#settle()
    })
  }
}

function refusalOf(command: KernelCommand, error: EngineError, mirror: MirrorReader): NetworkError {
  const asked = describe(command, (ifindex) => mirror.link(ifindex)?.ifname)
  return refusal(error, asked)
}
