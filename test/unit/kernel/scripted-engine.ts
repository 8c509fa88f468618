/** An engine whose every event a test writes by hand. */

import { isNetworkError, type NetworkError } from '../../../lib/errors.js'
import { ENGINE_ABI, type EngineBinding, type EngineOptions } from '../../../lib/kernel/engine-binding.js'
import type { Kernel } from '../../../lib/kernel/kernel.js'
import type { Address, EngineCommand, EngineError, KernelEvent, Link, Route } from '../../../lib/kernel/messages.js'
import { openKernel } from '../../../lib/kernel/native-kernel.js'

export type NumberedCommand = EngineCommand & { readonly id: number }

/** A binding that records what it is sent. */
export class ScriptedEngine implements EngineBinding {
  readonly abi = ENGINE_ABI
  readonly schema = {}
  readonly sent: NumberedCommand[][] = []
  options: EngineOptions | undefined
  closed = 0
  #onBatch: (events: readonly KernelEvent[]) => void = () => undefined

  open(options: EngineOptions, onBatch: (events: readonly KernelEvent[]) => void) {
    this.options = options
    this.#onBatch = onBatch
    return {
      send: (commands: readonly EngineCommand[], firstId: number) =>
        void this.sent.push(commands.map((command, at) => ({ ...command, id: firstId + at }))),
      close: () => {
        this.closed += 1
      },
    }
  }

  deliver(...events: KernelEvent[]): void {
    this.#onBatch(events)
  }

  /** A whole snapshot. */
  snapshot(...records: KernelEvent[]): void {
    this.deliver({ type: 'snapshotBegin', atMs: 1, what: 'all' }, ...records, {
      type: 'snapshotEnd',
      atMs: 2,
      what: 'all',
    })
  }

  /** Everything that was sent, one after the other. */
  get commands(): NumberedCommand[] {
    return this.sent.flat()
  }
}

export const link = (ifindex: number, ifname: string, more: Partial<Link> = {}): KernelEvent & { type: 'link' } => ({
  type: 'link',
  atMs: 1,
  ifindex,
  ifname,
  mtu: 1500,
  up: true,
  lowerUp: true,
  operstate: 'up',
  ...more,
})

export const address = (ifindex: number, text: string, more: Partial<Address> = {}): Address => ({
  ifindex,
  family: text.includes(':') ? 6 : 4,
  address: text,
  prefixLength: text.includes(':') ? 64 : 24,
  scope: 0,
  permanent: true,
  noPrefixRoute: true,
  protocol: 183,
  ...more,
})

export const route = (destination: string, more: Partial<Route> = {}): Route => ({
  family: 4,
  routeType: 'unicast',
  destination,
  metric: 0,
  table: 254,
  protocol: 183,
  scope: 0,
  ...more,
})

export const reply = (id: number, error?: EngineError): KernelEvent =>
  error === undefined ? { type: 'reply', atMs: 9, id } : { type: 'reply', atMs: 9, id, error }
export const EEXIST: EngineError = {
  errno: 17,
  code: 'EEXIST',
  operation: 'addAddress',
  message: 'ipv4: Address already assigned',
}

/** A kernel whose first dump held these records. */
export async function opened(...records: KernelEvent[]): Promise<{ kernel: Kernel; engine: ScriptedEngine }> {
  const engine = new ScriptedEngine()
  const opening = openKernel({ binding: engine })
  await Promise.resolve()
  engine.snapshot(...records)
  return { kernel: await opening, engine }
}

export async function rejection(promise: Promise<unknown>): Promise<NetworkError> {
  try {
    await promise
  } catch (thrown) {
    if (isNetworkError(thrown)) return thrown
    throw thrown
  }
  throw new Error('it resolved')
}
