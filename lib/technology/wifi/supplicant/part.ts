/** The service `supplicant` of a WiFi plan; it stands behind the daemon wpa_supplicant. */

import { NetworkError } from '../../../errors.js'
import type { Json, PartContext } from '../../plan.js'
import { type SupplicantArgs, SupplicantClient } from './client.js'

/**
 * Starts the conversation with the interface's wpa_supplicant; resolves when its properties stand. `args` are
 * SupplicantArgs. A supplicant that hangs, ends or goes away later is reported as the failure of the service
 * `wpa_supplicant`.
 */
export async function startSupplicant(args: Json, context: PartContext): Promise<SupplicantClient> {
  return await SupplicantClient.start(readArgs(args), context)
}

function readArgs(args: Json): SupplicantArgs {
  const given = args as Readonly<Record<string, Json | undefined>> | null
  const { ifname, controlDirectory, apMode, bgscan } = given ?? {}
  if (typeof ifname !== 'string' || typeof controlDirectory !== 'string') {
    throw new NetworkError('ERR_INVALID_CONFIG', 'the part supplicant needs ifname and controlDirectory', {
      field: 'args',
    })
  }
  return { ifname, controlDirectory, apMode: apMode === true, bgscan: bgscan === true }
}
