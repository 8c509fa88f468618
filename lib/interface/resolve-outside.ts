/** Host names that must not be asked for through the interface that needs them, such as the far end of a tunnel. */

import type { ResolvedName } from '../base/resolved-name.js'
import type { NameResolver } from '../connectivity/name-resolver.js'
import { messageOf, NetworkError } from '../errors.js'
import type { PropertyTable } from '../properties/property-table.js'

export interface ResolveOutsideDeps {
  readonly properties: Pick<PropertyTable, 'get'>
  readonly names: Pick<NameResolver, 'resolve'>
}

export interface OutsideQuestion {
  /** Who needs the answer. */
  readonly ifname: string
  readonly name: string
  readonly signal: AbortSignal
}

/**
 * Asks the available interfaces other than the one, best first, each through itself; the first that knows the name answers.
 * @throws (rejects) NetworkError ERR_NAME_NOT_RESOLVED
 */
export async function resolveOutside(
  { ifname, name, signal }: OutsideQuestion,
  { properties, names }: ResolveOutsideDeps,
): Promise<ResolvedName> {
  const available = properties.get(['available_interfaces'], []) as readonly string[]
  const failures: string[] = []
  for (const other of available) {
    if (other === ifname) continue
    try {
      return await names.resolve(other, name, signal)
    } catch (thrown) {
      failures.push(messageOf(thrown))
      if (signal.aborted) break
    }
  }
  const why = failures.length === 0 ? `cannot resolve ${name}: no other interface is available` : failures.join('; ')
  throw new NetworkError('ERR_NAME_NOT_RESOLVED', why, { ifname })
}
