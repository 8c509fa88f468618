/**
 * The vocabulary between the engine and TypeScript: nouns, commands, events.
 * Hand-kept on both sides: native/engine/messages has the same fields, and test/native compares them.
 * Times are milliseconds of CLOCK_MONOTONIC with a fraction; other units stand in nouns.ts and commands.ts.
 */

import type { KernelCommand } from './commands.js'
import type {
  CloseDatagram,
  DatagramArrival,
  DatagramEnd,
  DatagramNames,
  DeviceName,
  SendDatagram,
} from './datagrams.js'
import type { Address, Link, NdOption, Neighbour, NexthopObject, Route, Rule } from './nouns.js'
import type { SocketsRequest, TcpSocket } from './sockets.js'
import type { Uevent } from './uevents.js'
import type { WireguardDevice } from './wireguard.js'
import type { Bss, RegulatoryDomain, Station, Wiphy, WirelessInterface } from './wireless.js'
import type { AbortScan, TriggerScan } from './wireless-commands.js'
import type { EngineWirelessEvent } from './wireless-events.js'

export type * from './commands.js'
export type * from './link-kinds.js'
export type * from './nouns.js'
export type * from './wireguard.js'
export type * from './wireless.js'
export type * from './wireless-commands.js'
export type * from './wireless-events.js'

export interface ProbeRequest {
  /** IP text; names are never resolved here. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
  /** Link that the connection must leave by (SO_BINDTODEVICE). */
  readonly ifname?: string | undefined
  readonly deadlineMs: number
}

export interface ProbeResult {
  /** connected: handshake done. refused: the host answered with a reset. timeout: no answer by the deadline. unreachable: the kernel said why, see errno. */
  readonly outcome: 'connected' | 'refused' | 'timeout' | 'unreachable'
  readonly errno?: number
  /** From the start of the attempt to its outcome. */
  readonly ms: number
}

/** What can be dumped, in the engine's order. */
export const DUMP_SUBJECTS = ['links', 'addresses', 'routes', 'rules', 'neighbours', 'nexthops'] as const
export type DumpSubject = (typeof DUMP_SUBJECTS)[number]

/** What can be followed, by the number of its bit: ndOptions and uevents are told as they come, and cannot be dumped. */
export const FOLLOW_SUBJECTS = [...DUMP_SUBJECTS, 'ndOptions', 'uevents'] as const
export type FollowSubject = (typeof FOLLOW_SUBJECTS)[number]

/** What generic netlink lists, in the engine's order. */
export const GENERIC_SUBJECTS = [
  'radios',
  'wirelessInterfaces',
  'scanResults',
  'stations',
  'regulatoryDomains',
  'wireguardDevice',
] as const
export type GenericSubject = (typeof GENERIC_SUBJECTS)[number]

/** What a generic dump lists; one WireGuard device, with its peers. */
export type GenericRecord = Wiphy | WirelessInterface | Bss | Station | RegulatoryDomain | WireguardDevice

/** One record of a dump. */
export type DumpRecord = Link | Address | Route | Rule | Neighbour | NexthopObject | TcpSocket | GenericRecord

/** See Kernel.setStandingOrders: what crosses to the engine. */
export interface EngineOrder {
  readonly name: string
  readonly ifindex: number
  readonly lowerUp: boolean
  readonly commands: readonly KernelCommand[]
}

/** Internal commands: the kernel seam sends them, users do not. */
export type EngineRequest =
  /** A fresh dump; its reply carries `records`. `table` filters routes; a table that does not exist is []. */
  | { readonly type: 'dump'; readonly what: DumpSubject; readonly table?: number }
  /** Dumps between snapshotBegin and snapshotEnd in the event stream. */
  | { readonly type: 'resync'; readonly what: 'all' | 'routes' }
  | ({ readonly type: 'probe' } & ProbeRequest)
  /** Ends a probe without an outcome; `target` is its id. */
  | { readonly type: 'cancel'; readonly target: number }
  | { readonly type: 'getSysctl'; readonly path: readonly string[] }
  /** Reads the target of /sys/class/net/IFNAME if that is this link; its reply carries `text`, '' where unknown. */
  | { readonly type: 'linkPath'; readonly ifindex: number; readonly ifname: string }
  /** Listens on the abstract unix socket NAME for the life of the engine; EADDRINUSE's reply carries the owner's pid as `text`. */
  | { readonly type: 'lockInstance'; readonly name: string }
  /** Gives the name back; one that is not held is no error. */
  | { readonly type: 'unlockInstance'; readonly name: string }
  | ({ readonly type: 'openDatagram' } & DatagramNames)
  | ({ readonly type: 'openDevice' } & DeviceName)
  | ({ readonly type: 'sendDatagram' } & SendDatagram)
  | ({ readonly type: 'closeDatagram' } & CloseDatagram)
  /** Its reply carries `records`. The words of the states are the engine's to check. */
  | ({ readonly type: 'listSockets'; readonly states: readonly string[] } & Omit<SocketsRequest, 'states'>)
  /** Its reply carries `records`. scanResults, stations and wireguardDevice want the ifindex. */
  | { readonly type: 'listGeneric'; readonly what: GenericSubject; readonly ifindex?: number }
  /** Joins nl80211's multicast groups for the life of the engine; done also where the family is not there yet. */
  | { readonly type: 'followWireless' }
  | TriggerScan
  | AbortScan
  /** Takes the place of all orders that stand. */
  | { readonly type: 'setOrders'; readonly generation: number; readonly orders: readonly EngineOrder[] }

/** What crosses to the engine: names are resolved to indices. Commands of one send have consecutive ids. */
export type EngineCommand = KernelCommand | EngineRequest

/** The kernel's refusal of one command. */
export interface EngineError {
  readonly errno: number
  /** 'EEXIST', … */
  readonly code: string
  readonly operation: string
  /** The kernel's extended-ack text, '' where it gave none. */
  readonly message: string
}

/** What became of a standing order. */
export interface OrderOutcome {
  /** Of the set it belonged to. */
  readonly generation: number
  readonly name: string
  readonly ifindex: number
  /** When the engine read what the order waited for, and when the kernel had acknowledged its last command. */
  readonly triggeredMs: number
  readonly doneMs: number
  readonly refusals: readonly { readonly index: number; readonly error: EngineError }[]
}

/** What crosses from the engine, in the order in which the loop saw it. */
export type KernelEvent =
  | ({ readonly type: 'link'; readonly atMs: number } & Link)
  | { readonly type: 'linkGone'; readonly atMs: number; readonly ifindex: number; readonly ifname: string }
  | ({ readonly type: 'address' | 'addressGone'; readonly atMs: number } & Address)
  /** `replaces`: the kernel put it in the place of another route of the same key (NLM_F_REPLACE); no routeGone tells of that one. Only on live events. */
  | ({ readonly type: 'route'; readonly atMs: number; readonly replaces?: boolean } & Route)
  | ({ readonly type: 'routeGone'; readonly atMs: number } & Route)
  | ({ readonly type: 'rule' | 'ruleGone'; readonly atMs: number } & Rule)
  | ({ readonly type: 'neighbour' | 'neighbourGone'; readonly atMs: number } & Neighbour)
  | ({ readonly type: 'nexthop' | 'nexthopGone'; readonly atMs: number } & NexthopObject)
  /** A router advertisement with name servers or search domains; it is told each time. */
  | ({ readonly type: 'ndOption'; readonly atMs: number } & NdOption)
  | {
      readonly type: 'reply'
      readonly atMs: number
      readonly id: number
      readonly error?: EngineError
      readonly text?: string
      readonly records?: readonly DumpRecord[]
    }
  /** The kernel did what `count` commands with consecutive ids wanted. */
  | { readonly type: 'done'; readonly atMs: number; readonly firstId: number; readonly count: number }
  | ({ readonly type: 'probe'; readonly atMs: number; readonly id: number } & ProbeResult)
  /** A standing order has been carried out; refusals name the place of their command. */
  | ({ readonly type: 'order'; readonly atMs: number } & OrderOutcome)
  /** Notifications were lost; a resync follows by itself. */
  | { readonly type: 'overrun'; readonly atMs: number }
  | { readonly type: 'snapshotBegin'; readonly atMs: number; readonly what: 'all' | 'routes' }
  | { readonly type: 'snapshotEnd'; readonly atMs: number; readonly what: 'all' | 'routes' }
  | ({ readonly type: 'uevent'; readonly atMs: number } & Uevent)
  /** Some uevents never came. */
  | { readonly type: 'ueventsLost'; readonly atMs: number }
  | ({ readonly type: 'datagram'; readonly atMs: number } & DatagramArrival)
  | ({ readonly type: 'datagramEnd'; readonly atMs: number } & DatagramEnd)
  | EngineWirelessEvent
  /** The loop has ended by an error of its own; nothing follows. */
  | { readonly type: 'fatal'; readonly atMs: number; readonly error: EngineError }

/** The protocol number that marks our routes, rules and addresses (rtm_protocol, FRA_PROTOCOL, IFA_PROTO). */
export const OUR_PROTOCOL = 183
/** The routing table that everybody looks in (RT_TABLE_MAIN). */
export const MAIN_TABLE = 254
