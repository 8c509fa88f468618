/** Parameters of a mesh, which the kernel takes only from a station that has joined it. */

import type { Timer } from '../../base/clock.js'
import { isNetworkError, messageOf } from '../../errors.js'
import type { SetMeshParameters } from '../../kernel/messages.js'
import type { Json, PartContext } from '../plan.js'

const RETRY_MS = 1_000

export type MeshParameters = Pick<SetMeshParameters, 'hwmpRootMode' | 'gateAnnouncements'>

/** Sets them as soon as the supplicant has joined; it stands behind the supplicant, so that a new one gets them too. */
export async function startMeshParameters(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { clock, kernel, ifname, logger, signal } = context
  const command: SetMeshParameters = { type: 'setMeshParameters', ifname, ...(args as unknown as MeshParameters) }
  let timer: Timer | undefined
  let told = ''
  const attempt = async (): Promise<void> => {
    const [result] = await kernel.send([command])
    if (signal.aborted || !isNetworkError(result)) return
    const text = messageOf(result)
    if (text !== told) logger.debug({ ifname }, `mesh parameters wait: ${text}`)
    told = text
    timer = clock.setTimer(RETRY_MS, () => void attempt().catch(log))
  }
  const log = (thrown: unknown): void => logger.warn({ ifname }, `mesh parameters: ${messageOf(thrown)}`)
  attempt().catch(log)
  return { [Symbol.asyncDispose]: async () => timer?.cancel() }
}
