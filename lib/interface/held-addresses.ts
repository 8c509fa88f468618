/**
 * The addresses that one interface holds through us: noted in the ledger before they are added, forgotten when they are
 * gone, and put back when somebody else takes them away.
 */

import type { Clock, Timer } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import { messageOf, NetworkError } from '../errors.js'
import type { CommandResult, Kernel } from '../kernel/kernel.js'
import type { Address, AddressCommand, KernelCommand } from '../kernel/messages.js'
import { deleteAddresses } from './delete-addresses.js'

export interface HeldAddressesDeps {
  readonly ifname: string
  /** What the interface's link is called now: another program may have renamed it. Undefined: it is gone. */
  readonly nameNow: () => string | undefined
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  /** Resolves when the note is on disk, or cannot be put there. */
  note(address: string, prefixLength: number): Promise<void>
  forget(address: string, prefixLength: number): Promise<void>
  /** Why an address of ours does not stand; undefined: all do. */
  onProblem(text: string | undefined): void
  /** An address that somebody else had removed is put back. */
  onRepaired(): void
}

export interface AddressKey {
  readonly address: string
  readonly prefixLength: number
}

/** Another program that removes an address again and again is not raced: after this many repairs in the window we give in. */
const MAX_REPAIRS_COUNT = 5
const REPAIR_WINDOW_MS = 10_000
/** After a repair that was refused, or when we gave in, it is tried again: a right may come, the other program may go. */
const REPAIR_RETRY_MS = 10_000
/** errno of a delete that found nothing: ENODEV, EADDRNOTAVAIL. */
const GONE_ERRNOS: ReadonlySet<number | undefined> = new Set([19, 99])

export class HeldAddresses {
  readonly #deps: HeldAddressesDeps
  readonly #held = new Map<string, AddressCommand>()
  #repairs: number[] = []
  #retry: Timer | undefined

  constructor(deps: HeldAddressesDeps) {
    this.#deps = deps
  }

  /** Notes the address, then adds it; an address that the kernel refuses is not held. `signal` ends it before the kernel is asked. */
  async add(command: AddressCommand, signal?: AbortSignal): Promise<CommandResult> {
    const { kernel, note } = this.#deps
    const key = keyOf(command)
    await note(command.address, command.prefixLength)
    // Noting takes time: a command of an attempt that was given up meanwhile must not follow its own undoing.
    if (signal?.aborted === true) return 'done'
    this.#held.set(key, command)
    const [result = 'done'] = await kernel.send([command])
    if (result instanceof NetworkError && !this.#stands(command)) {
      this.#held.delete(key)
      await this.#forget(command)
    }
    return result
  }

  /** Deletes addresses, ours by now or not; `followedBy` is sent right behind. */
  async remove(addresses: readonly AddressKey[], followedBy: readonly KernelCommand[] = []): Promise<CommandResult[]> {
    const { kernel } = this.#deps
    for (const address of addresses) this.#held.delete(keyOf(address))
    if (this.#held.size === 0) this.#retry?.cancel()
    const ifname = this.#deps.nameNow()
    // Addresses of a link that is gone went with it.
    const results =
      ifname === undefined
        ? addresses.map((): CommandResult => 'done')
        : await deleteAddresses(kernel, { ifname, addresses, followedBy })
    for (const [index, address] of addresses.entries()) {
      if (isGone(results[index])) await this.#forget(address)
    }
    return results
  }

  /** An address of the link went. One of ours that we did not delete comes back, unless its link went too. Kernel's turn. */
  gone(address: Address): void {
    const command = this.#held.get(keyOf(address))
    if (command === undefined || this.#deps.kernel.mirror.linkByName(this.#deps.ifname) === undefined) return
    const nowMs = this.#deps.clock.nowMs()
    this.#repairs = [...this.#repairs.filter((atMs) => nowMs - atMs < REPAIR_WINDOW_MS), nowMs]
    if (this.#repairs.length > MAX_REPAIRS_COUNT) {
      this.#deps.onProblem(`another program keeps removing the address ${command.address}`)
      this.#retryLater()
      return
    }
    this.#repair(command).catch((thrown: unknown) => this.#log(thrown))
  }

  async #repair(command: AddressCommand): Promise<void> {
    const { ifname, kernel, logger, onProblem, onRepaired } = this.#deps
    logger.warn({ ifname, address: command.address }, 'an address of ours was removed by somebody else: it is put back')
    const [result] = await kernel.send([command])
    // The kernel takes the addresses of a link that goes before it tells that the link is gone.
    const wentWithLink = result instanceof NetworkError && isGone(result)
    const missing = this.#held.has(keyOf(command)) && !this.#stands(command)
    const refused = result instanceof NetworkError && !wentWithLink && missing
    onProblem(refused ? result.message : undefined)
    if (!refused && !wentWithLink) onRepaired()
    if (refused) this.#retryLater()
  }

  #retryLater(): void {
    this.#retry?.cancel()
    this.#retry = this.#deps.clock.setTimer(REPAIR_RETRY_MS, () => {
      const ifname = this.#deps.nameNow()
      if (ifname === undefined || this.#deps.kernel.mirror.linkByName(ifname) === undefined) return
      for (const command of this.#held.values()) {
        if (!this.#stands(command)) this.#repair(command).catch((thrown: unknown) => this.#log(thrown))
      }
    })
  }

  #stands({ address, prefixLength }: AddressKey): boolean {
    const { nameNow, kernel } = this.#deps
    const ifname = nameNow()
    const link = ifname === undefined ? undefined : kernel.mirror.linkByName(ifname)
    if (link === undefined) return false
    return kernel.mirror
      .addresses(link.ifindex)
      .some((held) => held.address === address && held.prefixLength === prefixLength)
  }

  async #forget({ address, prefixLength }: AddressKey): Promise<void> {
    await this.#deps.forget(address, prefixLength)
  }

  #log(thrown: unknown): void {
    this.#deps.logger.error({ ifname: this.#deps.ifname }, `putting an address back: ${messageOf(thrown)}`)
  }
}

function keyOf({ address, prefixLength }: AddressKey): string {
  return `${address}/${prefixLength}`
}

function isGone(result: CommandResult | undefined): boolean {
  if (result === undefined || result === 'done') return true
  return result.code === 'ERR_NO_SUCH_INTERFACE' || GONE_ERRNOS.has(result.errno)
}
