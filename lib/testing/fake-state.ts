/** What a fake kernel holds, in the shapes that its rules work on. */

import { constants } from 'node:os'
import type {
  Address,
  EngineError,
  KernelEvent,
  Link,
  Neighbour,
  NexthopObject,
  Route,
  Rule,
  WireguardDevice,
} from '../kernel/messages.js'
import { FakeRoutes } from './fake-route-store.js'

export type ErrnoName = keyof typeof constants.errno

/** The refusal of one command, as the engine would pass it on; undefined is success. */
export type Refusal = EngineError | undefined

/** A refusal with the kernel's text, if it gives one. */
export function refuse(code: ErrnoName, operation: string, message = ''): EngineError {
  return { errno: constants.errno[code], code, operation, message }
}

/** Kernel facts as they go to every engine that listens; times are added there. */
export type Fact = WithoutTime<
  Extract<
    KernelEvent,
    {
      type:
        | ('link' | 'linkGone' | 'address' | 'addressGone' | 'route' | 'routeGone' | 'rule' | 'ruleGone')
        | ('neighbour' | 'neighbourGone' | 'nexthop' | 'nexthopGone' | 'ndOption')
    }
  >
>
type WithoutTime<T> = T extends unknown ? Omit<T, 'atMs'> : never

/** A link and what the kernel knows of it beyond what it tells. */
export interface FakeLink {
  link: Link
  /** The cable of a hardware link is in, and the other end is awake. */
  carrier: boolean
  /** The other end of a veth pair. */
  peer?: number
  /** Not made by a command: it cannot be deleted by one. */
  readonly hardware: boolean
  hwPath: string
  /** Routes that the kernel made for the link's addresses. */
  made: readonly Route[]
  /** Of a link of that kind, once something was set. */
  wireguard?: WireguardDevice
}

/** One network namespace. */
export interface FakeState {
  readonly links: Map<number, FakeLink>
  /** Of all links that there ever were. */
  highestIfindex: number
  /** In the order in which they were added: the first of a subnet is its primary. */
  addresses: Address[]
  readonly routes: FakeRoutes
  /** By priority, equal ones in order of adding. */
  rules: Rule[]
  neighbours: Neighbour[]
  /** By id. */
  readonly nexthops: Map<number, NexthopObject>
  readonly sysctls: Map<string, string>
  readonly emit: (fact: Fact) => void
}

export function emptyState(emit: (fact: Fact) => void): FakeState {
  return {
    links: new Map(),
    highestIfindex: 0,
    addresses: [],
    routes: new FakeRoutes(),
    rules: [],
    neighbours: [],
    nexthops: new Map(),
    sysctls: new Map(),
    emit,
  }
}

export function linkNamed(state: FakeState, ifname: string): FakeLink | undefined {
  for (const entry of state.links.values()) if (entry.link.ifname === ifname) return entry
  return undefined
}

export function addressesOf(state: FakeState, ifindex: number): Address[] {
  return state.addresses.filter((address) => address.ifindex === ifindex)
}
