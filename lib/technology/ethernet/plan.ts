/** The plan of an Ethernet interface: nothing but its IP part. */

import { planIp } from '../ip/plan.js'
import type { Plan } from '../plan.js'
import { makePlan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { EthernetConfig } from './normalize.js'

/** Turns a normalized configuration into a plan. Pure. */
export function planEthernet(ifname: string, config: EthernetConfig, context: PlanContext): Plan {
  return makePlan({ ifname, type: config.type, source: config, ...planIp(ifname, config, context) })
}
