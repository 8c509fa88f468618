/** Wired interfaces, and everything that behaves like one. */

import type { Technology } from '../technology.js'
import type { EthernetConfig } from './normalize.js'
import { normalizeEthernet } from './normalize.js'
import { planEthernet } from './plan.js'

export const ethernet: Technology<EthernetConfig> = {
  type: 'ethernet',
  normalize: normalizeEthernet,
  plan: planEthernet,
}
