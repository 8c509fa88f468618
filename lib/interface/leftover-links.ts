/** After a crash: deletes the links that an earlier run had made and that nobody makes any more. */

import type { Logger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Ledger } from '../supervision/ledger.js'
import { linksMadeBy, type Plan } from '../technology/plan.js'

export interface LeftoverLinksDeps {
  readonly kernel: Pick<Kernel, 'mirror' | 'send'>
  readonly ledger: Pick<Ledger, 'links' | 'removeLink'>
  readonly logger: Logger
  /** The plans that are about to be carried out. */
  readonly plans: readonly Plan[]
}

/**
 * A link that a plan makes stays: whoever makes it takes over what is there. Not so where the plan waits for another link, as
 * for a VLAN's parent: what is there stands on something else, and nobody would take it over or away.
 */
export async function removeLeftoverLinks({ kernel, ledger, logger, plans }: LeftoverLinksDeps): Promise<void> {
  const isThere = (ifname: string): boolean => kernel.mirror.linkByName(ifname) !== undefined
  const wanted = new Set(plans.filter(({ requires }) => requires.every(isThere)).flatMap(linksMadeBy))
  for (const record of ledger.links) {
    const { ifname, kind } = record
    const link = kernel.mirror.linkByName(ifname)
    if (link?.kind === kind) {
      if (wanted.has(ifname)) continue
      const [result] = await kernel.send([{ type: 'deleteLink', ifindex: link.ifindex }])
      if (result instanceof NetworkError) logger.warn({ ifname }, `a link of an earlier run stays: ${result.message}`)
      else logger.info({ ifname }, 'deleted a link that an earlier run had left behind')
    }
    await ledger.removeLink(record)
  }
}
