/** The step that sets how packets are framed on the link (drivers/net/usb/qmi_wwan.c); the link must be down. */

import type { CallStep, InterfaceControl, Json, StepContext } from '../plan.js'

const NAME = 'set-raw-ip'

export function setRawIp(on: boolean): CallStep {
  return { type: 'call', name: NAME, args: on, replaces: NAME, run }
}

async function run(args: Json, context: StepContext): Promise<void> {
  await writeRawIp(context, context.ifname, args === true)
}

/** @throws (rejects) NetworkError as the driver refuses */
export async function writeRawIp(
  context: Pick<InterfaceControl, 'writeAttribute'>,
  ifname: string,
  on: boolean,
): Promise<void> {
  await context.writeAttribute(`/sys/class/net/${ifname}/qmi/raw_ip`, on ? 'Y' : 'N')
}
