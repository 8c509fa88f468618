/** The part that looks for a modem by its USB device, and takes the plan of the one that is there. */

import type { Timer } from '../../base/clock.js'
import { messageOf } from '../../errors.js'
import type { Json, PartContext } from '../plan.js'

/** A modem takes ten seconds to start; looking is a walk through one directory. */
export const DISCOVERY_INTERVAL_MS = 3_000

interface DiscoveryArgs {
  /** Names of plans by USB id. */
  readonly modems: Readonly<Record<string, string>>
}

export async function startDiscovery(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { modems } = args as unknown as DiscoveryArgs
  let timer: Timer | undefined
  const look = async (): Promise<void> => {
    const name = await find(modems, context)
    if (context.signal.aborted) return
    if (name !== undefined) return context.takePlan(name, null)
    context.setProblem('no modem is there that is known by its USB id')
    timer = context.clock.setTimer(DISCOVERY_INTERVAL_MS, () => void look())
  }
  await look()
  return { [Symbol.asyncDispose]: async () => timer?.cancel() }
}

async function find(modems: DiscoveryArgs['modems'], { serialPorts, logger, ifname }: PartContext) {
  try {
    const ports = await serialPorts.list()
    return ports.flatMap(({ usbId }) => (usbId === undefined ? [] : (modems[usbId] ?? [])))[0]
  } catch (thrown) {
    logger.warn({ ifname }, `looking for modems: ${messageOf(thrown)}`)
    return undefined
  }
}
