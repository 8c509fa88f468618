/** A VLAN: one of several networks on the same cable, told apart by a tag (IEEE 802.1Q). */

import type { Technology } from '../technology.js'
import { normalizeVlan, type VlanConfig } from './normalize.js'
import { planVlan } from './plan.js'

export const vlan: Technology<VlanConfig> = { type: 'vlan', normalize: normalizeVlan, plan: planVlan }
