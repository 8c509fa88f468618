/** A direct connection of two machines: a USB gadget and its host, or a cable between two. */

import type { Technology } from '../technology.js'
import { type DirectConfig, normalizeDirect } from './normalize.js'
import { planDirect } from './plan.js'

export const direct: Technology<DirectConfig> = { type: 'direct', normalize: normalizeDirect, plan: planDirect }
