/** Mobile: modems that are dialled over a serial port and speak PPP. */

import type { Technology } from '../technology.js'
import type { Modem } from './modem.js'
import { BUILT_IN_MODEMS } from './modems/table.js'
import { type Modems, normalizeMobile } from './normalize.js'
import { planMobile } from './plan.js'
import type { MobileConfig } from './schema.js'
import { verifyMobile } from './verify.js'

/** The technology with the modems of the user, which go before built-in ones of the same name. */
export function mobileTechnology(modems: readonly Modem[] = []): Technology<MobileConfig> {
  const known: Modems = new Map([...BUILT_IN_MODEMS, ...modems].map((modem) => [modem.name, modem]))
  return {
    type: 'mobile',
    normalize: (config, context = {}) => normalizeMobile(config, context, known),
    plan: (ifname, config, context) => planMobile(ifname, config, context, known),
    verify: verifyMobile,
  }
}

export const mobile = mobileTechnology()
