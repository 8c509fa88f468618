/** The step that lets a radio sleep between beacons, or keeps it from that. */

import { isNetworkError } from '../../errors.js'
import type { CallStep, Json, StepContext } from '../plan.js'

const NAME = 'set-power-save'

export function setPowerSave(enabled: boolean): CallStep {
  return { type: 'call', name: NAME, args: enabled, replaces: NAME, run }
}

/** A driver without power saving refuses; the network works without it. */
async function run(args: Json, { kernel, ifname, logger }: StepContext): Promise<void> {
  const [result] = await kernel.send([{ type: 'setPowerSave', ifname, enabled: args === true }])
  if (isNetworkError(result))
    logger.warn({ ifname, code: result.code }, `power saving stays as it is: ${result.message}`)
}
