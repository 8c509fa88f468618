/** What a contract test may ask of its surroundings, whichever kernel it runs on. */

import * as assert from 'uvu/assert'
import { announced } from '../../lib/kernel/announced.js'
import type { CommandResult, Kernel } from '../../lib/kernel/kernel.js'
import type { FollowSubject, KernelCommand } from '../../lib/kernel/messages.js'
import { eventually } from '../support/eventually.js'

/** A radio in the kernel's namespace, its interface a station that is down, and the hands that others have on it. */
export interface RadioWorld {
  readonly ifname: string
  /** A network is in the air from now on, as others scan it. */
  addNetwork(ssid: string, frequencyMhz: number): Promise<void>
  /** Somebody else scans all channels with the radio. */
  startScan(): Promise<void>
  /** So much is told of radios that some of it is lost. */
  overrun(): Promise<void>
}

/** A device that speaks in messages, and the hands of whoever is behind it. */
export interface DeviceWorld {
  readonly path: string
  /** Each message that is written is answered so, from now on. */
  answerWith(answer: (message: Uint8Array) => Iterable<number>): void
  unplug(): Promise<void>
}

/** One network namespace of one test, with lo up and nothing else. */
export interface World {
  readonly kernel: Kernel
  /** How long the kernel may go on changing by itself, after a command has returned. */
  readonly patienceMs: number
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
  /** Adds a radio; once, and only where the kernel has some. */
  addRadio(): Promise<RadioWorld>
  /** Plugs in a device that speaks in messages; once. */
  addDevice(): Promise<DeviceWorld>
  /** Compares the mirror with what somebody else sees; nothing to compare on a fake. */
  compareWithOthers(): Promise<void>
  dispose(): Promise<void>
}

export interface WorldOptions {
  readonly receiveBufferBytes?: number | undefined
  readonly follow?: readonly FollowSubject[] | undefined
}

export type MakeWorld = (options?: WorldOptions) => Promise<World>

export interface ContractTestOptions extends WorldOptions {
  /** The oldest kernel that does what the test says. */
  readonly since?: readonly [major: number, minor: number] | undefined
}

/** Registers a test that gets a world of its own. */
export type ContractTest = (title: string, body: (world: World) => Promise<void>, options?: ContractTestOptions) => void

/** The results must all be 'done'; a refusal is shown. */
export async function mustSend(kernel: Kernel, commands: readonly KernelCommand[]): Promise<void> {
  for (const result of await kernel.send(commands)) if (result !== 'done') throw result
}

/** Links that are up can be renamed. */
export const RENAMES_UP_LINKS = { since: [6, 2] } as const

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

/** A record as text, its fields in order and hops as a set: for comparison as sets. */
export function canonicalText(record: object): string {
  const ordered = Object.entries(record).map(([key, value]): [string, unknown] => {
    return [key, Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value]
  })
  return JSON.stringify(ordered.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const setText = (records: readonly object[]): string => records.map(canonicalText).sort().join('\n')

/**
 * The mirror must hold exactly what fresh dumps bring, and come to it within the world's patience: carriers and IPv6
 * addresses change by themselves for a moment after a command, so two looks may fall before and after such a change.
 */
export async function mustBeExact(world: World): Promise<void> {
  await within(world, async () => {
    const { kernel } = world
    await kernel.settled()
    const dumps = [kernel.links(), kernel.addresses(), kernel.rules(), kernel.nexthops(), kernel.routes()] as const
    const [links, addresses, rules, nexthops, routes] = await Promise.all(dumps)
    const { mirror } = kernel
    assert.fixture(setText(mirror.links()), setText(links.map(announced)), 'links')
    assert.fixture(setText(mirror.addresses()), setText(addresses), 'addresses')
    assert.fixture(setText(mirror.rules()), setText(rules), 'rules')
    assert.fixture(setText(mirror.nexthops()), setText(nexthops), 'nexthops')
    assert.fixture(setText(mirror.routes()), setText(routes), 'routes')
    await world.compareWithOthers()
  })
}

/** The same of routes alone, where not all is followed. */
export async function routesMustBeExact(world: World): Promise<void> {
  await within(world, async () => {
    await world.kernel.settled()
    const routes = await world.kernel.routes()
    assert.fixture(setText(world.kernel.mirror.routes()), setText(routes), 'routes')
  })
}

async function within(world: World, look: () => Promise<void>): Promise<void> {
  const exact = async (): Promise<true> => {
    await look()
    return true
  }
  if (world.patienceMs === 0) await exact()
  else await eventually('the mirror equals a fresh dump', exact, { deadlineMs: world.patienceMs }).catch(showCause)
}

/** The difference itself says more than that it lasted. */
function showCause(thrown: unknown): never {
  throw thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
}
