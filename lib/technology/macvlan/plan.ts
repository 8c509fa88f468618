/** The plan of a macvlan: its link over the parent, and the IP part. Pure. */

import { planNewLink } from '../link/plan.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { MacvlanConfig } from './normalize.js'

/** Turns a normalized configuration into a plan. */
export function planMacvlan(ifname: string, config: MacvlanConfig, context: PlanContext): Plan {
  const { parent, mode } = config.macvlan
  return planNewLink(ifname, config, {
    context,
    link: { kind: 'macvlan', macvlan: { mode } },
    parent,
    parentField: ['macvlan', 'parent'],
  })
}
