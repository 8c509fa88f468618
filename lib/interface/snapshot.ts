/** Reads a snapshot out of the property table; secrets are masked there already. */

import type { Clock } from '../base/clock.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { AddressProperty } from './link-properties.js'

export interface SnapshotDeps {
  readonly properties: PropertyTable
  readonly clock: Clock
  /** What the power of an interface's hardware is doing, as a person reads it; undefined where nobody manages it. */
  power?(ifname: string): string | undefined
}

/** One interface in a snapshot; what the kernel or a daemon has not said is absent. */
export interface InterfaceSnapshot {
  readonly type: string
  /** Absent where the power of the hardware is not managed. */
  readonly power?: string
  readonly present: boolean
  readonly state?: string
  /** Milliseconds since `state` changed. */
  readonly stateForMs?: number
  readonly connection?: string
  readonly connectionForMs?: number
  readonly reason?: string
  readonly persistence?: string
  /** 'address/prefixLength', newest first. */
  readonly addresses?: readonly string[]
  readonly macAddress?: string
  readonly lowerUp?: boolean
  /** Where the hardware sits. */
  readonly hwPath?: string
  /** How many routes, rules and addresses were put back. */
  readonly repairs?: number
  /** The property `recovery`. */
  readonly recovery?: unknown
  readonly dhcpOptions?: unknown
  readonly config: unknown
}

/** The state of everything, as JSON. */
export interface Snapshot {
  readonly version: string
  readonly allInterfaces: readonly string[]
  /** In order of priority; the first is used by default. */
  readonly availableInterfaces: readonly string[]
  readonly connection: string
  readonly nameServers: readonly { readonly address: string; readonly from: readonly string[] }[]
  /** The change that waits for its confirmation; absent where none does. */
  readonly checkpoint?: { readonly id: string; readonly interfaces: readonly string[]; readonly confirmByMs: number }
  /** Every interface that has a configuration. */
  readonly interfaces: Readonly<Record<string, InterfaceSnapshot>>
}

/** The present state of everything. */
export function takeSnapshot(version: string, deps: SnapshotDeps): Snapshot {
  const { properties } = deps
  const names = (pattern: readonly string[]): string[] => properties.match(pattern).flatMap(([path]) => path[1] ?? [])
  const interfaces = names(['interface', '*', 'type']).map((ifname) => [ifname, interfaceSnapshot(ifname, deps)])
  const checkpoint = properties.get(['checkpoint']) as Snapshot['checkpoint']
  return {
    version,
    allInterfaces: names(['interface', '*', 'present']),
    availableInterfaces: properties.get(['available_interfaces'], []) as string[],
    connection: properties.get(['connection'], 'disconnected') as string,
    nameServers: properties.get(['name_servers'], []) as Snapshot['nameServers'],
    ...(checkpoint === undefined ? {} : { checkpoint }),
    interfaces: Object.fromEntries(interfaces),
  }
}

function interfaceSnapshot(ifname: string, deps: SnapshotDeps): InterfaceSnapshot {
  const { properties, clock } = deps
  const path = (name: string): string[] => ['interface', ifname, name]
  const nowMs = clock.nowMs()
  const text = (name: string): string | undefined => properties.get(path(name)) as string | undefined
  const ageMs = (name: string): number | undefined => {
    const timestampMs = properties.timestamp(path(name))
    return timestampMs === undefined ? undefined : nowMs - timestampMs
  }
  const addresses = properties.get(path('addresses')) as AddressProperty[] | undefined
  return withoutUndefined({
    type: text('type') ?? 'null',
    power: deps.power?.(ifname),
    present: properties.get(path('present')) === true,
    state: text('state'),
    stateForMs: ageMs('state'),
    connection: text('connection'),
    connectionForMs: ageMs('connection'),
    reason: text('reason'),
    persistence: text('persistence'),
    addresses: addresses?.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
    macAddress: text('mac_address'),
    lowerUp: properties.get(path('lower_up')) as boolean | undefined,
    hwPath: text('hw_path'),
    repairs: properties.get(path('repairs')) as number | undefined,
    recovery: properties.get(path('recovery')),
    dhcpOptions: properties.get(path('dhcp_options')),
    config: properties.get(path('config')),
  })
}

/** The same without the members that are undefined, which JSON has no word for. */
function withoutUndefined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
