/** Reading properties on behalf of one interface's steps, parts and ioctls; all of it ends with their signal. */

import type { Subscription } from '../base/disposable.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { InterfaceContext } from '../technology/plan.js'

export type PropertyReader = Pick<InterfaceContext, 'watched' | 'observe'>

export function propertyReader(properties: PropertyTable, ifname: string, signal: AbortSignal): PropertyReader {
  return {
    watched: (path, listener) => untilAborted(signal, properties.watched(['interface', ifname, ...path], listener)),
    observe: (path, listener) => {
      listener(properties.get(path))
      const subscription = properties.subscribe(path, (change) => {
        if (change.path.length === path.length) listener(change.newValue)
      })
      return untilAborted(signal, subscription)
    },
  }
}

/** Ends with the signal, and by itself. */
export function untilAborted(signal: AbortSignal, subscription: Subscription): Subscription {
  const end = (): void => {
    signal.removeEventListener('abort', end)
    subscription.unsubscribe()
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  return { unsubscribe: end }
}
