/** The contract for addresses. */

import * as assert from 'uvu/assert'
import type { AddressCommand } from '../../lib/kernel/messages.js'
import { addPair, type ContractTest, codes, mustBeExact, mustSend, RENAMES_UP_LINKS, until } from './world.js'

const on = (type: AddressCommand['type'], address: string, prefixLength: number): AddressCommand => ({
  type,
  ifname: 'v0',
  address,
  prefixLength,
})

/** Declares the tests for addresses. */
export function addressContract(test: ContractTest): void {
  test('addAddress: IPv4 and IPv6 with protocol and noPrefixRoute arrive as asked for', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const ours = { noPrefixRoute: true, protocol: 183 }
    await mustSend(kernel, [
      { ...on('addAddress', '192.0.2.2', 24), ...ours },
      { ...on('addAddress', '2001:DB8::0:2', 64), ...ours },
    ])
    const [v4, v6] = kernel.mirror.addresses(10)
    assert.equal([v4?.family, v4?.address, v4?.prefixLength, v4?.scope, v4?.label], [4, '192.0.2.2', 24, 0, 'v0'])
    assert.equal([v4?.permanent, v4?.noPrefixRoute, v4?.protocol, v4?.peer], [true, true, 183, undefined])
    assert.equal([v6?.family, v6?.address, v6?.prefixLength, v6?.noPrefixRoute], [6, '2001:db8::2', 64, true])
    const prefixes = kernel.mirror.routes({ table: 254 }).filter(({ destination }) => destination.includes('db8::/64'))
    assert.equal(prefixes, [])
    await mustBeExact(world)
  })

  test('the kernel makes local, broadcast and prefix routes for an address', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [on('addAddress', '192.0.2.2', 24)])
    const made = kernel.mirror
      .routes()
      .filter(({ family, ifindex }) => family === 4 && ifindex === 10)
      .map(({ routeType, destination, table, protocol, scope, source }) =>
        [routeType, destination, table, protocol, scope, source].join(' '),
      )
    assert.equal(made.sort(), [
      'broadcast 192.0.2.255/32 255 2 253 192.0.2.2',
      'local 192.0.2.2/32 255 2 254 192.0.2.2',
      'unicast 192.0.2.0/24 254 2 253 192.0.2.2',
    ])
    await mustBeExact(world)
  })

  test('broadcast, label, scope and peer are kept', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { ...on('addAddress', '192.0.2.2', 24), broadcast: '192.0.2.255', label: 'v0:a', scope: 253 },
      { ...on('addAddress', '198.51.100.1', 32), peer: '198.51.100.2', noPrefixRoute: true },
    ])
    const [first, second] = kernel.mirror.addresses(10)
    assert.equal([first?.broadcast, first?.label, first?.scope], ['192.0.2.255', 'v0:a', 253])
    assert.equal([second?.address, second?.peer], ['198.51.100.1', '198.51.100.2'])
  })

  test('addAddress refuses what is there with EEXIST, deleteAddress what is not with EADDRNOTAVAIL, and they say so', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const results = await kernel.send([
      on('addAddress', '192.0.2.2', 24),
      on('addAddress', '192.0.2.2', 24),
      on('addAddress', '2001:db8::2', 64),
      on('addAddress', '2001:db8::2', 64),
      on('deleteAddress', '192.0.2.2', 25),
      on('deleteAddress', '192.0.2.9', 24),
      on('deleteAddress', '2001:db8::9', 64),
    ])
    const refused = ['EADDRNOTAVAIL', 'EADDRNOTAVAIL', 'EADDRNOTAVAIL']
    assert.equal(codes(results), ['done', 'EEXIST', 'done', 'EEXIST', ...refused])
    assert.match(String(results[1]), /addAddress 192\.0\.2\.2\/24 on v0: .*already (assigned|exists)/)
    assert.match(String(results[5]), /deleteAddress 192\.0\.2\.9\/24 on v0: .*not found/)
  })

  test(
    'replaceAddress adds what is missing and accepts what is there',
    async (world) => {
      const { kernel } = world
      await addPair(kernel)
      await mustSend(kernel, [on('replaceAddress', '192.0.2.2', 24), on('replaceAddress', '2001:db8::2', 64)])
      await until(kernel, 'the IPv6 address is ready', () =>
        kernel.mirror.routes({ table: 255 }).some(({ destination }) => destination === '2001:db8::2/128'),
      )
      await mustSend(kernel, [
        { ...on('replaceAddress', '192.0.2.2', 24), protocol: 183 },
        { ...on('replaceAddress', '2001:db8::2', 64), noPrefixRoute: true },
      ])
      const [v4, v6, ...more] = kernel.mirror.addresses(10)
      assert.equal(more, [])
      assert.equal([v4?.protocol, v6?.noPrefixRoute], [183, true])
      await mustBeExact(world)
    },
    { since: [6, 3] },
  )

  test(
    'an IPv6 address is one of its link: another peer takes the place of the first, another prefix length is refused',
    async (world) => {
      const { kernel } = world
      await addPair(kernel)
      const add = { ...on('addAddress', '2001:db8::1', 128), peer: '2001:db8::2' }
      const seen = () =>
        kernel.mirror.addresses(10).map(({ address, prefixLength, peer }) => `${address} ${peer}/${prefixLength}`)
      await mustSend(kernel, [add])
      await until(kernel, 'the IPv6 address is ready', () =>
        kernel.mirror.routes({ table: 255 }).some(({ destination }) => destination === '2001:db8::1/128'),
      )
      await mustSend(kernel, [{ ...add, type: 'replaceAddress', peer: '2001:db8::3' }])
      assert.equal(seen(), ['2001:db8::1 2001:db8::3/128'])
      await mustBeExact(world)
      const results = await kernel.send([
        on('addAddress', '2001:db8::1', 64),
        { ...add, peer: '2001:db8::4' },
        on('replaceAddress', '2001:db8::1', 64),
        on('deleteAddress', '2001:db8::1', 64),
      ])
      assert.equal(codes(results), ['EEXIST', 'EEXIST', 'done', 'EADDRNOTAVAIL'])
      assert.equal(seen(), ['2001:db8::1 2001:db8::3/128'], 'prefix length and peer stay as they were')
      await mustBeExact(world)
      await mustSend(kernel, [{ ...on('addAddress', '2001:db8::1', 64), ifname: 'v1' }])
      assert.is(kernel.mirror.addresses(20).length, 1)
      await mustSend(kernel, [on('deleteAddress', '2001:db8::1', 128)])
      assert.equal(seen(), [])
      await mustBeExact(world)
    },
    { since: [5, 6] },
  )

  test('deleteAddress takes the address and its routes', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [on('addAddress', '192.0.2.2', 24), on('addAddress', '2001:db8::2', 64)])
    await mustSend(kernel, [on('deleteAddress', '192.0.2.2', 24), on('deleteAddress', '2001:db8::2', 64)])
    assert.equal(kernel.mirror.addresses(10), [])
    await mustBeExact(world)
    const left = kernel.mirror.routes().filter(({ destination }) => /^(192\.0\.2|2001:db8)/.test(destination))
    assert.equal(left, [])
  })

  test('deleting a primary address deletes the secondaries of its subnet', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      on('addAddress', '192.0.2.2', 24),
      on('addAddress', '192.0.2.3', 24),
      on('addAddress', '192.0.2.4', 25),
    ])
    await mustSend(kernel, [on('deleteAddress', '192.0.2.2', 24)])
    assert.equal(
      kernel.mirror.addresses(10).map(({ address }) => address),
      ['192.0.2.4'],
    )
    await mustBeExact(world)
  })

  test('with promote_secondaries a secondary becomes the primary', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { type: 'setSysctl', path: ['ipv4', 'conf', 'v0', 'promote_secondaries'], value: '1' },
      on('addAddress', '192.0.2.2', 24),
      on('addAddress', '192.0.2.3', 24),
      on('deleteAddress', '192.0.2.2', 24),
    ])
    assert.equal(
      kernel.mirror.addresses(10).map(({ address }) => address),
      ['192.0.2.3'],
    )
    await mustBeExact(world)
    const [prefix] = kernel.mirror.routes({ table: 254 }).filter(({ family }) => family === 4)
    assert.equal([prefix?.destination, prefix?.source], ['192.0.2.0/24', '192.0.2.3'])
  })

  test('IPv6 addresses go with the link’s being up, IPv4 addresses stay', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [on('addAddress', '192.0.2.2', 24), on('addAddress', '2001:db8::2', 64)])
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', up: false }])
    assert.equal(
      kernel.mirror.addresses(10).map(({ address }) => address),
      ['192.0.2.2'],
    )
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', up: true }])
    await mustBeExact(world)
  })

  test(
    'a renamed link keeps its addresses, their label follows',
    async (world) => {
      const { kernel } = world
      await addPair(kernel)
      await mustSend(kernel, [on('addAddress', '192.0.2.2', 24), { type: 'setLink', ifname: 'v0', name: 'w0' }])
      assert.equal(
        kernel.mirror.addresses(10).map(({ address, label }) => [address, label]),
        [['192.0.2.2', 'w0']],
      )
      await mustBeExact(world)
    },
    RENAMES_UP_LINKS,
  )

  test('a link that goes takes its addresses along', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [on('addAddress', '192.0.2.2', 24), on('addAddress', '2001:db8::2', 64)])
    await world.foreign([{ type: 'deleteLink', ifname: 'v0' }])
    await until(kernel, 'v0 has gone', () => kernel.mirror.link(10) === undefined)
    assert.equal(kernel.mirror.addresses(10), [])
    await mustBeExact(world)
  })
}
