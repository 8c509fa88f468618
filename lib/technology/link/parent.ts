/**
 * Keeps the link below up where nobody else does any more: an interface of ours that loses its configuration goes down.
 * It goes down with the last plan that has taken it up.
 */

import { isNetworkError, messageOf } from '../../errors.js'
import type { Json, PartContext, PartService } from '../plan.js'

export function parentPart(parent: string): PartService {
  return { type: 'part', name: `parent ${parent}`, args: { parent }, start: startParent }
}

async function startParent(args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { parent } = args as { readonly parent: string }
  const { ifname, kernel, logger, observe, setProblem, signal } = context
  let isConfigured = false
  let work: Promise<void> = Promise.resolve()
  /** Where another program takes it down, that is said and left alone. */
  const tell = (refused?: string): void => {
    const isDown = kernel.mirror.linkByName(parent)?.up === false
    if (!signal.aborted) setProblem(isDown ? (refused ?? `${parent} is down`) : undefined)
  }
  const raise = async (): Promise<void> => {
    const link = kernel.mirror.linkByName(parent)
    if (link === undefined || link.up || isConfigured || signal.aborted) return tell()
    const [result] = await kernel.send([{ type: 'setLink', ifindex: link.ifindex, up: true }])
    tell(isNetworkError(result) ? `${parent} cannot be taken up: ${result.message}` : undefined)
  }
  const subscription = kernel.subscribe((changes) => {
    if (changes.some((change) => change.type === 'link' && change.ifname === parent)) tell()
  })
  signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true })
  observe(['interface', parent, 'type'], (type) => {
    isConfigured = type !== undefined && type !== 'null'
    work = work.then(raise).catch((thrown: unknown) => logger.error({ ifname }, `${parent}: ${messageOf(thrown)}`))
  })
  return { [Symbol.asyncDispose]: () => work }
}
