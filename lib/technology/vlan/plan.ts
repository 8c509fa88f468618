/** The plan of a VLAN: its link over the parent, and the IP part. Pure. */

import { planNewLink } from '../link/plan.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { VlanConfig } from './normalize.js'

/** Turns a normalized configuration into a plan. */
export function planVlan(ifname: string, config: VlanConfig, context: PlanContext): Plan {
  const { parent, ...vlan } = config.vlan
  return planNewLink(ifname, config, {
    context,
    link: { kind: 'vlan', vlan },
    parent,
    parentField: ['vlan', 'parent'],
  })
}
