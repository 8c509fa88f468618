/** What an interface's radio can be asked for while it is configured. */

import { NetworkError } from '../../errors.js'
import type { IoctlContext } from '../technology.js'
import type { WifiConfig } from './normalize.js'
import { SUPPLICANT_PART } from './plan.js'
import { SupplicantClient } from './supplicant/client.js'
import { supplicantIoctl } from './supplicant/ioctls.js'
import { accessPointsOf } from './supplicant/kernel-bss.js'

const ACCESS_POINTS = ['wifi', 'access_points']

/** Through the supplicant where one runs; scans also where none does. */
export async function wifiIoctl(
  command: string,
  args: readonly unknown[],
  context: IoctlContext<WifiConfig>,
): Promise<unknown> {
  const { kernel, ifname, signal } = context
  const client = context.part(SUPPLICANT_PART)
  if (client instanceof SupplicantClient) return await supplicantIoctl(client, command, args, signal)
  if (command === 'scan') {
    const heard = await kernel.wireless.scan({ ifname }, { signal })
    context.put(ACCESS_POINTS, accessPointsOf(heard))
    return undefined
  }
  throw new NetworkError('ERR_UNSUPPORTED', `${ifname}: no supplicant runs that could be asked for ${command}`, {
    ifname,
    operation: 'ioctl',
  })
}
