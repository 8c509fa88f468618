/** The engine's boundary over a FakeNetwork: batches, replies in order, dumps, overruns, probes. */

import { assertNever } from '../base/assert.js'
import type { Clock, Timer } from '../base/clock.js'
import { messageOf } from '../errors.js'
import { ENGINE_ABI, type EngineBinding, type EngineHandle, type EngineOptions } from '../kernel/engine-binding.js'
import { FOLLOW_DEFAULT } from '../kernel/follow.js'
import type {
  EngineCommand,
  EngineRequest,
  FollowSubject,
  GenericRecord,
  KernelEvent,
  ProbeRequest,
  ProbeResult,
} from '../kernel/messages.js'
import type { TcpSocket } from '../kernel/sockets.js'
import { FakeEndpoints } from './fake-datagrams.js'
import type { FakeNetwork } from './fake-network.js'
import { FakeOrders } from './fake-orders.js'
import { type Fact, linkNamed, type Refusal, refuse } from './fake-state.js'
import { readSysctl } from './fake-sysctls.js'
import { readWireguard } from './fake-wireguard.js'

/** Answers probes; one that does not settle by the deadline is a timeout. */
export type ProbeHandler = (request: ProbeRequest) => ProbeResult | Promise<ProbeResult>

/** Tells the TCP sockets that a request asks for. */
export type SocketLister = (request: Extract<EngineRequest, { type: 'listSockets' }>) => readonly TcpSocket[]

export interface FakeEngineOptions {
  readonly network: FakeNetwork
  readonly clock: Clock
  /** Runs a delivery later, never at once; default a microtask. */
  readonly schedule: (deliver: () => void) => void
}

/** Whose notification a fact is. */
const SUBJECT_OF: Readonly<Record<Fact['type'], FollowSubject>> = {
  link: 'links',
  linkGone: 'links',
  address: 'addresses',
  addressGone: 'addresses',
  route: 'routes',
  routeGone: 'routes',
  rule: 'rules',
  ruleGone: 'rules',
  neighbour: 'neighbours',
  neighbourGone: 'neighbours',
  nexthop: 'nexthops',
  nexthopGone: 'nexthops',
  ndOption: 'ndOptions',
}

type Untimed<T> = T extends unknown ? Omit<T, 'atMs'> : never

/** One engine in a fake network; its first dump is delivered inside `open`, so that a fake kernel is ready at once. */
export class FakeEngine implements EngineBinding, EngineHandle {
  readonly abi = ENGINE_ABI
  readonly schema = {}
  readonly #network: FakeNetwork
  readonly #clock: Clock
  readonly #schedule: (deliver: () => void) => void
  #onBatch: ((events: readonly KernelEvent[]) => void) | undefined
  #stopListening: () => void = () => undefined
  #stopHearingRadios: (() => void) | undefined
  #commands: { readonly id: number; readonly command: EngineCommand }[] = []
  readonly #orders: FakeOrders
  readonly #endpoints: FakeEndpoints
  #socketLister: SocketLister | undefined
  #events: KernelEvent[] = []
  #scheduled = false
  #follow: ReadonlySet<FollowSubject> = new Set(FOLLOW_DEFAULT)
  /** Facts go unheard while an overrun is simulated. */
  #deaf = false
  #deafToRadios = false
  readonly #probes = new Map<number, Timer>()
  readonly #locks = new Set<string>()
  #probeHandler: ProbeHandler

  constructor(options: FakeEngineOptions) {
    this.#network = options.network
    this.#orders = new FakeOrders(options.network)
    this.#endpoints = new FakeEndpoints(options.network.datagrams, {
      arrived: (endpoint, bytes) => this.#tell({ type: 'datagram', endpoint, bytes, truncated: false }),
      ended: (endpoint) => this.#tell({ type: 'datagramEnd', endpoint }),
    })
    this.#clock = options.clock
    this.#schedule = options.schedule
    this.#probeHandler = (request) => this.#probeByCarrier(request)
  }

  open({ follow = FOLLOW_DEFAULT }: EngineOptions, onBatch: (events: readonly KernelEvent[]) => void): EngineHandle {
    this.#follow = new Set(follow)
    this.#onBatch = onBatch
    this.#stopListening = this.#network.listen((fact) => this.#hear(fact))
    this.#dumpAll('all')
    this.#deliver()
    return this
  }

  send(commands: readonly EngineCommand[], firstId: number, urgent: boolean): void {
    const numbered = commands.map((command, at) => ({ id: firstId + at, command }))
    if (urgent) this.#commands.unshift(...numbered)
    else this.#commands.push(...numbered)
    this.#wake()
  }

  close(): void {
    this.#onBatch = undefined
    this.#stopListening()
    this.#stopHearingRadios?.()
    for (const timer of this.#probes.values()) timer.cancel()
    this.#probes.clear()
    for (const name of this.#locks) this.#network.locks.delete(name)
    this.#locks.clear()
    this.#endpoints.closeAll()
  }

  /** Notifications of what `unheard` does are lost; a dump follows. */
  overrun(unheard: () => void): void {
    this.#deaf = true
    try {
      unheard()
    } finally {
      this.#deaf = false
    }
    this.#push({ type: 'overrun' })
    this.#dumpAll('all')
    this.#wake()
  }

  /** Notifications of nl80211 about what `unheard` does are lost. */
  overrunOfRadios(unheard: () => void): void {
    this.#deafToRadios = true
    try {
      unheard()
    } finally {
      this.#deafToRadios = false
    }
    if (this.#stopHearingRadios !== undefined) this.#tell({ type: 'wirelessOverrun' })
  }

  handleProbes(handler: ProbeHandler): void {
    this.#probeHandler = handler
  }

  /** Lists sockets by the handler from now on. */
  handleSockets(lister: SocketLister): void {
    this.#socketLister = lister
  }

  #hear(fact: Fact): void {
    if (this.#deaf || !this.#follow.has(SUBJECT_OF[fact.type])) return
    this.#push(fact)
    for (const outcome of this.#orders.hear(fact, this.#clock.nowMs())) this.#push({ type: 'order', ...outcome })
    this.#wake()
  }

  #push(event: Untimed<KernelEvent>): void {
    this.#events.push({ ...event, atMs: this.#clock.nowMs() } as KernelEvent)
  }

  #tell(event: Untimed<KernelEvent>): void {
    this.#push(event)
    this.#wake()
  }

  #wake(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#schedule(() => this.#deliver())
  }

  /** Executes what was sent, then hands over all that happened: a reply stands behind the events that its command caused. */
  #deliver(): void {
    this.#scheduled = false
    if (this.#onBatch === undefined) return
    // The deliveries of this turn's own commands belong to this batch.
    this.#scheduled = true
    for (const { id, command } of this.#commands.splice(0)) this.#execute(id, command)
    this.#scheduled = false
    const events = this.#events.splice(0)
    if (events.length > 0) this.#onBatch(events)
  }

  #execute(id: number, request: EngineCommand): void {
    switch (request.type) {
      case 'dump':
        this.#push({ type: 'reply', id, records: this.#network.dump(request) })
        return
      case 'resync':
        this.#dumpAll(request.what)
        this.#push({ type: 'reply', id })
        return
      case 'probe':
        this.#probe(id, request)
        return
      case 'cancel':
        this.#probes.get(request.target)?.cancel()
        this.#probes.delete(request.target)
        this.#push({ type: 'reply', id })
        return
      case 'getSysctl': {
        const text = readSysctl(this.#network.state, request.path)
        this.#push({ type: 'reply', id, ...(text === undefined ? { error: refuse('ENOENT', 'getSysctl') } : { text }) })
        return
      }
      case 'linkPath': {
        const entry = this.#network.state.links.get(request.ifindex)
        const text = entry?.link.ifname === request.ifname ? entry.hwPath : ''
        this.#push({ type: 'reply', id, text })
        return
      }
      case 'lockInstance':
        this.#lock(id, request.name)
        return
      case 'setOrders':
        this.#orders.replace(request.generation, request.orders)
        this.#push({ type: 'reply', id })
        return
      case 'listSockets': {
        const records = this.#socketLister?.(request)
        const refused = refuse('EOPNOTSUPP', request.type)
        this.#push({ type: 'reply', id, ...(records === undefined ? { error: refused } : { records }) })
        return
      }
      case 'openDatagram':
        this.#answer(id, this.#endpoints.open(id, request))
        return
      case 'openDevice':
        this.#answer(id, this.#endpoints.openDevice(id, request.path))
        return
      case 'sendDatagram':
        this.#sendDatagram(id, request.endpoint, request.bytes)
        return
      case 'closeDatagram':
        this.#endpoints.close(request.endpoint)
        this.#answer(id, undefined)
        return
      case 'unlockInstance':
        if (this.#locks.delete(request.name)) this.#network.locks.delete(request.name)
        this.#push({ type: 'reply', id })
        return
      case 'listGeneric':
        this.#answerList(id, this.#list(request))
        return
      case 'followWireless':
        this.#stopHearingRadios ??= this.#network.radios.listen((told) => {
          if (!this.#deafToRadios) this.#tell(told)
        })
        this.#push({ type: 'reply', id })
        return
      case 'triggerScan':
      case 'abortScan':
        this.#answer(id, this.#network.radios.scan(request, this.#clock))
        return
      case 'requestRegulatory':
      case 'addWirelessInterface':
      case 'deleteWirelessInterface':
      case 'setMeshParameters':
      case 'setPowerSave':
      case 'setWireguardDevice':
      case 'setLink':
      case 'addLink':
      case 'deleteLink':
      case 'addAddress':
      case 'replaceAddress':
      case 'deleteAddress':
      case 'addRoute':
      case 'replaceRoute':
      case 'deleteRoute':
      case 'addRule':
      case 'deleteRule':
      case 'addNeighbour':
      case 'replaceNeighbour':
      case 'deleteNeighbour':
      case 'addNexthop':
      case 'replaceNexthop':
      case 'deleteNexthop':
      case 'setSysctl':
        this.#answer(id, this.#network.execute(request))
        return
      default:
        assertNever(request)
    }
  }

  #answer(id: number, error: Refusal): void {
    this.#push({ type: 'reply', id, ...(error === undefined ? {} : { error }) })
  }

  /** A send to a peer that is gone is refused, and then the endpoint has ended. */
  #sendDatagram(id: number, endpoint: number, bytes: Uint8Array): void {
    const refused = this.#endpoints.send(endpoint, bytes)
    this.#answer(id, refused)
    if (refused?.code === 'ECONNREFUSED') this.#push({ type: 'datagramEnd', endpoint })
  }

  #list({ what, ifindex = 0 }: Extract<EngineRequest, { type: 'listGeneric' }>): readonly GenericRecord[] | Refusal {
    if (what !== 'wireguardDevice') return this.#network.radios.list(what, ifindex, this.#clock.nowMs())
    const device = readWireguard(this.#network.state, ifindex)
    return device === undefined || 'errno' in device ? device : [device]
  }

  #answerList(id: number, listed: readonly GenericRecord[] | Refusal): void {
    if (listed === undefined || 'errno' in listed) this.#answer(id, listed)
    else this.#push({ type: 'reply', id, records: listed })
  }

  #dumpAll(what: 'all' | 'routes'): void {
    this.#push({ type: 'snapshotBegin', what })
    for (const fact of this.#network.facts(what)) if (this.#follow.has(SUBJECT_OF[fact.type])) this.#push(fact)
    this.#push({ type: 'snapshotEnd', what })
  }

  #lock(id: number, name: string): void {
    const owner = this.#network.locks.get(name)
    if (owner !== undefined) {
      this.#push({ type: 'reply', id, error: refuse('EADDRINUSE', 'lockInstance'), text: String(owner) })
      return
    }
    this.#network.locks.set(name, process.pid)
    this.#locks.add(name)
    this.#push({ type: 'reply', id })
  }

  #probe(id: number, request: Extract<EngineRequest, { type: 'probe' }>): void {
    const { type: _, ...asked } = request
    const startedMs = this.#clock.nowMs()
    const settle = (result: ProbeResult): void => {
      if (!this.#probes.delete(id)) return
      this.#push({ type: 'probe', id, ...result })
      this.#wake()
    }
    const timeout = this.#clock.setTimer(asked.deadlineMs, () =>
      settle({ outcome: 'timeout', ms: this.#clock.nowMs() - startedMs }),
    )
    this.#probes.set(id, timeout)
    const finish = (result: ProbeResult): void => {
      timeout.cancel()
      settle(result)
    }
    const fail = (thrown: unknown): void => {
      timeout.cancel()
      if (!this.#probes.delete(id)) return
      this.#push({ type: 'reply', id, error: refuse('EIO', 'probe', messageOf(thrown)) })
      this.#wake()
    }
    try {
      const result = this.#probeHandler(asked)
      if (result instanceof Promise) result.then(finish, fail)
      else finish(result)
    } catch (thrown) {
      fail(thrown)
    }
  }

  /** Without a handler the whole world answers, as far as there is a carrier. */
  #probeByCarrier({ ifname }: ProbeRequest): ProbeResult {
    const { state } = this.#network
    const named = ifname === undefined ? [...state.links.values()] : [linkNamed(state, ifname)]
    const lives = named.some((entry) => entry?.link.lowerUp === true)
    return lives ? { outcome: 'connected', ms: 1 } : { outcome: 'unreachable', errno: 101, ms: 0 }
  }
}
