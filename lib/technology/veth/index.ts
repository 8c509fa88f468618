/** A veth: a cable within the machine, for what lives in other network namespaces. */

import type { Technology } from '../technology.js'
import { normalizeVeth, type VethConfig } from './normalize.js'
import { planVeth } from './plan.js'

export const veth: Technology<VethConfig> = { type: 'veth', normalize: normalizeVeth, plan: planVeth }
