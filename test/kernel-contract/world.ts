/** What a contract test may ask of its surroundings, whichever kernel it runs on. */

import * as assert from 'uvu/assert'
import type { CommandResult, Kernel } from '../../lib/kernel/kernel.js'
import type { KernelCommand } from '../../lib/kernel/messages.js'

/** One network namespace of one test, with lo up and nothing else. */
export interface World {
  readonly kernel: Kernel
  /** Another kernel in the same namespace; closed with the world. */
  openSecond(): Promise<Kernel>
  /** Somebody else changes something; rejects where that is refused. */
  foreign(commands: readonly KernelCommand[]): Promise<void>
  /** The results that a process without CAP_NET_ADMIN gets. */
  sendUnprivileged(commands: readonly KernelCommand[]): Promise<{ readonly code: string; readonly errno?: number }[]>
  /** Changes so much, so quickly, that the kernel's notifications overrun; ends with `last` present. */
  overrun(last: KernelCommand): Promise<void>
  /** Makes something listen on a port of 127.0.0.1; resolves with the port. */
  listen(): Promise<number>
  /** Makes 192.0.2.99 a host that never answers, behind v0. */
  addSilentHost(): Promise<void>
  /** Compares the mirror with what somebody else sees; nothing to compare on a fake. */
  compareWithOthers(): Promise<void>
  dispose(): Promise<void>
}

export interface WorldOptions {
  readonly receiveBufferBytes?: number | undefined
}

export type MakeWorld = (options?: WorldOptions) => Promise<World>

/** Registers a test that gets a world of its own. */
export type ContractTest = (title: string, body: (world: World) => Promise<void>, options?: WorldOptions) => void

/** The results must all be 'done'; a refusal is shown. */
export async function mustSend(kernel: Kernel, commands: readonly KernelCommand[]): Promise<void> {
  for (const result of await kernel.send(commands)) if (result !== 'done') throw result
}

/** A veth pair v0 (index 10) and v1 (index 20), both up: v0 has a carrier. */
export async function addPair(kernel: Kernel): Promise<void> {
  await mustSend(kernel, [
    { type: 'addLink', ifname: 'v0', ifindex: 10, kind: 'veth', peer: { ifname: 'v1', ifindex: 20 } },
    { type: 'setLink', ifname: 'v0', up: true },
    { type: 'setLink', ifname: 'v1', up: true },
  ])
  await until(kernel, 'v0 has a carrier', () => kernel.mirror.linkByName('v0')?.lowerUp === true)
}

/** The errno names of a list of results; 'done' stays. */
export function codes(results: readonly CommandResult[]): string[] {
  return results.map((result) =>
    result === 'done' ? 'done' : (/\((E[A-Z]+)\)$/.exec(result.message)?.[1] ?? result.code),
  )
}

/** Longest that a change of the kernel's own may take: linkwatch gathers carrier changes for up to a second. */
const CHANGE_LIMIT_MS = 10_000

/** Resolves when the mirror fulfils the condition: at once, or in the turn of the change that makes it true. */
export function until(kernel: Kernel, what: string, holds: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (holds()) {
      resolve()
      return
    }
    const deadline = setTimeout(() => {
      subscription.unsubscribe()
      reject(new Error(`not within ${CHANGE_LIMIT_MS} ms: ${what}`))
    }, CHANGE_LIMIT_MS)
    const subscription = kernel.subscribe(() => {
      if (!holds()) return
      clearTimeout(deadline)
      subscription.unsubscribe()
      resolve()
    })
  })
}

/** A record as text, its fields in order: for comparison as sets. */
export const canonicalText = (record: object): string =>
  JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))

/** The mirror must hold exactly what fresh dumps bring. */
export async function mustBeExact(world: World): Promise<void> {
  const { kernel } = world
  await kernel.settled()
  const [links, addresses, routes, rules] = await Promise.all([
    kernel.links(),
    kernel.addresses(),
    kernel.routes(),
    kernel.rules(),
  ])
  const { mirror } = kernel
  const text = (records: readonly object[]): string => records.map(canonicalText).sort().join('\n')
  assert.fixture(text(mirror.links()), text(links), 'links')
  assert.fixture(text(mirror.addresses()), text(addresses), 'addresses')
  assert.fixture(text(mirror.rules()), text(rules), 'rules')
  assert.fixture(text(mirror.routes()), text(routes), 'routes')
  await world.compareWithOthers()
}
