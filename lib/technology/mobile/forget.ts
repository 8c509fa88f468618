/** The step of a plan's `down` that takes away what was told of a modem. */

import type { CallStep, Json, StepContext } from '../plan.js'
import { CELL_PROPERTIES } from './cell.js'

/** Every property of the technology. */
export const MOBILE_PROPERTIES: readonly (readonly string[])[] = [
  'modem',
  'sim',
  'registration',
  'signal_asu',
  'signal_dbm',
  'signal_4bars',
  ...CELL_PROPERTIES,
  'imsi',
  'iccid',
].map((name) => ['mobile', name])

export const forgetModem: CallStep = { type: 'call', name: 'forget-modem', args: null, run: forget }

async function forget(_args: Json, context: StepContext): Promise<void> {
  for (const path of MOBILE_PROPERTIES) context.delete(path)
}
