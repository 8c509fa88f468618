/** The step of a plan's `down` that takes away what a supplicant, and the parts around it, have told. */

import type { CallStep, Json, StepContext } from '../../plan.js'

/** Every property of the part, the fallback's and the country's; `eap_status` stands directly below the interface. */
export const SUPPLICANT_PROPERTIES: readonly (readonly string[])[] = [
  ...['access_points', 'current_ap', 'clients', 'peers', 'event', 'reason', 'regulatory_domain', 'role', 'signal'].map(
    (name) => ['wifi', name],
  ),
  ['wifi', 'wps_credentials'],
  ['eap_status'],
]

/** A restart of the supplicant leaves its properties; the end of the configuration does not. */
export const forgetSupplicant: CallStep = { type: 'call', name: 'forget-supplicant', args: null, run: forget }

async function forget(_args: Json, context: StepContext): Promise<void> {
  for (const path of SUPPLICANT_PROPERTIES) context.delete(path)
}
