/** Standing orders in a fake network: carried out when a fact tells of the carrier that they wait for. */

import type { EngineOrder, OrderOutcome } from '../kernel/messages.js'
import type { FakeNetwork } from './fake-network.js'
import type { Fact } from './fake-state.js'

/** Each order is carried out once; a new set takes the place of the old one. */
export class FakeOrders {
  readonly #network: FakeNetwork
  #generation = 0
  #orders: EngineOrder[] = []

  constructor(network: FakeNetwork) {
    this.#network = network
  }

  replace(generation: number, orders: readonly EngineOrder[]): void {
    this.#generation = generation
    this.#orders = [...orders]
  }

  /** Carries out what waits for this fact. */
  hear(fact: Fact, nowMs: number): OrderOutcome[] {
    if (fact.type !== 'link' && fact.type !== 'linkGone') return []
    const lowerUp = fact.type === 'link' && fact.lowerUp
    const waits = (order: EngineOrder): boolean => order.ifindex === fact.ifindex && order.lowerUp === lowerUp
    const due = this.#orders.filter(waits)
    // First out of the list: what they change may be heard before they are done.
    this.#orders = this.#orders.filter((order) => !waits(order))
    return due.map(({ name, ifindex, commands }) => {
      const refusals = commands.flatMap((command, index) => {
        const error = this.#network.execute(command)
        return error === undefined ? [] : [{ index, error }]
      })
      return { generation: this.#generation, name, ifindex, triggeredMs: nowMs, doneMs: nowMs, refusals }
    })
  }
}
