/** Which services a change of plans stops and starts. Pure. */

import { equalValues } from '../properties/value.js'
import type { Plan, Service } from '../technology/plan.js'

export interface ServiceChanges {
  /** Of the old plan, in order of start. */
  readonly stop: readonly Service[]
  /** Of the new plan, in order of start. */
  readonly start: readonly Service[]
}

/**
 * A service that changes takes along what its end would take along, by the restart strategy: nothing, what stands behind
 * it, or everything. `readers` are services of the new plan that must be started anew although they are equal.
 */
export function servicesToChange(old: Plan, next: Plan, readers: ReadonlySet<Service> | 'all'): ServiceChanges {
  const was = servicesOf(old)
  const now = servicesOf(next)
  const pairs = pairUp(was, now, (service) => readers === 'all' || readers.has(service))
  const kept = keptPairs(strategyOf(old, next) ?? 'one-for-all', was, now, pairs)
  const stays = new Set(kept.values())
  return { stop: was.filter((service) => !stays.has(service)), start: now.filter((service) => !kept.has(service)) }
}

/** How services depend on each other in both plans; a single one depends on nothing. Undefined: the plans differ. */
export function strategyOf(old: Plan, next: Plan): Plan['restart'] | undefined {
  if (old.restart === next.restart || servicesOf(old).length <= 1) return next.restart
  return servicesOf(next).length <= 1 ? old.restart : undefined
}

/** Whether two services are the same one: parts by name and args, daemons by all that they are. */
export function equalServices(one: Service, other: Service): boolean {
  return equalValues(dataOf(one), dataOf(other))
}

/** Services of a plan, the judge of `connection` last. */
export function servicesOf({ services, connectivity }: Plan): readonly Service[] {
  return typeof connectivity === 'object' ? [...services, connectivity] : services
}

/** New services and the old ones that they are equal to. */
function pairUp(
  was: readonly Service[],
  now: readonly Service[],
  changes: (service: Service) => boolean,
): Map<Service, Service> {
  const pairs = new Map<Service, Service>()
  const left = [...was]
  for (const service of now) {
    if (changes(service)) continue
    const index = left.findIndex((other) => equalServices(service, other))
    const [found] = index < 0 ? [] : left.splice(index, 1)
    if (found !== undefined) pairs.set(service, found)
  }
  return pairs
}

function keptPairs(
  restart: Plan['restart'],
  was: readonly Service[],
  now: readonly Service[],
  pairs: Map<Service, Service>,
): Map<Service, Service> {
  const inPlace = now.findIndex((service, index) => pairs.get(service) !== was[index])
  const common = inPlace < 0 ? now.length : inPlace
  switch (restart) {
    case 'one-for-one':
      return pairs
    case 'rest-for-one':
      return new Map(now.slice(0, common).flatMap((service) => pairOf(pairs, service)))
    case 'one-for-all':
      return common === now.length && was.length === now.length ? pairs : new Map()
  }
}

function pairOf(pairs: Map<Service, Service>, service: Service): [Service, Service][] {
  const other = pairs.get(service)
  return other === undefined ? [] : [[service, other]]
}

function dataOf(service: Service): unknown {
  if (service.type === 'part') return { type: service.type, name: service.name, args: service.args }
  const { reader, ...daemon } = service
  return { ...daemon, reader: reader === undefined ? undefined : { name: reader.name, args: reader.args } }
}
