/** Judges `connection` by connectivity-logic.ts, from what kernel and modem tell. */

import type { Subscription } from '../../base/disposable.js'
import type { PartContext } from '../plan.js'
import type { ServingSystem } from './codec/nas.js'
import {
  type ConnectivityEffect,
  type ConnectivityInput,
  type ConnectivityState,
  initialConnectivity,
  reduceConnectivity,
} from './connectivity-logic.js'
import type { Schedule } from './schedule.js'

/** RT_SCOPE_LINK and narrower reach nothing beyond the link. */
const LINK_SCOPE = 253

export interface ConnectivityOptions {
  readonly context: PartContext
  readonly schedule: Schedule
  readonly onInternet: (internet: boolean) => void
}

export class Connectivity {
  readonly #options: ConnectivityOptions
  #state: ConnectivityState = initialConnectivity
  #subscription: Subscription | undefined

  constructor(options: ConnectivityOptions) {
    this.#options = options
  }

  start(): void {
    const { kernel } = this.#options.context
    this.#subscription = kernel.subscribe((changes) => {
      if (changes.some(({ type }) => type.startsWith('link') || type.startsWith('address'))) this.#readLink()
    })
    this.#readLink()
  }

  packet(connected: boolean): void {
    this.#feed({ type: 'packet', connected })
  }

  serving(system: ServingSystem | undefined): void {
    this.#feed({ type: 'serving', system })
  }

  end(): void {
    this.#subscription?.unsubscribe()
  }

  #readLink(): void {
    const { kernel, ifname } = this.#options.context
    const link = kernel.mirror.linkByName(ifname)
    const addresses = link === undefined ? [] : kernel.mirror.addresses(link.ifindex)
    const hasAddress = addresses.some(({ scope }) => scope < LINK_SCOPE)
    this.#feed({ type: 'link', lowerUp: link?.up === true && link.lowerUp, hasAddress })
  }

  #feed(input: ConnectivityInput): void {
    const { state, effects } = reduceConnectivity(this.#state, input)
    this.#state = state
    for (const effect of effects) this.#do(effect)
  }

  #do(effect: ConnectivityEffect): void {
    const { context, schedule, onInternet } = this.#options
    switch (effect.type) {
      case 'report':
        context.setConnection(effect.connection, effect.reason)
        return onInternet(effect.connection === 'internet')
      case 'startGrace':
        return schedule.after('grace', effect.delayMs, () => this.#feed({ type: 'graceOver' }))
      case 'cancelGrace':
        return schedule.cancel('grace')
    }
  }
}
