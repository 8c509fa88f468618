/** The plan of a bond: its link, a part for each port, one that tells which is in use. Pure. */

import { invalidField } from '../../config/validate.js'
import { planNewLink } from '../link/plan.js'
import { portPart } from '../link/port.js'
import type { Plan } from '../plan.js'
import type { PlanContext } from '../technology.js'
import { activePortPart } from './active-port.js'
import { type BondConfig, ONLY_IN } from './normalize.js'

/** Modes that prefer a port. */
const CHOOSING: ReadonlySet<string> = new Set(ONLY_IN['primary'])

/** Turns a normalized configuration into a plan. @throws NetworkError ERR_INVALID_CONFIG */
export function planBond(ifname: string, config: BondConfig, context: PlanContext): Plan {
  const { interfaces, primary, ...bond } = config.bond
  const itself = interfaces.indexOf(ifname)
  if (itself >= 0) throw invalidField(['bond', 'interfaces', String(itself)], 'another link than the bond', ifname)
  return planNewLink(ifname, config, {
    context,
    // Many of these the kernel changes only in a bond that is down or has no ports: another one takes its place.
    link: { kind: 'bond', bond },
    parts: [
      activePortPart(),
      ...interfaces.map((port) =>
        portPart({ port, master: 'bond', ...(CHOOSING.has(bond.mode) ? { primary: port === primary } : {}) }),
      ),
    ],
  })
}
