/** The plan of an interface whose link we make: the link, its attributes, and the IP part on top of it. Pure. */

import { invalidField } from '../../config/validate.js'
import type { AddLink, KernelCommand } from '../../kernel/messages.js'
import type { IpConfig } from '../ip/normalize.js'
import { planIp } from '../ip/plan.js'
import { makePlan, type PartService, type Plan, type Step } from '../plan.js'
import type { PlanContext } from '../technology.js'
import { parentPart } from './parent.js'

export interface NewLinkOptions {
  readonly context: PlanContext
  /** The link, but for its name. */
  readonly link: Omit<AddLink, 'type' | 'ifname' | 'parent'>
  /** Name of the link below, which must be there first, and is taken up. */
  readonly parent?: string | undefined
  /** Path of the key that names it. */
  readonly parentField?: readonly string[] | undefined
  /** Behind the link's birth, before it is up. */
  readonly settings?: readonly KernelCommand[] | undefined
  /** In front of DHCP client and servers. */
  readonly parts?: readonly PartService[] | undefined
}

type LinkConfig = IpConfig & { readonly type: string }

/** @throws NetworkError ERR_INVALID_CONFIG where the link would stand on itself */
export function planNewLink(ifname: string, config: LinkConfig, options: NewLinkOptions): Plan {
  const { context, link, parent, parentField = [], settings = [], parts = [] } = options
  if (parent === ifname) throw invalidField(parentField, 'another link than the one that is made', parent)
  const ip = planIp(ifname, config, context)
  const below: KernelCommand[] = parent === undefined ? [] : [{ type: 'setLink', ifname: parent, up: true }]
  const birth: AddLink = { type: 'addLink', ifname, ...(parent === undefined ? {} : { parent }), ...link }
  return makePlan({
    ifname,
    type: config.type,
    source: config,
    ...ip,
    requires: parent === undefined ? [] : [parent],
    up: [...[...below, birth, ...settings].map(kernelStep), ...ip.up],
    down: [...ip.down, kernelStep({ type: 'deleteLink', ifname })],
    services: [...(parent === undefined ? [] : [parentPart(parent)]), ...parts, ...ip.services],
    // Ports and clients do not depend on each other.
    restart: 'one-for-one',
  })
}

function kernelStep(command: KernelCommand): Step {
  return { type: 'kernel', command }
}
