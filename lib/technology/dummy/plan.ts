/** The plan of a dummy: its link, and the IP part. Pure. */

import { planNewLink } from '../link/plan.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { DummyConfig } from './normalize.js'

/** Turns a normalized configuration into a plan. */
export function planDummy(ifname: string, config: DummyConfig, context: PlanContext): Plan {
  return planNewLink(ifname, config, { context, link: { kind: 'dummy' } })
}
