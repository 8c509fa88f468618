/** What an interface's radio can be asked for while it is configured. */

import { NetworkError } from '../../errors.js'
import type { IoctlContext } from '../technology.js'
import type { WifiConfig } from './normalize.js'
import { SUPPLICANT_PART } from './plan.js'
import { SupplicantClient } from './supplicant/client.js'
import { supplicantIoctl } from './supplicant/ioctls.js'
import { accessPointsOf } from './supplicant/kernel-bss.js'

const ACCESS_POINTS = ['wifi', 'access_points']

/** A supplicant that has just been started, or started again, is talked to within that; longer than that it does not run. */
const STARTING_LIMIT_MS = 4_000
const POLL_MS = 50

/** Through the supplicant where one runs; scans also where none does. */
export async function wifiIoctl(
  command: string,
  args: readonly unknown[],
  context: IoctlContext<WifiConfig>,
): Promise<unknown> {
  const { kernel, ifname, signal } = context
  const client = command === 'scan' ? clientOf(context) : await startedClient(context)
  if (client !== undefined) return await supplicantIoctl(client, command, args, signal)
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

function clientOf({ part }: IoctlContext<WifiConfig>): SupplicantClient | undefined {
  const client = part(SUPPLICANT_PART)
  return client instanceof SupplicantClient ? client : undefined
}

/** An interface is configured before its supplicant answers: who asks at once waits for that. */
async function startedClient(context: IoctlContext<WifiConfig>): Promise<SupplicantClient | undefined> {
  const { clock, signal } = context
  const untilMs = clock.nowMs() + STARTING_LIMIT_MS
  for (;;) {
    const client = clientOf(context)
    if (client !== undefined || signal.aborted || clock.nowMs() >= untilMs) return client
    // On abort the caller has been told already; the wait ends with its timer.
    await new Promise<void>((resolve) => void clock.setTimer(POLL_MS, resolve))
  }
}
