import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { NetworkError } from '../../../lib/errors.js'
import { HeldAddresses } from '../../../lib/interface/held-addresses.js'
import type { CommandResult } from '../../../lib/kernel/kernel.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

const ADDRESS = { type: 'replaceAddress', ifname: 'eth0', address: '192.0.2.2', prefixLength: 24 } as const

/** What an address that is put back meets, and what is told of it. */
async function puttingBack(result: CommandResult): Promise<{ problems: unknown[]; repairs: number }> {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  kernel.lab.addLink({ ifname: 'eth0' })
  await clock.advance(0)
  const told = { problems: [] as unknown[], repairs: 0 }
  const held = new HeldAddresses({
    ifname: 'eth0',
    nameNow: () => 'eth0',
    kernel,
    clock,
    logger: silentLogger,
    note: async () => undefined,
    forget: async () => undefined,
    onProblem: (text) => told.problems.push(text),
    onRepaired: () => {
      told.repairs += 1
    },
  })
  await held.add(ADDRESS)
  const address = kernel.mirror.addresses().find((one) => one.address === ADDRESS.address)
  assert.ok(address)
  await kernel.send([{ ...ADDRESS, type: 'deleteAddress' }])
  kernel.send = async () => [result]
  held.gone(address)
  await clock.advance(0)
  await kernel.close()
  return told
}

test('an address that went with its link is no problem: the link says what is wrong', async () => {
  const gone = new NetworkError('ERR_NO_SUCH_INTERFACE', 'Device not found', { errno: 19 })
  assert.equal(await puttingBack(gone), { problems: [undefined], repairs: 0 })
})

test('an address that the kernel refuses to take back is one', async () => {
  const refused = new NetworkError('ERR_KERNEL_REFUSED', 'no room', { errno: 12 })
  assert.equal(await puttingBack(refused), { problems: ['no room'], repairs: 0 })
})

test.run()
