/** Sends commands pipelined, and in parts where a command speaks of a link that an earlier one makes, renames or deletes. */

import { messageOf, NetworkError } from '../errors.js'
import { checkCommand } from './check-command.js'
import type { CommandResult, MirrorReader } from './kernel.js'
import { describe, refusal } from './kernel-error.js'
import type { EngineCommand, EngineRequest, KernelCommand } from './messages.js'
import type { Requests } from './requests.js'
import { namesChanged, namesUsed, resolveCommand } from './resolve-command.js'
import type { SendOrder } from './send-order.js'

export interface CommandSenderDeps {
  readonly mirror: MirrorReader
  readonly requests: Requests
  readonly order: SendOrder
  /** Hands a batch to the engine. */
  readonly transmit: (batch: readonly EngineCommand[]) => void
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

  /** See Kernel.prepare. Commands that name a link by its name are not prepared: names are resolved when they are sent. */
  prepare(commands: readonly KernelCommand[]): void {
    for (const command of commands) {
      if (checkCommand(command) !== undefined || namesUsed(command).length > 0) continue
      const resolved = resolveCommand(command, this.#deps.mirror)
      if (!(resolved instanceof NetworkError)) this.#prepared.set(command, resolved)
    }
  }

  send(commands: readonly KernelCommand[]): Promise<CommandResult[]> {
    const stopped = this.#deps.stopped()
    if (stopped !== undefined) return Promise.reject(stopped)
    const results: Promise<CommandResult>[] = []
    return this.#deps.order.run(() => this.#sendFrom(commands, results)).then(() => Promise.all(results))
  }

  /** Sends the commands that have no result yet; returns a promise where the rest has to wait for the answers. */
  #sendFrom(commands: readonly KernelCommand[], results: Promise<CommandResult>[]): Promise<void> | undefined {
    const { mirror, stopped } = this.#deps
    const changed = new Set<string>()
    const batch: EngineCommand[] = []
    for (const command of commands.slice(results.length)) {
      const prepared = stopped() === undefined ? this.#prepared.get(command) : undefined
      if (prepared !== undefined) {
        results.push(this.#resultOf(prepared, batch))
        continue
      }
      const fault = stopped() ?? checkCommand(command)
      if (fault === undefined && namesUsed(command).some((name) => changed.has(name))) break
      const resolved = fault ?? resolveCommand(command, mirror)
      if (resolved instanceof NetworkError) {
        results.push(Promise.resolve(resolved))
        continue
      }
      for (const name of namesChanged(command, mirror)) changed.add(name)
      results.push(this.#resultOf(resolved, batch))
    }
    if (batch.length > 0) this.#transmit(batch)
    if (results.length === commands.length) return undefined
    return Promise.all(results).then(() => this.#sendFrom(commands, results))
  }

  /** The engine takes all of a batch or nothing: what it throws at is answered here, so that nobody waits for ever. */
  #transmit(batch: readonly EngineCommand[]): void {
    const { transmit, requests } = this.#deps
    try {
      transmit(batch)
    } catch (thrown) {
      for (const { id, type } of batch) {
        const error = new NetworkError('ERR_INVALID_CONFIG', `${type}: ${messageOf(thrown)}`, {
          operation: type,
          cause: thrown,
        })
        requests.refuse(id, error)
      }
    }
  }

  #resultOf(command: KernelCommand | EngineRequest, batch: EngineCommand[]): Promise<CommandResult> {
    const { mirror, requests } = this.#deps
    return new Promise((resolve, reject) => {
      const numbered = requests.number(command, {
        answer: (event) => {
          if (event.type !== 'reply') return
          if (event.error === undefined) return resolve('done')
          const asked = describe({ ...command, id: 0 }, (ifindex) => mirror.link(ifindex)?.ifname)
          resolve(refusal(event.error, asked))
        },
        reject,
        refuse: resolve,
      })
      batch.push(numbered)
    })
  }
}
