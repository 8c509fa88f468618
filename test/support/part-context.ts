/** What a part finds when a test starts it by hand: a fake kernel, simulated time, and notes of all that it does. */

import type { Clock } from '../../lib/base/clock.js'
import { silentLogger } from '../../lib/base/logger.js'
import { NetworkError } from '../../lib/errors.js'
import type { Kernel } from '../../lib/kernel/kernel.js'
import type { PartContext } from '../../lib/technology/plan.js'
import { FakeSerialPorts } from '../../lib/testing/fake-serial-ports.js'

export interface PartNeeds {
  readonly ifname: string
  readonly clock: Clock
  readonly kernel: Kernel
  readonly signal: AbortSignal
}

/** A context that does nothing but pass on to the kernel; a test gives what it wants to look at. */
export function partContext(needs: PartNeeds, given: Partial<PartContext> = {}): PartContext {
  const { kernel } = needs
  return {
    ...needs,
    logger: silentLogger,
    put: () => undefined,
    delete: () => undefined,
    watched: () => ({ unsubscribe: () => undefined }),
    observe: (_path, listener) => {
      listener(undefined)
      return { unsubscribe: () => undefined }
    },
    note: null,
    leaveNote: () => undefined,
    takePlan: () => undefined,
    datagram: (names, listener) => kernel.openDatagram(names, listener),
    device: (path, listener) => kernel.openDevice(path, listener),
    probe: (request) => kernel.probe(request),
    fail: () => undefined,
    setRoutes: () => undefined,
    clearRoutes: () => undefined,
    setNameServers: () => undefined,
    clearNameServers: () => undefined,
    writeAttribute: async () => undefined,
    addAddress: async () => undefined,
    deleteAddress: async () => undefined,
    setConnection: () => undefined,
    setProblem: () => undefined,
    resolveOutside: async (name) => {
      throw new NetworkError('ERR_NAME_NOT_RESOLVED', `cannot resolve ${name}`)
    },
    resetPower: () => false,
    setOpen: () => undefined,
    serialPorts: new FakeSerialPorts(),
    ...given,
  }
}
