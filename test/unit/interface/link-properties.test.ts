import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { LinkProperties } from '../../../lib/interface/link-properties.js'
import { PropertyTable } from '../../../lib/properties/property-table.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'

/** A table that follows a fake kernel. */
async function world() {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  const properties = new PropertyTable({ clock, logger: silentLogger })
  const links = new LinkProperties({ kernel, properties, logger: silentLogger })
  kernel.subscribe((changes) => links.apply(changes))
  await links.start()
  return { clock, kernel, properties, settle: () => clock.advance(0) }
}

function at(ifname: string, name: string): string[] {
  return ['interface', ifname, name]
}

test('O1: present follows a link that comes and goes', async () => {
  const { kernel, properties, settle } = await world()
  const changes: unknown[] = []
  properties.subscribe(at('bogus0', 'present'), ({ oldValue, newValue }) => {
    changes.push([oldValue, newValue])
  })
  kernel.lab.addLink({ ifname: 'bogus0', ifindex: 56 })
  await settle()
  kernel.lab.removeLink('bogus0')
  await settle()
  assert.equal(changes, [
    [undefined, true],
    [true, undefined],
  ])
  assert.equal(properties.getByPrefix(['interface', 'bogus0']), [])
})

test('O2: of a link, present, hw_path, lower_up, mac_address and addresses are published, and nothing else', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0', ifindex: 56, macAddress: '70:85:c2:8f:98:e1' })
  await settle()
  await kernel.send([{ type: 'setLink', ifname: 'bogus0', up: true }])
  await settle()
  assert.equal(properties.getByPrefix(['interface', 'bogus0']), [
    [at('bogus0', 'addresses'), []],
    [at('bogus0', 'hw_path'), ''],
    [at('bogus0', 'lower_up'), true],
    [at('bogus0', 'mac_address'), '70:85:c2:8f:98:e1'],
    [at('bogus0', 'present'), true],
  ])
})

test('O3: an IPv4 address is published with its scope and netmask', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0', ifindex: 56 })
  await settle()
  await kernel.send([{ type: 'addAddress', ifname: 'bogus0', address: '192.0.2.5', prefixLength: 24 }])
  await settle()
  assert.equal(properties.get(at('bogus0', 'addresses')), [
    { family: 'inet', scope: 'universe', address: '192.0.2.5', prefixLength: 24, netmask: '255.255.255.0' },
  ])
})

test('O4: an IPv6 address is published with its netmask', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0', ifindex: 56 })
  await settle()
  const address = 'fe80::b195:faea:aa81:65c9'
  await kernel.send([{ type: 'addAddress', ifname: 'bogus0', address, prefixLength: 64, scope: 253 }])
  await settle()
  assert.equal(properties.get(at('bogus0', 'addresses')), [
    { family: 'inet6', scope: 'link', address, prefixLength: 64, netmask: 'ffff:ffff:ffff:ffff::' },
  ])
})

test('O7: another hardware address takes the place of the first', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0', macAddress: '02:00:00:00:00:01' })
  await settle()
  await kernel.send([{ type: 'setLink', ifname: 'bogus0', macAddress: '02:00:00:00:00:02' }])
  await settle()
  assert.is(properties.get(at('bogus0', 'mac_address')), '02:00:00:00:00:02')
})

test('O8: every link that was there before is published when start resolves', async () => {
  const { properties } = await world()
  assert.is(properties.get(at('lo', 'present')), true)
})

test('present and hw_path appear in one turn', async () => {
  const { kernel, properties, settle } = await world()
  const seen: unknown[] = []
  properties.subscribe(at('bogus0', 'present'), () => {
    seen.push(properties.get(at('bogus0', 'hw_path')))
  })
  kernel.lab.addLink({ ifname: 'bogus0' })
  kernel.lab.hwPath('bogus0', '/devices/platform/scb/fd580000.genet')
  await settle()
  assert.equal(seen, ['/devices/platform/scb/fd580000.genet'])
})

test('the newest address comes first, and one that changes moves to the front', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0' })
  await settle()
  const order = (): string[] =>
    (properties.get(at('bogus0', 'addresses')) as { address: string }[]).map(({ address }) => address)
  for (const address of ['192.0.2.5', '198.51.100.5']) {
    await kernel.send([{ type: 'addAddress', ifname: 'bogus0', address, prefixLength: 24 }])
  }
  await settle()
  assert.equal(order(), ['198.51.100.5', '192.0.2.5'])
  const address = { ifname: 'bogus0', address: '192.0.2.5', prefixLength: 24 }
  await kernel.send([{ type: 'replaceAddress', ...address, protocol: 183 }])
  await settle()
  assert.equal(order(), ['192.0.2.5', '198.51.100.5'])
})

test('a renamed link leaves nothing under its old name', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0' })
  await settle()
  await kernel.send([{ type: 'addAddress', ifname: 'bogus0', address: '192.0.2.5', prefixLength: 24 }])
  await settle()
  kernel.lab.renameLink('bogus0', 'lan0')
  await settle()
  assert.equal(properties.getByPrefix(['interface', 'bogus0']), [])
  assert.is(properties.get(at('lan0', 'present')), true)
  assert.is((properties.get(at('lan0', 'addresses')) as unknown[]).length, 1)
})

test('a link that goes while its path is being asked for is never published', async () => {
  const { kernel, properties, settle } = await world()
  kernel.lab.addLink({ ifname: 'bogus0' })
  kernel.lab.removeLink('bogus0')
  await settle()
  assert.equal(properties.getByPrefix(['interface', 'bogus0']), [])
})

test.run()
