/** A kernel in memory that keeps the kernel's rules: for tests of this library and of programs that use it. */

import { type Clock, systemClock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import type { DatagramNames } from '../kernel/datagrams.js'
import { EngineKernel } from '../kernel/engine-kernel.js'
import { followedSubjects } from '../kernel/follow.js'
import type {
  CommandResult,
  DatagramEndpoint,
  DatagramListener,
  Kernel,
  KernelChange,
  KernelSnapshot,
  MirrorReader,
  SendOptions,
  SocketFilter,
  StandingOrder,
} from '../kernel/kernel.js'
import type {
  Address,
  FollowSubject,
  KernelCommand,
  Link,
  LinkReference,
  Neighbour,
  NexthopObject,
  ProbeRequest,
  ProbeResult,
  Route,
  Rule,
  WireguardDevice,
} from '../kernel/messages.js'
import { type DesiredTable, replaceTable, type TableReplaced } from '../kernel/replace-table.js'
import type { TcpSocket } from '../kernel/sockets.js'
import type { WirelessKernel } from '../kernel/wireless-kernel.js'
import { FakeEngine } from './fake-engine.js'
import { FakeLab } from './fake-lab.js'
import { FakeNetwork } from './fake-network.js'

export interface FakeKernelOptions {
  /** Times of events and deadlines of probes; default the real clock. */
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
  /** As for openKernel. */
  readonly follow?: readonly FollowSubject[] | undefined
  /** Share one among several fake kernels to have them in one network namespace; default a fresh one. */
  readonly network?: FakeNetwork | undefined
  /** Runs a delivery of events later, never at once; default queueMicrotask. */
  readonly schedule?: ((deliver: () => void) => void) | undefined
}

/**
 * A Kernel without a kernel. It starts with `lo` up and the default rules, its mirror filled. What `lab` changes reaches
 * the mirror with the next delivery, a microtask later. Not simulated: IPv6 link-local addresses, ff00::/8 and duplicate
 * address detection, neighbours that are found by asking, traffic.
 */
export class FakeKernel implements Kernel {
  /** The side that tests hold: cables, adapters, refusals, losses. */
  readonly lab: FakeLab
  readonly mirror: MirrorReader
  readonly wireless: WirelessKernel
  readonly #kernel: EngineKernel

  constructor(options: FakeKernelOptions = {}) {
    const network = options.network ?? new FakeNetwork()
    const clock = options.clock ?? systemClock
    const engine = new FakeEngine({ network, clock, schedule: options.schedule ?? queueMicrotask })
    const followed = options.follow === undefined ? {} : { follow: followedSubjects(options.follow) }
    this.#kernel = new EngineKernel({ binding: engine, engine: followed, logger: options.logger, clock })
    this.mirror = this.#kernel.mirror
    this.wireless = this.#kernel.wireless
    this.lab = new FakeLab(network, engine, clock)
  }

  subscribe(listener: (changes: readonly KernelChange[]) => void): Subscription {
    return this.#kernel.subscribe(listener)
  }

  settled(): Promise<void> {
    return this.#kernel.settled()
  }

  links(): Promise<Link[]> {
    return this.#kernel.links()
  }

  addresses(): Promise<Address[]> {
    return this.#kernel.addresses()
  }

  routes(filter?: { readonly table?: number | undefined }): Promise<Route[]> {
    return this.#kernel.routes(filter)
  }

  rules(): Promise<Rule[]> {
    return this.#kernel.rules()
  }

  neighbours(): Promise<Neighbour[]> {
    return this.#kernel.neighbours()
  }

  nexthops(): Promise<NexthopObject[]> {
    return this.#kernel.nexthops()
  }

  watch(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<KernelSnapshot | KernelChange> {
    return this.#kernel.watch(options)
  }

  async send(commands: readonly KernelCommand[], options?: SendOptions): Promise<CommandResult[]> {
    const results = await this.#kernel.send(commands, options)
    this.lab.sent.push(...commands.filter((_, at) => results[at] === 'done'))
    return results
  }

  replaceTable(desired: DesiredTable): Promise<TableReplaced> {
    return replaceTable(this, desired)
  }

  setStandingOrders(orders: readonly StandingOrder[]): Promise<number> {
    return this.#kernel.setStandingOrders(orders)
  }

  prepare(commands: readonly KernelCommand[]): void {
    this.#kernel.prepare(commands)
  }

  probe(request: ProbeRequest, options?: { readonly signal?: AbortSignal | undefined }): Promise<ProbeResult> {
    return this.#kernel.probe(request, options)
  }

  /** What `lab.sockets` tells; rejects with EOPNOTSUPP until it is set. */
  sockets(filter?: SocketFilter): Promise<TcpSocket[]> {
    return this.#kernel.sockets(filter)
  }

  wireguardDevice(link: LinkReference): Promise<WireguardDevice> {
    return this.#kernel.wireguardDevice(link)
  }

  /** Peers are those of `lab.serveDatagrams`. */
  openDatagram(names: DatagramNames, listener: DatagramListener): Promise<DatagramEndpoint> {
    return this.#kernel.openDatagram(names, listener)
  }

  /** Devices are those of `lab.serveDevice`. */
  openDevice(path: string, listener: DatagramListener): Promise<DatagramEndpoint> {
    return this.#kernel.openDevice(path, listener)
  }

  readSysctl(path: readonly string[]): Promise<string> {
    return this.#kernel.readSysctl(path)
  }

  hwPath(ifname: string): Promise<string> {
    return this.#kernel.hwPath(ifname)
  }

  lockInstance(name: string): Promise<() => Promise<void>> {
    return this.#kernel.lockInstance(name)
  }

  close(): Promise<void> {
    return this.#kernel.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
