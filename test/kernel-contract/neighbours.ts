/** The contract for neighbours. */

import * as assert from 'uvu/assert'
import type { NeighbourCommand } from '../../lib/kernel/messages.js'
import { addPair, type ContractTest, codes, mustSend } from './world.js'

const FOLLOW = { follow: ['addresses', 'routes', 'neighbours'] } as const
const of = (
  type: NeighbourCommand['type'],
  address: string,
  more: Partial<NeighbourCommand> = {},
): NeighbourCommand => ({
  type,
  ifname: 'v0',
  address,
  ...more,
})

/** Declares the tests for neighbours. */
export function neighbourContract(test: ContractTest): void {
  test(
    'addNeighbour arrives as asked for, replaceNeighbour changes it, deleteNeighbour takes it; the dump agrees',
    async ({ kernel }) => {
      await addPair(kernel)
      const macAddress = '02:00:00:00:00:99'
      const held = () => kernel.mirror.neighbours(10).filter(({ protocol }) => protocol === 183)
      await mustSend(kernel, [
        of('addNeighbour', '192.0.2.99', { macAddress, protocol: 183 }),
        of('addNeighbour', '2001:db8::99', { macAddress, protocol: 183, router: true }),
      ])
      const plain = { ifindex: 10, macAddress, state: 'permanent', proxy: false, extLearned: false, protocol: 183 }
      assert.equal(
        held().sort((a, b) => a.family - b.family),
        [
          { ...plain, family: 4, address: '192.0.2.99', router: false },
          { ...plain, family: 6, address: '2001:db8::99', router: true },
        ],
      )
      const dumped = (await kernel.neighbours()).filter(({ protocol }) => protocol === 183)
      assert.equal(new Set(dumped.map(({ address }) => address)), new Set(['192.0.2.99', '2001:db8::99']))
      await mustSend(kernel, [of('replaceNeighbour', '192.0.2.99', { macAddress: '02:00:00:00:00:98', protocol: 183 })])
      assert.is(held().find(({ family }) => family === 4)?.macAddress, '02:00:00:00:00:98')
      await mustSend(kernel, [of('deleteNeighbour', '192.0.2.99'), of('deleteNeighbour', '2001:db8::99')])
      assert.equal(held(), [])
    },
    FOLLOW,
  )

  test('the same neighbour twice is EEXIST, deleting what is not there is ENOENT, without an address EINVAL', async ({
    kernel,
  }) => {
    await addPair(kernel)
    const macAddress = '02:00:00:00:00:99'
    const results = await kernel.send([
      of('addNeighbour', '192.0.2.99', { macAddress }),
      of('addNeighbour', '192.0.2.99', { macAddress }),
      of('deleteNeighbour', '192.0.2.98'),
      of('addNeighbour', '192.0.2.97'),
    ])
    assert.equal(codes(results), ['done', 'EEXIST', 'ENOENT', 'EINVAL'])
  })

  test(
    'a link that goes down or away loses its neighbours, and each is told',
    async ({ kernel }) => {
      await addPair(kernel)
      const gone: string[] = []
      kernel.subscribe((changes) => {
        for (const change of changes) if (change.type === 'neighbourGone') gone.push(change.address)
      })
      const add = of('addNeighbour', '192.0.2.99', { macAddress: '02:00:00:00:00:99' })
      await mustSend(kernel, [add, { type: 'setLink', ifname: 'v0', up: false }])
      await kernel.links()
      assert.ok(gone.includes('192.0.2.99'))
      await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', up: true }, add, { type: 'deleteLink', ifname: 'v0' }])
      assert.is(gone.filter((address) => address === '192.0.2.99').length, 2)
      assert.equal(kernel.mirror.neighbours(10), [])
    },
    FOLLOW,
  )

  test('who does not follow neighbours hears of none, and may dump them', async ({ kernel }) => {
    await addPair(kernel)
    await mustSend(kernel, [of('addNeighbour', '192.0.2.99', { macAddress: '02:00:00:00:00:99' })])
    assert.equal(kernel.mirror.neighbours(), [])
    assert.ok((await kernel.neighbours()).some(({ address }) => address === '192.0.2.99'))
  })
}
