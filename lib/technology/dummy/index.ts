/** A dummy: a link without a network, for addresses that belong to the machine and to no cable. */

import type { Technology } from '../technology.js'
import { type DummyConfig, normalizeDummy } from './normalize.js'
import { planDummy } from './plan.js'

export const dummy: Technology<DummyConfig> = { type: 'dummy', normalize: normalizeDummy, plan: planDummy }
