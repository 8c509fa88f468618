/** Takes a link down and up again, which makes drivers and switches begin anew. */

import type { Clock } from '../base/clock.js'
import { NetworkError } from '../errors.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Plan } from '../technology/plan.js'

export interface RestartLinkDeps {
  readonly kernel: Pick<Kernel, 'send'>
  readonly clock: Clock
  /** Whether the link is still to be up; asked before it is taken up again. */
  wanted(): boolean
}

/** A switch takes shorter losses of carrier for noise. */
const DOWN_MS = 1_000

/** Resolves when the link is up again, or not wanted any more. @throws NetworkError what the kernel refuses */
export async function restartLink(ifname: string, { kernel, clock, wanted }: RestartLinkDeps): Promise<void> {
  const set = async (up: boolean): Promise<void> => {
    const [result] = await kernel.send([{ type: 'setLink', ifname, up }])
    if (result instanceof NetworkError) throw result
  }
  await set(false)
  await new Promise<void>((resolve) => {
    clock.setTimer(DOWN_MS, resolve)
  })
  if (wanted()) await set(true)
}

/** Whether a plan takes its own link up, by a command of the kernel. */
export function takesUp({ ifname, up }: Pick<Plan, 'ifname' | 'up'>): boolean {
  return up.some(
    (step) =>
      step.type === 'kernel' &&
      step.command.type === 'setLink' &&
      step.command.up === true &&
      step.command.ifname === ifname,
  )
}
