/** Starts the check that a plan names as the judge of `connection`. */

import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { HostAddress } from '../connectivity/host-list.js'
import { InternetCheck } from '../connectivity/internet-check.js'
import { LanCheck } from '../connectivity/lan-check.js'
import type { Kernel } from '../kernel/kernel.js'
import type { RouteManager } from '../routing/route-manager.js'
import type { Plan } from '../technology/plan.js'

export interface ConnectionCheck {
  /** The carrier, undefined where the link is gone. Called inside the kernel's turn, reports inside it. */
  link(lowerUp: boolean | undefined): void
  addressesChanged(): void
  stop(): void
}

export interface ConnectionCheckDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly routes: RouteManager
  readonly hosts: readonly HostAddress[]
  /** 0 ≤ value < 1. */
  readonly random: () => number
  readonly resolve: (host: string) => Promise<string[]>
}
