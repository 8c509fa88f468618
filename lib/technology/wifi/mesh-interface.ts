/** The step that undoes a mesh interface. */

import { isNetworkError } from '../../errors.js'
import type { CallStep, Json, StepContext } from '../plan.js'

/** Only what is one: where the name was taken, the plan has made nothing, and a radio's own interface must stay. */
export const deleteMeshInterface: CallStep = { type: 'call', name: 'delete-mesh-interface', args: null, run }

async function run(_args: Json, { kernel, ifname }: StepContext): Promise<void> {
  const own = (await kernel.wireless.interfaces()).find((one) => one.ifname === ifname)
  if (own?.mode !== 'mesh') return
  const [result] = await kernel.send([{ type: 'deleteWirelessInterface', ifname }])
  if (isNetworkError(result)) throw result
}
