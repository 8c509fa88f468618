/** What a mirror says of an event: a list of its own for each, as tests want it. */

import type { KernelChange } from '../../../lib/kernel/kernel.js'
import type { KernelEvent } from '../../../lib/kernel/messages.js'
import type { Mirror, Resync } from '../../../lib/kernel/mirror.js'

export function applied(mirror: Mirror, event: KernelEvent): { changes: KernelChange[]; resync: Resync } {
  const changes: KernelChange[] = []
  const resync = mirror.apply(event, changes)
  return { changes, resync }
}
