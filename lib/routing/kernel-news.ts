/** What a batch of kernel changes means for routing. */

import type { KernelChange } from '../kernel/kernel.js'
import { OUR_PROTOCOL } from '../kernel/messages.js'
import { objectKey } from './routing-step.js'

export interface KernelNews {
  /** Names of links that came, went, were renamed, or whose state or addresses changed. */
  readonly links: ReadonlySet<string>
  /** A route or a rule of ours came or went. */
  readonly ours: boolean
  /** Keys of those that went. */
  readonly lost: readonly string[]
}

/** Sums up a batch; `nameOf` tells the name of a link that is there. */
export function readKernelNews(
  changes: readonly KernelChange[],
  nameOf: (ifindex: number) => string | undefined,
): KernelNews {
  const links = new Set<string>()
  const lost: string[] = []
  let ours = false
  for (const change of changes) {
    switch (change.type) {
      case 'link':
        links.add(change.ifname)
        if (change.previous !== undefined) links.add(change.previous.ifname)
        break
      case 'linkGone':
        links.add(change.ifname)
        break
      case 'address':
      case 'addressGone': {
        // A link that has gone as well is named by its own change.
        const ifname = nameOf(change.ifindex)
        if (ifname !== undefined) links.add(ifname)
        break
      }
      case 'route':
      case 'rule':
        ours ||= change.protocol === OUR_PROTOCOL
        break
      case 'routeGone':
      case 'ruleGone':
        if (change.protocol !== OUR_PROTOCOL) break
        ours = true
        lost.push(objectKey(change))
        break
      case 'neighbour':
      case 'neighbourGone':
      case 'nexthop':
      case 'nexthopGone':
      case 'ndOption':
      case 'order':
      case 'overrun':
        // After an overrun the differences follow when the dump has been read.
        break
    }
  }
  return { links, ours, lost }
}
