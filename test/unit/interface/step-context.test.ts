import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { NameServerGate } from '../../../lib/interface/name-server-gate.js'
import { stepContext } from '../../../lib/interface/step-context.js'
import type { DatagramEndpoint, Kernel } from '../../../lib/kernel/kernel.js'
import { FakeSerialPorts } from '../../../lib/testing/fake-serial-ports.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

/** Notes what a step asks of the kernel. */
function noting(asked: unknown[]): Kernel {
  const endpoint = {} as DatagramEndpoint
  const kernel: Pick<Kernel, 'probe' | 'openDatagram'> = {
    probe: async (request, options) => {
      asked.push({ ...request, aborted: options?.signal?.aborted })
      return { outcome: 'refused', ms: 1 }
    },
    openDatagram: async (names) => {
      asked.push(names)
      return endpoint
    },
  }
  return kernel as Kernel
}

test('what a step probes leaves by its interface, whatever it asks for, and ends with the attempt', async () => {
  const asked: unknown[] = []
  const ending = new AbortController()
  const deps = {
    serialPorts: new FakeSerialPorts(),
    kernel: noting(asked),
    clock: new SimulatedClock(),
    logger: silentLogger,
  }
  const context = stepContext(
    { ...deps, properties: {} as never, routes: {} as never, fs: {} as never },
    { ifname: 'eth0', nameServers: new NameServerGate('eth0', {} as never), signal: ending.signal },
  )
  const request = { address: '192.0.2.1', port: 80, deadlineMs: 1_000 }
  assert.is((await context.probe(request)).outcome, 'refused')
  ending.abort()
  await context.probe({ ...request, ifname: 'eth1' } as typeof request)
  const names = { local: '/run/here', peer: '/run/there' }
  await context.datagram(names, { message: () => undefined, end: () => undefined })
  assert.equal(asked, [
    { ...request, ifname: 'eth0', aborted: false },
    { ...request, ifname: 'eth0', aborted: true },
    names,
  ])
})

test.run()
