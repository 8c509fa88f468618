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

test.run()
