/** Watches, with an engine of its own, which default route the kernel uses. */

import type { Kernel, KernelChange } from '../../lib/kernel/kernel.js'
import { MAIN_TABLE } from '../../lib/kernel/messages.js'

export interface DefaultRoute {
  readonly ifname: string
  readonly gateway: string | undefined
  readonly metric: number
}

/** The IPv4 default route of the main table with the lowest metric: the one the kernel takes. */
export function bestDefaultRoute(kernel: Kernel): DefaultRoute | undefined {
  const [best] = kernel.mirror
    .routes({ table: MAIN_TABLE })
    .filter((route) => route.family === 4 && route.destination === 'default')
    .sort((one, other) => one.metric - other.metric)
  const link = best?.ifindex === undefined ? undefined : kernel.mirror.link(best.ifindex)
  if (best === undefined || link === undefined) return undefined
  return { ifname: link.ifname, gateway: best.gateway, metric: best.metric }
}

export interface RouteMove {
  readonly from: DefaultRoute | undefined
  readonly to: DefaultRoute | undefined
  /** When the engine read the notification that made the difference. */
  readonly atMs: number
}

/** Calls back whenever another link's default route is the one in use. */
export function watchDefaultRoute(kernel: Kernel, moved: (move: RouteMove) => void): void {
  let current = bestDefaultRoute(kernel)
  kernel.subscribe((changes: readonly KernelChange[]) => {
    const last = changes.filter((change) => change.type === 'route' || change.type === 'routeGone').at(-1)
    const best = bestDefaultRoute(kernel)
    if (last === undefined || best?.ifname === current?.ifname) return
    const from = current
    current = best
    moved({ from, to: best, atMs: last.atMs })
  })
}

/** Resolves when the kernel uses the default route of that link. */
export async function untilDefaultRoute(kernel: Kernel, ifname: string): Promise<void> {
  if (bestDefaultRoute(kernel)?.ifname === ifname) return
  await new Promise<void>((resolve) => {
    const subscription = kernel.subscribe(() => {
      if (bestDefaultRoute(kernel)?.ifname !== ifname) return
      subscription.unsubscribe()
      resolve()
    })
  })
}
