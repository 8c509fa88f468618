/** A bridge: a switch in the kernel, with other interfaces as its ports. */

import type { Technology } from '../technology.js'
import { type BridgeConfig, normalizeBridge } from './normalize.js'
import { planBridge } from './plan.js'

export const bridge: Technology<BridgeConfig> = { type: 'bridge', normalize: normalizeBridge, plan: planBridge }
