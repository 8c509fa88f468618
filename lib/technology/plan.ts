/** A plan: what an interface's configuration means, as data. Technologies make plans, one actor per interface executes them. */

import type { Clock } from '../base/clock.js'
import type { Connection } from '../base/connection.js'
import type { Subscription } from '../base/disposable.js'
import type { Logger } from '../base/logger.js'
import type { ResolvedName } from '../base/resolved-name.js'
import type { ConfiguredRoute, InterfaceAddress, InterfaceRoutes } from '../config/interface-routes.js'
import type { DatagramNames } from '../kernel/datagrams.js'
import type { DatagramEndpoint, DatagramListener, Kernel } from '../kernel/kernel.js'
import type { KernelCommand, ProbeRequest, ProbeResult } from '../kernel/messages.js'
import type { SerialPorts } from '../serial/serial-ports.js'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

export interface PlanFile {
  readonly path: string
  readonly content: string
  /** Permission bits, such as 0o600. */
  readonly mode: number
  /** The content is a secret: shown nowhere. */
  readonly secret: boolean
}

/**
 * A kernel command. A value that it overwrites (MAC address, MTU, sysctl) is put back when the plan is undone.
 *
 * `addLink` in `up` makes a link that is the plan's: `deleteLink` of that name in `down` deletes it, whatever it is called by
 * then, and no other. A link of that name and kind that is there already, as after a crash, is taken over or replaced; one of
 * another kind makes `up` fail, and stays. Where another program deletes the link, the plan is undone and tried again.
 *
 * `setLink` with `up: true` on a link that is not the plan's own: where it was down, it is taken down with the last plan
 * that takes it up, unless it is an interface of ours by then or another link stands on it.
 */
export interface KernelStep {
  readonly type: 'kernel'
  readonly command: KernelCommand
}

/** A program that must end with status 0. */
export interface RunStep {
  readonly type: 'run'
  readonly program: string
  readonly args: readonly string[]
  readonly ignoreErrors?: boolean | undefined
  /** As of a call step. */
  readonly replaces?: string | undefined
}

/** A function of the library or of a technology. It lives at module level, so that plans compare by name and args. */
export interface CallStep {
  readonly type: 'call'
  readonly name: string
  readonly args: Json
  /**
   * What the step sets, where setting it anew takes the place of what was set: steps of one name replace each other, and a
   * changed one is run again while everything else stays up. Absent: a change of the step costs a full teardown.
   */
  readonly replaces?: string | undefined
  run(args: Json, context: StepContext): Promise<void>
}

export type Step = KernelStep | RunStep | CallStep

/** A daemon: a program that is supervised while the interface is configured. */
export interface DaemonService {
  readonly type: 'daemon'
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  /** Runs only while the link has carrier. */
  readonly whileLowerUp?: boolean | undefined
  /** Runs only while a part of the plan lets it (PartContext.setOpen); at first none does. */
  readonly whileOpened?: boolean | undefined
  /** Hears of each of its runs: its lines, what its event scripts write to descriptor 3, its end. */
  readonly reader?: DaemonReader | undefined
  /** Who reads its standard output; absent: it is logged at debug. */
  readonly events?: 'udhcpc' | 'udhcpd' | undefined
  /** Where udhcpd keeps its leases. */
  readonly leaseFile?: string | undefined
  /** Says secrets on its output in this program's way: they are cut off before its lines are logged. */
  readonly secrets?: 'supplicant' | undefined
}

/** Who hears of a daemon's runs; `open` lives at module level, so that plans compare by name and args. */
export interface DaemonReader {
  readonly name: string
  readonly args: Json
  /** Called at each start of the daemon, before it is there. */
  open(args: Json, context: StepContext): DaemonReading
}

/** One run of a daemon. What it throws is logged, and harms nobody. */
export interface DaemonReading {
  /** What comes through the daemon's descriptor 3, as it comes; absent: it has no such descriptor. */
  events?(chunk: Uint8Array): void
  /** A line that is logged: of standard error, and of standard output. */
  line?(line: string): void
  /** Why it ended, in words for `reason`; undefined: what is said of every program. */
  endReason?(exit: { readonly exitCode?: number | undefined; readonly signal?: string | undefined }): string | undefined
  /** It is gone, by itself or stopped: the last call, which takes back what the run has brought. */
  ended(): void
}

/** A run-time part of a technology: a client of a daemon, a poller, a check of its own. */
export interface PartService {
  readonly type: 'part'
  readonly name: string
  readonly args: Json
  /** Resolves when it runs; with more than what ends it where ioctls are to use it. */
  start(args: Json, context: PartContext): Promise<AsyncDisposable>
}

export type Service = DaemonService | PartService

export interface Plan {
  readonly ifname: string
  readonly type: string
  /** The normalized configuration that this plan was made from. */
  readonly source: unknown
  /** Links that must be present before `up` runs. */
  readonly requires: readonly string[]
  readonly files: readonly PlanFile[]
  readonly up: readonly Step[]
  /** Undoes `up`; its failures are ignored, so that it also undoes half of it. */
  readonly down: readonly Step[]
  /** Further files to delete. */
  readonly cleanup: readonly string[]
  /** Started in order after `up`, stopped in reverse before `down`. */
  readonly services: readonly Service[]
  readonly restart: 'one-for-all' | 'one-for-one' | 'rest-for-one'
  /** Who judges `connection`. */
  readonly connectivity: 'internet' | 'lan' | 'none' | Service
  /** Wait before a failed plan is tried again (first wait; later ones back off). */
  readonly retryDelayMs: number
  /** Limit for the whole of `up`, and of `down`. */
  readonly upLimitMs: number
  readonly downLimitMs: number
  /**
   * What another plan in the place of this one costs. 'difference', the default: what is equal in both stays up, where the
   * order of the steps allows it. 'teardown': everything is undone first.
   */
  readonly onChange?: 'difference' | 'teardown' | undefined
  /** Other plans of the same configuration, by name: a part may put one in the place of this one, and this one back. */
  readonly alternatives?: Readonly<Record<string, Plan>> | undefined
}

export type { ConfiguredRoute, Connection, InterfaceAddress, InterfaceRoutes, ResolvedName }

export interface InterfaceNameServers {
  readonly domain?: string | undefined
  readonly nameServers: readonly string[]
}

/** What steps, parts and ioctls may use; everything is bound to their interface. */
export interface InterfaceContext {
  readonly ifname: string
  /** Puts a property below ['interface', ifname]. */
  put(path: readonly string[], value: unknown): void
  delete(path: readonly string[]): void
  /**
   * Calls `listener` at once, and whenever that changes, with whether anybody subscribes to something at or below
   * `['interface', ifname, ...path]`: for what is not worth asking when nobody looks. Ends with the interface's context.
   */
  watched(path: readonly string[], listener: (watched: boolean) => void): Subscription
  /** Calls `listener` at once with the value of a property of any interface, and with every later one; undefined: none. */
  observe(path: readonly string[], listener: (value: unknown) => void): Subscription
  readonly clock: Clock
  readonly logger: Logger
  readonly kernel: Kernel
  /** Serial ports of the machine, such as those of a modem. */
  readonly serialPorts: SerialPorts
  /** Opens a unix datagram endpoint with one peer, such as a supplicant's control socket. */
  datagram(names: DatagramNames, listener: DatagramListener): Promise<DatagramEndpoint>
  /** Opens a device that speaks in messages, such as a modem's control channel. */
  device(path: string, listener: DatagramListener): Promise<DatagramEndpoint>
  /** One TCP connect that leaves by the interface; ends with the context. */
  probe(request: Omit<ProbeRequest, 'ifname'>): Promise<ProbeResult>
  /** Aborts when whoever has the context must end. */
  readonly signal: AbortSignal
}

/** What an interface brings to the rest of the machine. */
export interface InterfaceControl {
  /** Hands addresses, gateway and routes to routing; takes the place of what was set before. */
  setRoutes(routes: InterfaceRoutes): void
  clearRoutes(): void
  setNameServers(nameServers: InterfaceNameServers): void
  clearNameServers(): void
  /**
   * Writes a text to an attribute of a driver: a file below /sys that exists.
   * @throws (rejects) NetworkError ERR_INVALID_CONFIG for another path, ERR_NOT_PERMITTED, ERR_KERNEL_REFUSED
   */
  writeAttribute(path: string, text: string): Promise<void>
}

/** An address that a part has found out, such as one that a modem tells. */
export interface PartAddress {
  readonly address: string
  readonly prefixLength: number
  /** The far end of a point-to-point link. */
  readonly peer?: string | undefined
}

/**
 * What a run-time part may use. When it has ended, routes, name servers and addresses that it has set and left are withdrawn;
 * what it calls after that does nothing.
 */
export interface PartContext extends InterfaceContext, InterfaceControl {
  /**
   * Adds an address, or renews it; it stands in the ledger, and is put back when another program removes it. Its prefix
   * gets no route but by `setRoutes`. @throws (rejects) NetworkError as the kernel refuses
   */
  addAddress(address: PartAddress): Promise<void>
  /** Deletes an address that `addAddress` has added; harmless where it is gone. */
  deleteAddress(address: PartAddress): Promise<void>
  /** Judges the interface; ignored, with an error in the log, unless the plan's `connectivity` is this part. */
  setConnection(connection: Connection, reason: string): void
  /**
   * What stands in the way of the part's work while it goes on; stands in the property `reason`, in the place of what the
   * part has said before. Undefined or '': nothing; it goes with the part.
   */
  setProblem(text: string | undefined): void
  /**
   * Addresses of a host name, asked by way of the other available interfaces, best first: for what lies outside of this
   * one, such as the far end of a tunnel. @throws (rejects) NetworkError ERR_NAME_NOT_RESOLVED
   */
  resolveOutside(name: string): Promise<ResolvedName>
  /** Has the interface's power manager switch it off and on; false where none manages it. */
  resetPower(): boolean
  /**
   * The part has ended by itself, or it has found that a service of its plan which it names runs no more as it should: that
   * one is stopped, if need be killed, and started again, with what the plan's `restart` says. After its own end nothing counts.
   */
  fail(reason: string, service?: string): void
  /** Lets a daemon of the plan that runs only while it is opened run, or stops it. What was said last outlives the part. */
  setOpen(service: string, open: boolean): void
  /**
   * Puts another plan of the same configuration in the place of the one that is applied: one of `alternatives`, or the first
   * one again (undefined). `note` is what the parts of that plan find as theirs.
   */
  takePlan(name: string | undefined, note: Json): void
  /** Changes what the parts of this plan find as their note when they are started anew. */
  leaveNote(note: Json): void
  /** What the part left that put this plan in its place; null where a configuration did. */
  readonly note: Json
}

/** What a call step may use. */
export interface StepContext extends InterfaceContext, InterfaceControl {}

/** Names of the links that a plan makes. */
export function linksMadeBy({ up }: Pick<Plan, 'up'>): string[] {
  return up.flatMap((step) => (step.type === 'kernel' && step.command.type === 'addLink' ? [step.command.ifname] : []))
}

/** A plan with the fields that a technology need not name filled in. */
export function makePlan(plan: Partial<Plan> & Pick<Plan, 'ifname' | 'type' | 'source'>): Plan {
  return {
    requires: [plan.ifname],
    files: [],
    up: [],
    down: [],
    cleanup: [],
    services: [],
    restart: 'one-for-all',
    connectivity: 'none',
    retryDelayMs: 30_000,
    upLimitMs: 5_000,
    downLimitMs: 5_000,
    ...plan,
  }
}
