/** The plan of a veth: both ends of a cable within the machine, and the IP part of the near one. Pure. */

import { invalidField } from '../../config/validate.js'
import { planNewLink } from '../link/plan.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import type { VethConfig } from './normalize.js'

/** Turns a normalized configuration into a plan. @throws NetworkError ERR_INVALID_CONFIG */
export function planVeth(ifname: string, config: VethConfig, context: PlanContext): Plan {
  const { peer } = config.veth
  if (peer === ifname) throw invalidField(['veth', 'peer'], 'another name than that of the near end', peer)
  return planNewLink(ifname, config, {
    context,
    link: { kind: 'veth', peer: { ifname: peer } },
    // Without it there is no carrier. It goes with the near end.
    settings: [{ type: 'setLink', ifname: peer, up: true }],
  })
}
