/** The part that looks for a modem by its USB device, and takes the plan of the one that is there. */

import type { Timer } from '../../base/clock.js'
import { messageOf } from '../../errors.js'
import type { Json, PartContext } from '../plan.js'

/** A modem takes ten seconds to start; looking is a walk through one directory. */
export const DISCOVERY_INTERVAL_MS = 3_000

interface KnownModem {
  /** Name of its plan. */
  readonly plan: string
  /** The port that dials: '/dev/ttyUSB3'. */
  readonly pppPort: string
}

interface DiscoveryArgs {
  /** By USB id. */
  readonly modems: Readonly<Record<string, KnownModem>>
}

const NO_MODEM = 'no modem is there that is known by its USB id'

export async function startDiscovery(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { modems } = args as unknown as DiscoveryArgs
  let timer: Timer | undefined
  const look = async (): Promise<void> => {
    const { plan, problem } = await find(modems, context)
    if (context.signal.aborted) return
    // What the watch of a modem that has gone knows of its card goes to the next one.
    if (plan !== undefined) return context.takePlan(plan, context.note)
    context.setProblem(problem)
    timer = context.clock.setTimer(DISCOVERY_INTERVAL_MS, () => void look())
  }
  await look()
  return { [Symbol.asyncDispose]: async () => timer?.cancel() }
}

interface Found {
  readonly plan?: string
  /** Where there is no plan. */
  readonly problem?: string
}

/** A modem that starts has its ports one after the other: it counts when the one that dials is there. */
async function find(modems: DiscoveryArgs['modems'], { serialPorts, logger, ifname }: PartContext): Promise<Found> {
  try {
    const ports = await serialPorts.list()
    let problem = NO_MODEM
    for (const { usbId } of ports) {
      const modem = usbId === undefined ? undefined : modems[usbId]
      if (modem === undefined) continue
      const { plan, pppPort } = modem
      const port = ports.find(({ path }) => path === pppPort)
      // A name that is no port's own is a link, such as those below /dev/serial.
      if (port === undefined ? await serialPorts.exists(pppPort) : port.usbId === usbId) return { plan }
      problem = `${pppPort}: not there, or another device's: ${plan} (USB device ${usbId}) is waited for`
    }
    return { problem }
  } catch (thrown) {
    logger.warn({ ifname }, `looking for modems: ${messageOf(thrown)}`)
    return { problem: NO_MODEM }
  }
}
