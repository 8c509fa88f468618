/** A fake network that tells our hand from others', refuses only ours, and notes what we do to what is not ours. */

import type { Address, KernelCommand, Route, Rule } from '../../lib/kernel/messages.js'
import { OUR_PROTOCOL } from '../../lib/kernel/messages.js'
import { FakeNetwork } from '../../lib/testing/fake-network.js'
import { type ErrnoName, type Refusal, refuse } from '../../lib/testing/fake-state.js'

const DELETES: ReadonlySet<string> = new Set([
  'deleteRoute',
  'replaceRoute',
  'deleteRule',
  'deleteAddress',
  'replaceAddress',
])

export class WatchedNetwork extends FakeNetwork {
  /** What we did to objects of others, as texts. */
  readonly foulPlay: string[] = []
  #others = false
  #refused: { readonly types: ReadonlySet<string>; readonly errno: ErrnoName } | undefined

  /** What `deed` does is somebody else's doing. */
  byOthers(deed: () => void): void {
    this.#others = true
    try {
      deed()
    } finally {
      this.#others = false
    }
  }

  /** From now on these commands of ours are refused. */
  refuseOurs(types: readonly string[], errno: ErrnoName): void {
    this.#refused = types.length === 0 ? undefined : { types: new Set(types), errno }
  }

  override execute(command: KernelCommand): Refusal {
    if (this.#others) return super.execute(command)
    // What undoes is never refused: it could not leave the kernel as it was.
    const undoes = command.type === 'setLink' && command.up !== true
    if (this.#refused?.types.has(command.type) === true && !undoes) return refuse(this.#refused.errno, command.type)
    if (!DELETES.has(command.type)) return super.execute(command)
    const before = this.#ofOthers()
    const refused = super.execute(command)
    const after = new Set(this.#ofOthers())
    for (const object of before) {
      // The kernel itself drops the routes of a link whose last IPv4 address goes.
      if (after.has(object) || (command.type === 'deleteAddress' && 'destination' in object)) continue
      this.foulPlay.push(`${JSON.stringify(command)} took ${JSON.stringify(object)}`)
    }
    return refused
  }

  /** The records themselves: one that is replaced is another. */
  #ofOthers(): (Route | Rule | Address)[] {
    const { routes, rules, addresses } = this.state
    return [...routes.all(), ...rules, ...addresses].filter(
      ({ protocol }) => protocol !== OUR_PROTOCOL && protocol !== 2,
    )
  }
}
