/** Starts the check that a plan names as the judge of `connection`. */

import { assertNever } from '../base/assert.js'
import type { Clock } from '../base/clock.js'
import type { Logger } from '../base/logger.js'
import type { HostAddress } from '../connectivity/host-list.js'
import { InternetCheck } from '../connectivity/internet-check.js'
import { LanCheck } from '../connectivity/lan-check.js'
import type { NameResolver } from '../connectivity/name-resolver.js'
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
  readonly names: Pick<NameResolver, 'resolve'>
  /** Called after every check: its end shows that the link is alive, whatever it found. */
  readonly onChecked?: (() => void) | undefined
}

/** The running check; undefined where nobody judges, or a service of the technology's own does. */
export function startConnectionCheck(plan: Plan, deps: ConnectionCheckDeps): ConnectionCheck | undefined {
  const { connectivity, ifname } = plan
  if (typeof connectivity === 'object') return undefined
  const report = (connection: 'disconnected' | 'lan' | 'internet', reason: string): void =>
    deps.routes.setConnection(ifname, connection, reason)
  switch (connectivity) {
    case 'internet':
      return new InternetCheck({
        ...deps,
        ifname,
        report,
        initial: deps.routes.connection(ifname),
        resolve: (host, signal) => deps.names.resolve(ifname, host, signal),
        current: () => deps.routes.connection(ifname),
        addresses: () => usableAddresses(deps.kernel, ifname),
      })
    case 'lan':
      return new LanCheck({ report })
    case 'none':
      return undefined
    default:
      return assertNever(connectivity)
  }
}

/** RT_SCOPE_LINK and narrower reach nothing beyond the link. */
const LINK_SCOPE = 253

function usableAddresses(kernel: Kernel, ifname: string): { address: string; prefixLength: number }[] {
  const link = kernel.mirror.linkByName(ifname)
  if (link === undefined) return []
  return kernel.mirror.addresses(link.ifindex).filter((address) => address.scope < LINK_SCOPE)
}
