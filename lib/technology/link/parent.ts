/** Keeps the link below up where nobody else does any more: an interface of ours that loses its configuration goes down. */

import { isNetworkError, messageOf } from '../../errors.js'
import type { Json, PartContext, PartService } from '../plan.js'

export function parentPart(parent: string): PartService {
  return { type: 'part', name: `parent ${parent}`, args: { parent }, start: startParent }
}

async function startParent(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { parent } = args as { readonly parent: string }
  const { ifname, kernel, logger, observe, setProblem, signal } = context
  let isConfigured = false
  let raised: number | undefined
  let work: Promise<void> = Promise.resolve()
  const raise = async (): Promise<void> => {
    const link = kernel.mirror.linkByName(parent)
    if (link === undefined || link.up || isConfigured || signal.aborted) return
    const [result] = await kernel.send([{ type: 'setLink', ifindex: link.ifindex, up: true }])
    if (!isNetworkError(result)) raised = link.ifindex
    setProblem(isNetworkError(result) ? `${parent} cannot be taken up: ${result.message}` : undefined)
  }
  observe(['interface', parent, 'type'], (type) => {
    isConfigured = type !== undefined && type !== 'null'
    work = work.then(raise).catch((thrown: unknown) => logger.error({ ifname }, `${parent}: ${messageOf(thrown)}`))
  })
  return {
    [Symbol.asyncDispose]: async () => {
      await work
      if (raised === undefined || isConfigured || kernel.mirror.link(raised) === undefined) return
      await kernel.send([{ type: 'setLink', ifindex: raised, up: false }])
    },
  }
}
