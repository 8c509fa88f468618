/** The link below a VLAN, over a fake kernel. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../../../support/eventually.js'
import { FakeWorld } from '../../../support/fake-instance.js'

const NO_ADDRESS = { ipv4: { method: 'disabled' as const } }
const LAN7 = { type: 'vlan' as const, vlan: { parent: 'eth0', id: 7 }, ...NO_ADDRESS }

test('a parent that loses its own configuration stays up while a VLAN stands on it, and goes down with that', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  await world.clock.advance(0)
  const net = await world.start({ config: { eth0: { type: 'ethernet', ...NO_ADDRESS }, lan7: LAN7 } })
  await net.until(['interface', 'lan7', 'state'], 'configured')
  await net.until(['interface', 'eth0', 'state'], 'configured')
  const isUp = (): boolean => world.kernel.mirror.linkByName('eth0')?.up === true
  await net.deconfigure('eth0')
  await net.until(['interface', 'eth0', 'type'], 'null')
  await eventually('it is up', isUp)
  await net.until(['interface', 'lan7', 'lower_up'], true)
  await net.deconfigure('lan7')
  await net.until(['interface', 'lan7', 'type'], 'null')
  assert.is(isUp(), false)
})

const overEth0 = (id: number) => ({ type: 'vlan' as const, vlan: { parent: 'eth0', id }, ...NO_ADDRESS })

for (const configured of [false, true]) {
  const whose = configured ? 'that loses its configuration' : 'that was down'
  test(`a parent ${whose} stays up until the last of its VLANs is gone, whichever came first`, async () => {
    for (const [first, last] of [
      ['v7', 'v8'],
      ['v8', 'v7'],
    ] as const) {
      await using world = await FakeWorld.create()
      world.kernel.lab.addLink({ ifname: 'eth0' })
      await world.clock.advance(0)
      const net = await world.start({
        config: configured ? { eth0: { type: 'ethernet', ...NO_ADDRESS } } : {},
      })
      const isUp = (): boolean => world.kernel.mirror.linkByName('eth0')?.up === true
      if (configured) await net.until(['interface', 'eth0', 'state'], 'configured')
      assert.is(isUp(), configured)
      for (const [ifname, id] of [
        ['v7', 7],
        ['v8', 8],
      ] as const) {
        await net.configure(ifname, overEth0(id))
        await net.until(['interface', ifname, 'lower_up'], true)
      }
      if (configured) {
        await net.deconfigure('eth0')
        await net.until(['interface', 'eth0', 'type'], 'null')
        await eventually('it is up', isUp)
      }
      await net.deconfigure(first)
      await net.until(['interface', first, 'type'], 'null')
      assert.equal([isUp(), net.get(['interface', last, 'lower_up'])], [true, true])
      await net.deconfigure(last)
      await net.until(['interface', last, 'type'], 'null')
      assert.is(isUp(), false)
    }
  })
}

test('a parent on which another program has put a link stays up', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  await world.clock.advance(0)
  const net = await world.start({ config: { lan7: LAN7 } })
  await net.until(['interface', 'lan7', 'state'], 'configured')
  await world.kernel.send([{ type: 'addLink', ifname: 'v9', kind: 'vlan', parent: 'eth0', vlan: { id: 9 } }])
  await net.deconfigure('lan7')
  await net.until(['interface', 'lan7', 'type'], 'null')
  assert.is(world.kernel.mirror.linkByName('eth0')?.up, true)
})

test('a parent that another program takes down is told of, until it is up again', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0' })
  await world.clock.advance(0)
  const net = await world.start({ config: { lan7: LAN7 } })
  await net.until(['interface', 'lan7', 'state'], 'configured')
  await world.clock.advance(100)
  await world.kernel.send([{ type: 'setLink', ifname: 'eth0', up: false }])
  await net.until(['interface', 'lan7', 'reason'], 'eth0 is down')
  await world.kernel.send([{ type: 'setLink', ifname: 'eth0', up: true }])
  await net.until(['interface', 'lan7', 'reason'], undefined)
  await net.until(['interface', 'lan7', 'lower_up'], true)
})

test.run()
