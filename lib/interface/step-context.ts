/** What the steps and parts of a plan may use, bound to their interface. */

import type { Clock } from '../base/clock.js'
import type { HostFileSystem } from '../base/file-system.js'
import type { Logger } from '../base/logger.js'
import type { Kernel } from '../kernel/kernel.js'
import type { PropertyTable } from '../properties/property-table.js'
import type { RouteManager } from '../routing/route-manager.js'
import type { SerialPorts } from '../serial/serial-ports.js'
import type { StepContext } from '../technology/plan.js'
import { propertyReader } from './interface-context.js'
import type { NameServerGate } from './name-server-gate.js'
import { writeAttribute } from './write-attribute.js'

export interface StepContextDeps {
  readonly kernel: Kernel
  readonly clock: Clock
  readonly logger: Logger
  readonly properties: PropertyTable
  readonly routes: RouteManager
  readonly fs: Pick<HostFileSystem, 'writeFile'>
  readonly serialPorts: SerialPorts
}

export interface StepContextOptions {
  readonly ifname: string
  readonly nameServers: NameServerGate
  /** Aborts when the attempt that the context belongs to is over. */
  readonly signal: AbortSignal
}

export function stepContext(deps: StepContextDeps, options: StepContextOptions): StepContext {
  const { kernel, clock, logger, properties, routes, fs, serialPorts } = deps
  const { ifname, nameServers, signal } = options
  const at = (path: readonly string[]): string[] => ['interface', ifname, ...path]
  return {
    ifname,
    kernel,
    clock,
    logger,
    signal,
    serialPorts,
    datagram: (names, listener) => kernel.openDatagram(names, listener),
    device: (path, listener) => kernel.openDevice(path, listener),
    probe: (request) => kernel.probe({ ...request, ifname }, { signal }),
    put: (path, value) => properties.put(at(path), value),
    delete: (path) => properties.delete(at(path)),
    ...propertyReader(properties, ifname, signal),
    setRoutes: (wanted) => routes.setRoutes(ifname, wanted),
    clearRoutes: () => routes.clearRoutes(ifname),
    setNameServers: (wanted) => nameServers.set(wanted),
    clearNameServers: () => nameServers.set(undefined),
    writeAttribute: (path, text) => writeAttribute(fs, ifname, { path, text }),
  }
}
