/** The check of an interface that is never expected to reach the internet: the carrier alone decides. */

import type { Connection } from './check-logic.js'

export interface LanCheckDeps {
  readonly report: (connection: Connection, reason: string) => void
}

/** Judges `lan` or `disconnected`; no traffic, no timer. */
export class LanCheck {
  readonly #deps: LanCheckDeps
  #lowerUp: boolean | undefined
  #stopped = false

  constructor(deps: LanCheckDeps) {
    this.#deps = deps
  }

  /** Takes the carrier, undefined where the link is gone; reports a change within the call. */
  link(lowerUp: boolean | undefined): void {
    const up = lowerUp === true
    if (this.#stopped || up === this.#lowerUp) return
    this.#lowerUp = up
    this.#deps.report(up ? 'lan' : 'disconnected', carrierReason(lowerUp))
  }

  /** Addresses say nothing about a LAN. */
  addressesChanged(): void {}

  /** Nothing is reported after this. */
  stop(): void {
    this.#stopped = true
  }
}

/** Why a judgement followed from the carrier. */
export function carrierReason(lowerUp: boolean | undefined): string {
  if (lowerUp === undefined) return 'link gone'
  return lowerUp ? 'carrier present' : 'carrier lost'
}
