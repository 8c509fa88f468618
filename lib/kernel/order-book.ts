/** Standing orders: what was asked, in the engine's terms, and what became of it. */

import { NetworkError } from '../errors.js'
import { checkCommand, checkOrders } from './check-command.js'
import type { CommandResult, KernelChange, MirrorReader, StandingOrder } from './kernel.js'
import { describe, noSuchLink, refusal } from './kernel-error.js'
import type { EngineOrder, EngineRequest, KernelCommand, OrderOutcome } from './messages.js'
import { resolveCommand } from './resolve-command.js'

export interface OrderBookDeps {
  readonly mirror: MirrorReader
  /** Resolves with the engine's consent. */
  readonly request: (request: EngineRequest) => Promise<unknown>
  readonly sendUrgently: (commands: readonly KernelCommand[]) => Promise<CommandResult[]>
  readonly publish: (changes: readonly KernelChange[]) => void
  readonly nowMs: () => number
}

/** One set at a time; each order is carried out at most once. */
export class OrderBook {
  readonly #deps: OrderBookDeps
  #generation = 0
  /** Orders whose outcome may still come, by generation: the last set, and those that it took the place of. */
  readonly #open = new Map<number, EngineOrder[]>()

  constructor(deps: OrderBookDeps) {
    this.#deps = deps
  }

  /** See Kernel.setStandingOrders. */
  async set(orders: readonly StandingOrder[]): Promise<number> {
    const resolved = this.#resolveAll(orders)
    this.#generation += 1
    const generation = this.#generation
    this.#open.set(generation, [...resolved])
    try {
      await this.#deps.request({ type: 'setOrders', generation, orders: resolved })
    } catch (thrown) {
      this.#open.delete(generation)
      throw thrown
    }
    for (const older of this.#open.keys()) if (older < generation) this.#open.delete(older)
    await this.#catchUp(generation)
    return generation
  }

  /** The engine has carried one out; undefined where we had done so before. */
  outcome(event: OrderOutcome & { readonly atMs: number }): KernelChange | undefined {
    const order = this.#take(event.generation, (each) => each.name === event.name && each.ifindex === event.ifindex)
    if (order === undefined) return undefined
    const results: CommandResult[] = order.commands.map(() => 'done')
    for (const { index, error } of event.refusals) {
      const command = order.commands[index]
      const nameOf = (ifindex: number): string | undefined => this.#deps.mirror.link(ifindex)?.ifname
      const asked = command === undefined ? { operation: 'order', description: event.name } : describe(command, nameOf)
      results[index] = refusal(error, asked)
    }
    const { generation, name, ifindex, atMs, triggeredMs, doneMs } = event
    return { type: 'order', atMs, generation, name, ifindex, triggeredMs, doneMs, results }
  }

  /**
   * An order waits for a notification that is read after it was set. What had come before is seen in the mirror, which now
   * holds everything up to the engine's consent: such orders are taken back from the engine, and carried out from here.
   */
  async #catchUp(generation: number): Promise<void> {
    const holds = ({ ifindex, lowerUp }: EngineOrder): boolean =>
      (this.#deps.mirror.link(ifindex)?.lowerUp ?? false) === lowerUp
    const due = new Set(this.#openOf(generation).filter(holds))
    if (due.size === 0 || generation !== this.#generation) return
    const isDue = (order: EngineOrder): boolean => due.has(order)
    const others = (): EngineOrder[] => this.#openOf(generation).filter((order) => !due.has(order))
    let sent: EngineOrder[]
    // What the engine carried out while a set crossed would stand again with it: then it is sent once more, each time shorter.
    do {
      sent = others()
      await this.#deps.request({ type: 'setOrders', generation, orders: sent })
      if (generation !== this.#generation) return
      // Whatever the engine carried out before it consented has been told by now.
      for (let order = this.#take(generation, isDue); order !== undefined; order = this.#take(generation, isDue)) {
        this.#carryOut(order, generation)
      }
    } while (others().length < sent.length)
  }

  #carryOut({ name, ifindex, commands }: EngineOrder, generation: number): void {
    const triggeredMs = this.#deps.nowMs()
    const tell = (results: CommandResult[]): void => {
      const atMs = this.#deps.nowMs()
      const change = { type: 'order', atMs, generation, name, ifindex, triggeredMs, doneMs: atMs, results } as const
      this.#deps.publish([change])
    }
    // A kernel that has been closed rejects: then nobody listens either.
    void this.#deps.sendUrgently(commands).then(tell, () => undefined)
  }

  #openOf(generation: number): readonly EngineOrder[] {
    return this.#open.get(generation) ?? []
  }

  #take(generation: number, wanted: (order: EngineOrder) => boolean): EngineOrder | undefined {
    const orders = this.#open.get(generation)
    const at = orders?.findIndex(wanted) ?? -1
    return at === -1 ? undefined : orders?.splice(at, 1)[0]
  }

  #resolveAll(orders: readonly StandingOrder[]): EngineOrder[] {
    const fault = checkOrders(orders)
    if (fault !== undefined) throw fault
    return orders.map((order, at) => this.#resolve(order, `orders.${at}`))
  }

  #resolve({ name, when, commands }: StandingOrder, path: string): EngineOrder {
    const { mirror } = this.#deps
    const asked = { operation: 'setStandingOrders', description: `standing order ${name}`, ifname: when.ifname }
    const ifindex = when.ifname === undefined ? when.ifindex : mirror.linkByName(when.ifname)?.ifindex
    if (ifindex === undefined || mirror.link(ifindex) === undefined) {
      throw noSuchLink(when.ifname ?? when.ifindex ?? '', asked)
    }
    const resolved = commands.map((command, at) => {
      const ready = checkCommand(command) ?? resolveCommand(command, mirror)
      if (ready instanceof NetworkError) throw inCommand(ready, `${path}.commands.${at}`)
      return ready
    })
    return { name, ifindex, lowerUp: when.lowerUp, commands: resolved }
  }
}

function inCommand(error: NetworkError, path: string): NetworkError {
  const { code, ifname } = error
  const field = error.field === undefined ? path : `${path}.${error.field}`
  const details = { field, ifname, operation: 'setStandingOrders', cause: error }
  return new NetworkError(code, `setStandingOrders: ${path}: ${error.message}`, details)
}
