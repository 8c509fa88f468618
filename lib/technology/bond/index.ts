/** A bond: several cables that are used as one. */

import type { Technology } from '../technology.js'
import { type BondConfig, normalizeBond } from './normalize.js'
import { planBond } from './plan.js'

export const bond: Technology<BondConfig> = { type: 'bond', normalize: normalizeBond, plan: planBond }
