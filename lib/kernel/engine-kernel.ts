/**
 * The kernel seam over an engine: ids become promises, names become indices, events become a mirror and its changes.
 * The engine may be the addon or a fake of it; nothing here knows which.
 */

import { type Clock, systemClock } from '../base/clock.js'
import type { Subscription } from '../base/disposable.js'
import { type Logger, silentLogger } from '../base/logger.js'
import { NetworkError } from '../errors.js'
import { ChangeFeed, type Listener, type WatchItem } from './change-feed.js'
import { checkSockets, checkSysctlPath, checkTable } from './check-command.js'
import { CommandSender } from './command-sender.js'
import type { DatagramNames } from './datagrams.js'
import { DumpTracker } from './dump-tracker.js'
import { Endpoints } from './endpoints.js'
import type { EngineBinding, EngineHandle, EngineOptions } from './engine-binding.js'
import { EngineWireless } from './engine-wireless.js'
import type {
  CommandResult,
  DatagramEndpoint,
  DatagramListener,
  Kernel,
  KernelChange,
  MirrorReader,
  SendOptions,
  SocketFilter,
  StandingOrder,
} from './kernel.js'
import { noSuchLink, refusal } from './kernel-error.js'
import type {
  Address,
  DumpRecord,
  DumpSubject,
  EngineWirelessEvent,
  KernelCommand,
  KernelEvent,
  Link,
  LinkReference,
  Neighbour,
  NexthopObject,
  ProbeRequest,
  ProbeResult,
  Route,
  Rule,
  WireguardDevice,
} from './messages.js'
import { Mirror } from './mirror.js'
import { OrderBook } from './order-book.js'
import { Prober } from './prober.js'
import { type DesiredTable, replaceTable, type TableReplaced } from './replace-table.js'
import { RequestLine } from './request-line.js'
import { type CommandsDone, type ProbeOutcome, type Reply, Requests } from './requests.js'
import { SendOrder } from './send-order.js'
import type { TcpSocket } from './sockets.js'
import { isWirelessEvent } from './wireless-events.js'
import type { WirelessKernel } from './wireless-kernel.js'

type Datagram = Extract<KernelEvent, { type: 'datagram' | 'datagramEnd' }>

/** Above 0: IPv6 routes go without a word with the IPv6 of their link (kernel 4.20; not shown in a user's namespace). */
const SILENT_IPV6 = ['ipv6', 'route', 'skip_notify_on_dev_down'] as const

export interface EngineKernelOptions {
  readonly binding: EngineBinding
  readonly engine?: EngineOptions | undefined
  readonly logger?: Logger | undefined
  readonly watchLimitChanges?: number | undefined
  /** False where /sys shows the links of another namespace: the engine's thread changes its network, not its mounts. Default true. */
  readonly sysfsFits?: boolean | undefined
  /** Deadlines of scans; default the real one. */
  readonly clock?: Clock | undefined
}

/** A Kernel over an engine; `settled` resolves when its mirror is filled. */
export class EngineKernel implements Kernel {
  readonly mirror: MirrorReader
  readonly wireless: WirelessKernel
  readonly #mirror = new Mirror()
  readonly #sysfsFits: boolean
  readonly #logger: Logger
  readonly #feed: ChangeFeed
  readonly #dumps = new DumpTracker({
    askForRoutes: () => this.#askForRoutes(),
    askWhetherSilent: () => this.#askWhetherSilent(),
  })
  readonly #order = new SendOrder()
  readonly #requests = new Requests()
  readonly #line = new RequestLine({
    requests: this.#requests,
    order: this.#order,
    handle: () => this.#handle,
    stopped: () => this.#stopped,
  })
  readonly #sender: CommandSender
  readonly #prober: Prober
  readonly #orders: OrderBook
  readonly #endpoints: Endpoints
  readonly #wireless: EngineWireless
  readonly #handle: EngineHandle
  #lastEventMs = 0
  /** Replies that came while the mirror was catching up. */
  readonly #heldReplies: (Reply | CommandsDone)[] = []
  #stopped: NetworkError | undefined

  constructor(options: EngineKernelOptions) {
    this.mirror = this.#mirror
    this.#sysfsFits = options.sysfsFits ?? true
    this.#logger = options.logger ?? silentLogger
    this.#feed = new ChangeFeed({ logger: this.#logger, watchLimitChanges: options.watchLimitChanges })
    this.#sender = new CommandSender({
      mirror: this.#mirror,
      requests: this.#requests,
      order: this.#order,
      transmit: (commands, firstId, urgent) => {
        this.#line.flush()
        this.#handle.send(commands, firstId, urgent)
      },
      prepare: (command) => this.#handle.prepare?.(command),
      stopped: () => this.#stopped,
    })
    this.#prober = new Prober({
      mirror: this.#mirror,
      requests: this.#requests,
      transmit: (request, waiter) =>
        request.type === 'probe' ? this.#line.transmitSoon(request, waiter) : this.#line.transmit(request, waiter),
      stopped: () => this.#stopped,
    })
    this.#endpoints = new Endpoints({
      logger: this.#logger,
      transmit: (request, waiter) => this.#line.transmit(request, waiter),
      stopped: () => this.#stopped,
    })
    this.#wireless = new EngineWireless({
      mirror: this.#mirror,
      line: this.#line,
      clock: options.clock ?? systemClock,
      logger: this.#logger,
      stopped: () => this.#stopped,
    })
    this.wireless = this.#wireless
    this.#orders = new OrderBook({
      mirror: this.#mirror,
      request: (request) =>
        this.#line.ask(request, { operation: 'setStandingOrders', description: 'setStandingOrders' }),
      sendUrgently: (commands) => this.#sender.send(commands, true),
      publish: (changes) => this.#feed.publish(changes),
      nowMs: () => this.#lastEventMs,
    })
    this.#handle = options.binding.open(options.engine ?? {}, (events) => this.#onBatch(events))
  }

  subscribe(listener: Listener): Subscription {
    return this.#feed.subscribe(listener)
  }

  settled(): Promise<void> {
    return this.#stopped === undefined ? this.#dumps.settled() : Promise.reject(this.#stopped)
  }

  async links(): Promise<Link[]> {
    return (await this.#dump('links')) as Link[]
  }

  async addresses(): Promise<Address[]> {
    return (await this.#dump('addresses')) as Address[]
  }

  async routes(filter: { readonly table?: number | undefined } = {}): Promise<Route[]> {
    const fault = checkTable(filter.table)
    if (fault !== undefined) throw fault
    return (await this.#dump('routes', filter.table)) as Route[]
  }

  async rules(): Promise<Rule[]> {
    return (await this.#dump('rules')) as Rule[]
  }

  async neighbours(): Promise<Neighbour[]> {
    return (await this.#dump('neighbours')) as Neighbour[]
  }

  async nexthops(): Promise<NexthopObject[]> {
    return (await this.#dump('nexthops')) as NexthopObject[]
  }

  async sockets(filter: SocketFilter = {}): Promise<TcpSocket[]> {
    const fault = checkSockets(filter)
    if (fault !== undefined) throw fault
    const asked = { operation: 'sockets', description: 'sockets' }
    const request = { ...filter, type: 'listSockets', states: filter.states ?? [] } as const
    return ((await this.#line.ask(request, asked)).records ?? []) as TcpSocket[]
  }

  wireguardDevice(link: LinkReference): Promise<WireguardDevice> {
    return this.#wireless.wireguardDevice(link)
  }

  openDatagram(names: DatagramNames, listener: DatagramListener): Promise<DatagramEndpoint> {
    return this.#endpoints.open(names, listener)
  }

  openDevice(path: string, listener: DatagramListener): Promise<DatagramEndpoint> {
    return this.#endpoints.openDevice(path, listener)
  }

  watch(options: { readonly signal?: AbortSignal | undefined } = {}): AsyncIterable<WatchItem> {
    return this.#feed.watch(() => this.#mirror.snapshot(this.#lastEventMs), options.signal)
  }

  send(commands: readonly KernelCommand[], options: SendOptions = {}): Promise<CommandResult[]> {
    return this.#sender.send(commands, options.urgent === true)
  }

  replaceTable(desired: DesiredTable): Promise<TableReplaced> {
    return replaceTable(this, desired)
  }

  setStandingOrders(orders: readonly StandingOrder[]): Promise<number> {
    return this.#orders.set(orders)
  }

  prepare(commands: readonly KernelCommand[]): void {
    this.#sender.prepare(commands)
  }

  probe(request: ProbeRequest, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<ProbeResult> {
    return this.#prober.probe(request, options.signal)
  }

  async readSysctl(path: readonly string[]): Promise<string> {
    const fault = checkSysctlPath('readSysctl', path)
    if (fault !== undefined) throw fault
    const asked = { operation: 'readSysctl', description: `readSysctl ${path.join('/')}` }
    return ((await this.#line.ask({ type: 'getSysctl', path }, asked)).text ?? '').trim()
  }

  async hwPath(ifname: string): Promise<string> {
    const asked = { operation: 'hwPath', description: `hwPath of ${ifname}`, ifname }
    const link = this.mirror.linkByName(ifname)
    if (link === undefined && this.#stopped === undefined) throw noSuchLink(ifname, asked)
    if (!this.#sysfsFits && this.#stopped === undefined) return ''
    const request = { type: 'linkPath', ifindex: link?.ifindex ?? 0, ifname } as const
    return (await this.#line.ask(request, asked)).text ?? ''
  }

  async lockInstance(name: string): Promise<() => Promise<void>> {
    const asked = { operation: 'lockInstance', description: `lockInstance ${name}` }
    const reply = await this.#line.answerTo({ type: 'lockInstance', name })
    if (reply.error === undefined) return () => this.#unlockInstance(name)
    if (reply.error.code !== 'EADDRINUSE') throw refusal(reply.error, asked)
    const owner = reply.text === undefined || reply.text === '' ? 'unknown' : reply.text
    throw new NetworkError(
      'ERR_ALREADY_RUNNING',
      `another instance holds ${name} in this network namespace; its pid is ${owner}`,
      { operation: 'lockInstance', errno: reply.error.errno },
    )
  }

  async #unlockInstance(name: string): Promise<void> {
    if (this.#stopped === undefined) await this.#line.answerTo({ type: 'unlockInstance', name })
  }

  close(): Promise<void> {
    this.#stop(new NetworkError('ERR_STOPPED', 'the kernel has been closed'))
    this.#feed.end()
    this.#handle.close()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Runs inside the engine's delivery: the mirror first, then dumps asked for, listeners, and last the promises. */
  #onBatch(events: readonly KernelEvent[]): void {
    if (this.#stopped !== undefined) return
    const changes: KernelChange[] = []
    const answers: (Reply | ProbeOutcome | CommandsDone)[] = []
    const datagrams: Datagram[] = []
    const wireless: EngineWirelessEvent[] = []
    let fatal: NetworkError | undefined
    for (const event of events) {
      this.#lastEventMs = event.atMs
      const resync = this.#mirror.apply(event, changes)
      if (resync === 'routes') this.#dumps.needRoutes()
      else if (resync === 'ipv6Routes') this.#dumps.doubtRoutes()
      if (isOfTheMirrorAlone(event)) continue
      if (event.type === 'snapshotBegin') this.#dumps.begin(event.what)
      else if (event.type === 'snapshotEnd') {
        this.#dumps.end()
        // Whatever is lost meanwhile: a reply waits for one dump, not for the end of a storm.
        if (event.what === 'all') answers.push(...this.#heldReplies.splice(0))
      } else if (event.type === 'overrun') this.#dumps.overrun()
      else if (event.type === 'reply' || event.type === 'done') {
        if (this.#dumps.catchingUp) this.#heldReplies.push(event)
        else answers.push(event)
      } else if (event.type === 'probe') answers.push(event)
      else if (event.type === 'datagram' || event.type === 'datagramEnd') datagrams.push(event)
      else if (isWirelessEvent(event)) wireless.push(event)
      else if (event.type === 'order') {
        const outcome = this.#orders.outcome(event)
        if (outcome !== undefined) changes.push(outcome)
      } else if (event.type === 'fatal') fatal = this.#died(event)
    }
    this.#feed.publish(changes)
    for (const event of wireless) this.#wireless.deliver(event)
    for (const event of answers) this.#requests.answer(event)
    for (const event of datagrams) this.#endpoints.deliver(event)
    if (fatal === undefined) this.#dumps.wake()
    else this.#stop(fatal)
  }

  #died(event: Extract<KernelEvent, { type: 'fatal' }>): NetworkError {
    this.#logger.error({ error: event.error }, 'the engine has ended by an error of its own')
    return refusal(event.error, {
      operation: event.error.operation,
      description: `the engine has ended in ${event.error.operation}`,
    })
  }

  /** Whatever waits is told; idempotent. */
  #stop(error: NetworkError): void {
    if (this.#stopped !== undefined) return
    this.#stopped = error
    this.#requests.rejectAll(error)
    this.#dumps.stop(error)
    this.#wireless.stop(error)
    this.#feed.end(error.code === 'ERR_STOPPED' ? undefined : error)
  }

  async #dump(what: DumpSubject, table?: number): Promise<readonly DumpRecord[]> {
    const request = { type: 'dump', what, ...(table === undefined ? {} : { table }) } as const
    return (await this.#line.ask(request, { operation: what, description: what })).records ?? []
  }

  #askForRoutes(): void {
    this.#line.transmit(
      { type: 'resync', what: 'routes' },
      {
        answer: (event) => {
          if (event.type !== 'reply' || event.error === undefined) return
          this.#logger.warn({ error: event.error }, 'the kernel refused a dump of its routes')
          this.#dumps.giveUp()
        },
        // The next need asks again.
        reject: () => this.#dumps.giveUp(),
      },
    )
  }

  /** The sysctl may be set at any time, and is asked seldom: each time anew. A kernel that does not show it tells of all. */
  #askWhetherSilent(): void {
    this.#line.transmit(
      { type: 'getSysctl', path: SILENT_IPV6 },
      {
        answer: (event) => this.#dumps.answerDoubt(event.type === 'reply' && Number(event.text ?? '0') > 0),
        reject: () => this.#dumps.answerDoubt(false),
      },
    )
  }
}

/** What comes in storms, and concerns nobody but the mirror. */
function isOfTheMirrorAlone({ type }: KernelEvent): boolean {
  return type === 'address' || type === 'addressGone' || type === 'route' || type === 'routeGone'
}
