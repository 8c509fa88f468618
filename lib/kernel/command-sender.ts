/** Sends commands pipelined, and in parts where a command speaks of a link that an earlier one makes, renames or deletes. */

import { NetworkError } from '../errors.js'
import { checkCommand, sameAddress } from './check-command.js'
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
  /** A command has changed something that the kernel does not announce; resolves when the mirror knows. */
  readonly unannounced: () => Promise<void>
}

/** One result a command; see Kernel.send. */
export class CommandSender {
  readonly #deps: CommandSenderDeps

  constructor(deps: CommandSenderDeps) {
    this.#deps = deps
  }

  send(commands: readonly KernelCommand[]): Promise<CommandResult[]> {
    const stopped = this.#deps.stopped()
    if (stopped !== undefined) return Promise.reject(stopped)
    const results: Promise<CommandResult>[] = []
    return this.#deps.order.run(() => this.#sendFrom(commands, results)).then(() => Promise.all(results))
  }

  /** Sends the commands that have no result yet; returns a promise where the rest has to wait for the answers. */
  #sendFrom(commands: readonly KernelCommand[], results: Promise<CommandResult>[]): Promise<void> | undefined {
    const { mirror, transmit, stopped } = this.#deps
    const changed = new Set<string>()
    const batch: EngineCommand[] = []
    for (const command of commands.slice(results.length)) {
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
    if (batch.length > 0) transmit(batch)
    if (results.length === commands.length) return undefined
    return Promise.allSettled(results).then(() => this.#sendFrom(commands, results))
  }

  #resultOf(command: KernelCommand | EngineRequest, batch: EngineCommand[]): Promise<CommandResult> {
    const { mirror, requests, unannounced } = this.#deps
    const asked = describe({ ...command, id: 0 }, (ifindex) => mirror.link(ifindex)?.ifname)
    return new Promise((resolve, reject) => {
      const numbered = requests.number(command, {
        answer: (event) => {
          if (event.type !== 'reply') return
          if (event.error !== undefined) resolve(refusal(event.error, asked))
          else if (changesInSilence(command, mirror)) unannounced().then(() => resolve('done'), reject)
          else resolve('done')
        },
        reject,
      })
      batch.push(numbered)
    })
  }
}

/** Replacing an IPv6 address that exists changes its flags without RTM_NEWADDR (inet6_addr_modify; tried on 6.18). */
function changesInSilence(command: KernelCommand | EngineRequest, mirror: MirrorReader): boolean {
  if (command.type !== 'replaceAddress' || !command.address.includes(':')) return false
  const { noPrefixRoute = false, protocol = 0 } = command
  return mirror
    .addresses(command.ifindex)
    .some(
      (held) =>
        sameAddress(held.address, command.address) &&
        (held.noPrefixRoute !== noPrefixRoute || (protocol !== 0 && held.protocol !== protocol)),
    )
}
