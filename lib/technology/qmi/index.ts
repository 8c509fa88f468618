/** Modems that speak QMI: qmi_wwan's link for packets, its control channel for everything else. */

import type { Technology } from '../technology.js'
import type { QmiConfig } from './normalize.js'
import { normalizeQmi } from './normalize.js'
import { planQmi } from './plan.js'

export const qmi: Technology<QmiConfig> = {
  type: 'qmi',
  normalize: normalizeQmi,
  plan: planQmi,
}
