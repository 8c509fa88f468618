/** A macvlan: a further station on a cable, with a MAC address of its own. */

import type { Technology } from '../technology.js'
import { type MacvlanConfig, normalizeMacvlan } from './normalize.js'
import { planMacvlan } from './plan.js'

export const macvlan: Technology<MacvlanConfig> = {
  type: 'macvlan',
  normalize: normalizeMacvlan,
  plan: planMacvlan,
}
