/** One network namespace in memory: executes commands as the kernel would, and tells every listening engine. */

import type {
  AddressCommand,
  DeleteLink,
  DumpRecord,
  DumpSubject,
  EngineRequest,
  KernelCommand,
  NeighbourCommand,
  SetLink,
} from '../kernel/messages.js'
import { changeAddress } from './fake-addresses.js'
import { FakeDatagrams } from './fake-datagrams.js'
import { addLink, deleteLink, insertLink, setLink, setUp } from './fake-links.js'
import { remakeRoutes } from './fake-made-routes.js'
import { changeNeighbour } from './fake-neighbours.js'
import { changeNexthop } from './fake-nexthops.js'
import { FakeRadios } from './fake-radios.js'
import { changeRoute } from './fake-routes.js'
import { changeRule, DEFAULT_RULES } from './fake-rules.js'
import { emptyState, type Fact, type FakeState, type Refusal, refuse } from './fake-state.js'
import { initSysctls, writeSysctl } from './fake-sysctls.js'
import { setWireguard } from './fake-wireguard.js'

/** True for a command that the fake kernel is to refuse. */
export type RefusePredicate = (command: KernelCommand) => boolean

const LOOPBACK = { ifname: 'lo', ifindex: 1, kind: 'loopback', mtu: 65_536, carrier: true, hardware: true } as const
const LOOPBACK_ADDRESSES = [
  { family: 4, address: '127.0.0.1', prefixLength: 8, label: 'lo' },
  { family: 6, address: '::1', prefixLength: 128 },
] as const

/** A namespace with `lo` up and the default rules; several fake kernels may share one. */
export class FakeNetwork {
  readonly state: FakeState
  readonly radios: FakeRadios
  /** Names of unix datagram sockets. */
  readonly datagrams = new FakeDatagrams()
  /** Owners of instance locks, by name. */
  readonly locks = new Map<string, number>()
  readonly #listeners = new Set<(fact: Fact) => void>()
  #refusal: { readonly predicate: RefusePredicate; readonly code: Parameters<typeof refuse>[0] } | undefined

  constructor() {
    this.state = emptyState((fact) => {
      for (const listener of this.#listeners) listener(fact)
      this.radios.hear(fact)
    })
    this.radios = new FakeRadios(this.state)
    initSysctls(this.state)
    this.state.rules.push(...DEFAULT_RULES)
    const lo = insertLink(this.state, { ...LOOPBACK, macAddress: '00:00:00:00:00:00' })
    for (const address of LOOPBACK_ADDRESSES) {
      this.state.addresses.push({
        ...address,
        ifindex: LOOPBACK.ifindex,
        scope: 254,
        permanent: true,
        noPrefixRoute: false,
        protocol: address.family === 4 ? 1 : 2,
      })
    }
    setUp(this.state, lo, true)
    remakeRoutes(this.state, lo)
  }

  /** Facts reach the listener as they happen. */
  listen(listener: (fact: Fact) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Refuses what the predicate names, with this errno, until called with null. */
  refuse(predicate: RefusePredicate | null, code: Parameters<typeof refuse>[0]): void {
    this.#refusal = predicate === null ? undefined : { predicate, code }
  }

  /** Executes one command; undefined is success. */
  execute(command: KernelCommand): Refusal {
    if (this.#refusal?.predicate(this.#named(command)) === true) return refuse(this.#refusal.code, command.type)
    const { state } = this
    switch (command.type) {
      case 'addLink':
        return addLink(state, command)
      case 'addRoute':
      case 'replaceRoute':
      case 'deleteRoute':
        return changeRoute(state, command)
      case 'addRule':
      case 'deleteRule':
        return changeRule(state, command)
      case 'addNexthop':
      case 'replaceNexthop':
      case 'deleteNexthop':
        return changeNexthop(state, command)
      case 'setSysctl':
        return writeSysctl(state, command.path, command.value)
      case 'requestRegulatory':
      case 'addWirelessInterface':
      case 'deleteWirelessInterface':
      case 'setMeshParameters':
      case 'setPowerSave':
        return this.radios.execute(command)
      case 'setWireguardDevice':
        return setWireguard(state, command)
      case 'setLink':
      case 'deleteLink':
      case 'addAddress':
      case 'replaceAddress':
      case 'deleteAddress':
      case 'addNeighbour':
      case 'replaceNeighbour':
      case 'deleteNeighbour':
        return this.#executeOnLink(command)
    }
  }

  #executeOnLink(command: SetLink | DeleteLink | AddressCommand | NeighbourCommand): Refusal {
    const { state } = this
    const entry = state.links.get(command.ifindex ?? 0)
    if (entry === undefined) return refuse('ENODEV', command.type)
    switch (command.type) {
      case 'setLink':
        return setLink(state, entry, command)
      case 'deleteLink':
        return deleteLink(state, entry, command)
      case 'addAddress':
      case 'replaceAddress':
      case 'deleteAddress':
        return changeAddress(state, entry, command)
      case 'addNeighbour':
      case 'replaceNeighbour':
      case 'deleteNeighbour':
        return changeNeighbour(state, entry, command)
    }
  }

  dump(request: Extract<EngineRequest, { type: 'dump' }>): readonly DumpRecord[] {
    const records: Record<DumpSubject, () => readonly DumpRecord[]> = {
      links: () => [...this.state.links.values()].map((entry) => entry.link),
      addresses: () => [...this.state.addresses],
      routes: () => {
        const routes = [...this.state.routes.all()]
        return request.table === undefined ? routes : routes.filter((route) => route.table === request.table)
      },
      rules: () => [...this.state.rules],
      neighbours: () => [...this.state.neighbours],
      nexthops: () => [...this.state.nexthops.values()],
    }
    return records[request.what]()
  }

  /** Everything, as facts, in the order of a dump. */
  facts(what: 'all' | 'routes'): Fact[] {
    const routes = [
      ...[...this.state.nexthops.values()].map((nexthop): Fact => ({ type: 'nexthop', ...nexthop })),
      ...[...this.state.routes.all()].map((route): Fact => ({ type: 'route', ...route })),
    ]
    if (what === 'routes') return routes
    return [
      ...[...this.state.links.values()].map((entry): Fact => ({ type: 'link', ...entry.link })),
      ...this.state.addresses.map((address): Fact => ({ type: 'address', ...address })),
      ...this.state.rules.map((rule): Fact => ({ type: 'rule', ...rule })),
      ...this.state.neighbours.map((neighbour): Fact => ({ type: 'neighbour', ...neighbour })),
      ...routes,
    ]
  }

  /** The command with its link's name, for predicates: engines get indices only. */
  #named(command: KernelCommand): KernelCommand {
    if (!('ifindex' in command) || command.type === 'addLink' || command.ifindex === undefined) return command
    const ifname = this.state.links.get(command.ifindex)?.link.ifname
    return ifname === undefined ? command : { ...command, ifname }
  }
}
