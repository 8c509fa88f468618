/** Standing orders: what was asked, in the engine's terms, and what became of it. */

import { NetworkError } from '../errors.js'
import { checkCommand } from './check-command.js'
import type { CommandResult, KernelChange, MirrorReader, StandingOrder } from './kernel.js'
import { describe, noSuchLink, refusal } from './kernel-error.js'
import type { EngineOrder, EngineRequest, KernelCommand, OrderOutcome } from './messages.js'
import { resolveCommand } from './resolve-command.js'

/** What no order carries out: these take more than one message to one socket. */
const NOT_FOR_ORDERS: ReadonlySet<KernelCommand['type']> = new Set([
  'setSysctl',
  'requestRegulatory',
  'addWirelessInterface',
  'deleteWirelessInterface',
  'setMeshParameters',
  'setPowerSave',
  'setWireguardDevice',
] as const)

/** As the engine: as many as links that could each have one. */
const MAX_ORDERS_COUNT = 4_096
/** As the engine: it carries an order out in one go. */
const MAX_COMMANDS_COUNT = 256

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
    this.#open.set(generation, resolved)
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
    const standing = this.#open.get(generation) ?? []
    const due = new Set(standing.filter(holds))
    if (due.size === 0 || generation !== this.#generation) return
    const orders = standing.filter((order) => !due.has(order))
    await this.#deps.request({ type: 'setOrders', generation, orders })
    if (generation !== this.#generation) return
    // Whatever the engine carried out before it consented has been told by now.
    const isDue = (order: EngineOrder): boolean => due.has(order)
    for (let order = this.#take(generation, isDue); order !== undefined; order = this.#take(generation, isDue)) {
      this.#carryOut(order, generation)
    }
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

  #take(generation: number, wanted: (order: EngineOrder) => boolean): EngineOrder | undefined {
    const orders = this.#open.get(generation)
    const at = orders?.findIndex(wanted) ?? -1
    return at === -1 ? undefined : orders?.splice(at, 1)[0]
  }

  #resolveAll(orders: readonly StandingOrder[]): EngineOrder[] {
    if (orders.length > MAX_ORDERS_COUNT) throw wrong('orders', `at most ${MAX_ORDERS_COUNT} orders`)
    const names = new Set<string>()
    return orders.map((order) => {
      if (typeof order.name !== 'string' || order.name === '') throw wrong('name', 'a name')
      if (names.has(order.name)) throw wrong('name', `a name of its own, not ${JSON.stringify(order.name)} again`)
      names.add(order.name)
      return this.#resolve(order)
    })
  }

  #resolve({ name, when, commands }: StandingOrder): EngineOrder {
    const { mirror } = this.#deps
    const asked = { operation: 'setStandingOrders', description: `standing order ${name}`, ifname: when.ifname }
    if (typeof when.lowerUp !== 'boolean') throw wrong('when.lowerUp', 'true or false')
    const ifindex = when.ifname === undefined ? when.ifindex : mirror.linkByName(when.ifname)?.ifindex
    if (ifindex === undefined || mirror.link(ifindex) === undefined) {
      throw noSuchLink(when.ifname ?? when.ifindex ?? '', asked)
    }
    if (commands.length > MAX_COMMANDS_COUNT) throw wrong('commands', `at most ${MAX_COMMANDS_COUNT} commands`)
    const resolved = commands.map((command) => {
      if (NOT_FOR_ORDERS.has(command.type)) throw wrong('commands', `commands of rtnetlink, not ${command.type}`)
      const ready = checkCommand(command) ?? resolveCommand(command, mirror)
      if (ready instanceof NetworkError) throw ready
      return ready
    })
    return { name, ifindex, lowerUp: when.lowerUp, commands: resolved }
  }
}

function wrong(field: string, expected: string): NetworkError {
  const details = { field, operation: 'setStandingOrders' }
  return new NetworkError('ERR_INVALID_CONFIG', `setStandingOrders: ${field}: expected ${expected}`, details)
}
