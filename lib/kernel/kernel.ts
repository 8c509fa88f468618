/** The kernel seam: what the library and users of `vintage-net/kernel` may ask of a kernel, real or fake. */

import type { Subscription } from '../base/disposable.js'
import type { NetworkError } from '../errors.js'
import type { DatagramNames } from './datagrams.js'
import type {
  Address,
  KernelCommand,
  Link,
  LinkReference,
  NdOption,
  Neighbour,
  NexthopObject,
  ProbeRequest,
  ProbeResult,
  Route,
  Rule,
} from './messages.js'
import type { DesiredTable, TableReplaced } from './replace-table.js'
import type { SocketsRequest, TcpSocket } from './sockets.js'
import type { Uevent } from './uevents.js'
import type { WireguardDevice } from './wireguard.js'
import type { WirelessKernel } from './wireless-kernel.js'

/** A difference of the mirror; records are flattened into the change. Never a raw message. */
export type KernelChange =
  | ({ readonly type: 'link'; readonly atMs: number; readonly previous?: Link } & Link)
  | ({ readonly type: 'linkGone'; readonly atMs: number } & Link)
  | ({ readonly type: 'address' | 'addressGone'; readonly atMs: number } & Address)
  | ({ readonly type: 'route' | 'routeGone'; readonly atMs: number } & Route)
  | ({ readonly type: 'rule' | 'ruleGone'; readonly atMs: number } & Rule)
  | ({ readonly type: 'neighbour' | 'neighbourGone'; readonly atMs: number } & Neighbour)
  | ({ readonly type: 'nexthop' | 'nexthopGone'; readonly atMs: number } & NexthopObject)
  /** A router advertisement told of name servers or search domains. Told each time; the mirror does not hold it. */
  | ({ readonly type: 'ndOption'; readonly atMs: number } & NdOption)
  /** Notifications were lost at this point; differences follow as soon as the dump has been read. */
  | { readonly type: 'overrun'; readonly atMs: number }
  /** Only where `follow` names uevents. */
  | ({ readonly type: 'uevent'; readonly atMs: number } & Uevent)
  /** Some uevents never came: who needs the truth looks below /sys. */
  | { readonly type: 'ueventsLost'; readonly atMs: number }
  /** A standing order has been carried out, once and for all. */
  | ({ readonly type: 'order'; readonly atMs: number } & OrderDone)

/** What became of a standing order; what its commands changed is told before. */
export interface OrderDone {
  /** What setStandingOrders returned for the set it belonged to. */
  readonly generation: number
  readonly name: string
  readonly ifindex: number
  /** When the engine read what the order waited for, and when the kernel had acknowledged its last command. */
  readonly triggeredMs: number
  readonly doneMs: number
  /** One a command. */
  readonly results: readonly CommandResult[]
}

/** Commands that the engine carries out by itself, at once and without JavaScript, when a link's carrier changes. */
export interface StandingOrder {
  /** Told with the outcome; unique in its set. */
  readonly name: string
  /** A link that goes away has lost its carrier too. */
  readonly when: LinkReference & { readonly lowerUp: boolean }
  /** Names are resolved when the order is set. */
  readonly commands: readonly KernelCommand[]
}

/** Which TCP sockets to list; what is absent matches all. */
export type SocketFilter = Partial<SocketsRequest>

/** Hears what comes to an endpoint, inside the engine's delivery. */
export interface DatagramListener {
  /** `truncated`: it was longer than 65,536 bytes, its end is lost. */
  message(bytes: Uint8Array, truncated: boolean): void
  /** The peer is gone, and the endpoint with it: noticed when something is sent; of a device at once. */
  end(): void
}

export interface DatagramEndpoint extends AsyncDisposable {
  /** Resolves when the kernel has taken the datagram; rejects with the errno of what it refused. */
  send(bytes: Uint8Array): Promise<void>
  /** Harmless when called again, and when the endpoint has ended. */
  close(): Promise<void>
}

export interface SendOptions {
  /** True: goes before commands sent earlier that still wait, and between the chunks of a bulk write. Default false. */
  readonly urgent?: boolean | undefined
}

/** The first item of watch(): everything, consistent. */
export interface KernelSnapshot {
  readonly type: 'snapshot'
  readonly atMs: number
  readonly links: readonly Link[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
  readonly neighbours: readonly Neighbour[]
  readonly nexthops: readonly NexthopObject[]
}

export type CommandResult = 'done' | NetworkError

/** What the kernel held when the last event was read, of what is followed; synchronous, and cheap to ask. */
export interface MirrorReader {
  link(ifindex: number): Link | undefined
  linkByName(ifname: string): Link | undefined
  links(): Link[]
  addresses(ifindex?: number): Address[]
  routes(filter?: { readonly table?: number; readonly protocol?: number }): Route[]
  rules(filter?: { readonly protocol?: number }): Rule[]
  neighbours(ifindex?: number): Neighbour[]
  nexthops(): NexthopObject[]
}

export interface Kernel extends AsyncDisposable {
  readonly mirror: MirrorReader
  /** Radios; every call is ERR_UNSUPPORTED where the kernel has no nl80211. */
  readonly wireless: WirelessKernel

  /**
   * Calls the listener once a batch with the mirror's differences, inside the turn in which they arrived, listeners in
   * order of subscription. The mirror already holds the state after the batch. A listener that throws harms no other.
   */
  subscribe(listener: (changes: readonly KernelChange[]) => void): Subscription

  /** Resolves when no dump that the mirror has asked for is outstanding. */
  settled(): Promise<void>

  /** Fresh dumps, ordered after every command sent before them. */
  links(): Promise<Link[]>
  addresses(): Promise<Address[]>
  /** A table that does not exist is []. Without `table`: all tables. */
  routes(filter?: { readonly table?: number | undefined }): Promise<Route[]>
  rules(): Promise<Rule[]>
  /** Without the proxies, which the kernel leaves out. */
  neighbours(): Promise<Neighbour[]>
  nexthops(): Promise<NexthopObject[]>

  /** A snapshot, then every change. Bounded: a reader that is too slow ends with ERR_OVERFLOW. An abort ends the loop without an error. */
  watch(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<KernelSnapshot | KernelChange>

  /**
   * Sends the commands pipelined, in order; one result a command, never rejects for a refusal. A refused command does not stop those behind it.
   * When the results arrive, the mirror holds every event that the commands caused.
   */
  send(commands: readonly KernelCommand[], options?: SendOptions): Promise<CommandResult[]>

  /**
   * Makes a table hold these routes and no others of their protocol, with as few commands as that takes: what is new or
   * different first, what has to go last. Routes of other protocols are left alone.
   */
  replaceTable(desired: DesiredTable): Promise<TableReplaced>

  /**
   * Takes the place of all standing orders; resolves with the set's generation when they stand. Each is carried out at most
   * once, and told as a change of type 'order'; one whose condition holds already is carried out at once. [] ends them all.
   */
  setStandingOrders(orders: readonly StandingOrder[]): Promise<number>

  /**
   * Checks and encodes commands ahead of time, so that sending the same objects later costs less: they are sent as they were
   * then. Only commands that name their link by `ifindex` gain by it; none is changed by it.
   */
  prepare(commands: readonly KernelCommand[]): void

  /** One TCP connect; closes the connection at once. Rejects with ERR_CANCELLED on abort and ERR_NO_SUCH_INTERFACE for an unknown ifname. */
  probe(request: ProbeRequest, options?: { readonly signal?: AbortSignal | undefined }): Promise<ProbeResult>

  /** TCP sockets of all processes of the namespace, by socket diagnostics. */
  sockets(filter?: SocketFilter): Promise<TcpSocket[]>

  /**
   * One WireGuard device with its peers. Its keys are secrets. ERR_UNSUPPORTED: the link is none, or the kernel has no
   * WireGuard; ERR_NO_SUCH_INTERFACE for an unknown link.
   */
  wireguardDevice(link: LinkReference): Promise<WireguardDevice>

  /** Opens a unix datagram endpoint with a name of its own and one peer; see DatagramNames for names and refusals. */
  openDatagram(names: DatagramNames, listener: DatagramListener): Promise<DatagramEndpoint>

  /** Opens a device that speaks in messages, such as a modem's control channel; see DeviceName for refusals. */
  openDevice(path: string, listener: DatagramListener): Promise<DatagramEndpoint>

  /** Reads a file below /proc/sys/net in the kernel's namespace, trimmed. */
  readSysctl(path: readonly string[]): Promise<string>
  /** The device path of a link below /sys, such as `/devices/virtual`; '' where unknown, and in a namespace that is not the process's. */
  hwPath(ifname: string): Promise<string>
  /**
   * Takes the lock of the network namespace, and resolves with what gives it back; close gives it back too, and so does the
   * end of the process, however it comes. Rejects with ERR_ALREADY_RUNNING naming the owner's pid.
   */
  lockInstance(name: string): Promise<() => Promise<void>>

  /** Ends every watch, joins the loop thread; harmless when called again. Later calls reject with ERR_STOPPED. */
  close(): Promise<void>
}
