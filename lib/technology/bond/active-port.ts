/** The port that a bond sends by, as the property `bond/active_port`. */

import type { Json, PartContext, PartService } from '../plan.js'

export function activePortPart(): PartService {
  return { type: 'part', name: 'active port', args: null, start: startActivePort }
}

const PATH = ['bond', 'active_port']

/** Bonds of the modes that use all ports at once have none. */
async function startActivePort(_args: Json, context: PartContext): Promise<AsyncDisposable> {
  const { kernel, ifname } = context
  let told: string | undefined
  const tell = (): void => {
    const active = kernel.mirror.linkByName(ifname)?.bond?.activeSlave ?? 0
    const name = active === 0 ? undefined : kernel.mirror.link(active)?.ifname
    if (name === told) return
    told = name
    if (name === undefined) context.delete(PATH)
    else context.put(PATH, name)
  }
  const subscription = kernel.subscribe((changes) => {
    if (changes.some(({ type }) => type === 'link' || type === 'linkGone')) tell()
  })
  tell()
  return {
    [Symbol.asyncDispose]: async () => {
      subscription.unsubscribe()
      if (told !== undefined) context.delete(PATH)
    },
  }
}
