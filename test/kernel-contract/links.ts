/** The contract for links. */

import * as assert from 'uvu/assert'
import { isNetworkError } from '../../lib/errors.js'
import { addPair, type ContractTest, codes, mustBeExact, mustSend, RENAMES_UP_LINKS, until } from './world.js'

/** Declares the tests for links. */
export function linkContract(test: ContractTest): void {
  test('a fresh namespace has lo, up, and the default rules', async (world) => {
    const { mirror } = world.kernel
    const lo = mirror.linkByName('lo')
    assert.equal([lo?.ifindex, lo?.up, lo?.lowerUp, lo?.mtu], [1, true, true, 65_536])
    assert.is(lo?.kind, undefined)
    const rules = mirror.rules().map(({ family, priority, table }) => `${family}:${priority}:${table}`)
    assert.equal(rules.sort(), ['4:0:255', '4:32766:254', '4:32767:253', '6:0:255', '6:32766:254'])
    assert.ok(mirror.addresses(1).some(({ address, prefixLength }) => address === '127.0.0.1' && prefixLength === 8))
    await mustBeExact(world)
  })

  test('addLink makes a veth pair with the names, indices and address asked for; deleteLink takes both', async (world) => {
    const { kernel } = world
    const macAddress = '02:00:00:00:00:0a'
    const peer = { ifname: 'v1', ifindex: 20 }
    await mustSend(kernel, [{ type: 'addLink', ifname: 'v0', kind: 'veth', ifindex: 10, macAddress, mtu: 1400, peer }])
    const [v0, v1] = [kernel.mirror.linkByName('v0'), kernel.mirror.linkByName('v1')]
    assert.equal([v0?.ifindex, v0?.kind, v0?.macAddress, v0?.mtu, v0?.parent], [10, 'veth', macAddress, 1400, 20])
    assert.equal([v0?.up, v0?.lowerUp, v0?.operstate], [false, false, 'down'])
    assert.equal([v1?.ifindex, v1?.parent], [20, 10])
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'deleteLink', ifname: 'v1' }])
    assert.equal(
      kernel.mirror.links().map(({ ifname }) => ifname),
      ['lo'],
    )
    await mustBeExact(world)
  })

  test('addLink refuses a name in use with EEXIST, a kind unknown with EOPNOTSUPP; lo cannot be deleted', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const results = await kernel.send([
      { type: 'addLink', ifname: 'v0', kind: 'bridge' },
      { type: 'addLink', ifname: 'x0', kind: 'no-such-kind' },
      { type: 'deleteLink', ifname: 'lo' },
    ])
    assert.equal(codes(results), ['EEXIST', 'EOPNOTSUPP', 'EOPNOTSUPP'])
    assert.match(String(results[1]), 'Unknown device type')
  })

  test('setLink changes name, address, mtu and up, each alone and all in one', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { type: 'setLink', ifname: 'v0', up: false },
      { type: 'setLink', ifname: 'v0', mtu: 1300 },
      { type: 'setLink', ifname: 'v0', macAddress: '02:00:00:00:00:01' },
      { type: 'setLink', ifname: 'v0', name: 'w0' },
    ])
    const after = kernel.mirror.link(10)
    assert.equal([after?.ifname, after?.mtu, after?.macAddress, after?.up], ['w0', 1300, '02:00:00:00:00:01', false])
    assert.is(kernel.mirror.linkByName('v0'), undefined)
    const all = { up: true, mtu: 1400, macAddress: '02:00:00:00:00:02', name: 'u0' }
    await mustSend(kernel, [{ type: 'setLink', ifindex: 10, ...all }])
    const last = kernel.mirror.linkByName('u0')
    assert.equal([last?.ifindex, last?.mtu, last?.macAddress, last?.up], [10, 1400, '02:00:00:00:00:02', true])
    await mustBeExact(world)
  })

  test('setLink is refused with the kernel’s reason: mtu, multicast address, name in use, no such master', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const results = await kernel.send([
      { type: 'setLink', ifname: 'v0', mtu: 1 },
      { type: 'setLink', ifname: 'v0', mtu: 70_000 },
      { type: 'setLink', ifname: 'v0', macAddress: '01:00:00:00:00:01' },
      // Kernels before 6.2 refuse every new name while the link is up.
      { type: 'setLink', ifname: 'v0', up: false },
      { type: 'setLink', ifname: 'v0', name: 'lo' },
      { type: 'setLink', ifname: 'v0', master: 77 },
      { type: 'setLink', ifname: 'v0', master: 'v1' },
      { type: 'setLink', ifindex: 77, up: true },
    ])
    const byValue = ['EINVAL', 'EINVAL', 'EADDRNOTAVAIL']
    assert.equal(codes(results), [...byValue, 'done', 'EEXIST', 'EINVAL', 'EOPNOTSUPP', 'ENODEV'])
    assert.match(String(results[0]), 'mtu less than device minimum')
    assert.ok(isNetworkError(results[7], 'ERR_NO_SUCH_INTERFACE'))
  })

  test('a link joins a bridge by name and leaves it; leaving is no linkGone', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const gone: string[] = []
    kernel.subscribe((changes) => {
      for (const change of changes) if (change.type === 'linkGone') gone.push(change.ifname)
    })
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'br0', kind: 'bridge', ifindex: 30 },
      { type: 'setLink', ifname: 'br0', up: true },
      { type: 'setLink', ifname: 'v0', master: 'br0' },
    ])
    assert.is(kernel.mirror.linkByName('v0')?.master, 30)
    await until(kernel, 'br0 has a carrier', () => kernel.mirror.linkByName('br0')?.lowerUp === true)
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'setLink', ifname: 'v0', master: 0 }])
    assert.is(kernel.mirror.linkByName('v0')?.master, undefined)
    assert.equal(gone, [])
    await mustBeExact(world)
  })

  test('carrier: the other end going down shows as lowerUp false, and back', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const changes: unknown[] = []
    kernel.subscribe((batch) => {
      for (const change of batch) {
        if (change.type === 'link' && change.ifname === 'v0') changes.push([change.previous?.lowerUp, change.lowerUp])
      }
    })
    await world.foreign([{ type: 'setLink', ifname: 'v1', up: false }])
    await until(kernel, 'v0 lost its carrier', () => kernel.mirror.linkByName('v0')?.operstate === 'lowerlayerdown')
    assert.equal(changes[0], [true, false])
    assert.is(kernel.mirror.linkByName('v0')?.up, true)
    await world.foreign([{ type: 'setLink', ifname: 'v1', up: true }])
    await until(kernel, 'v0 has its carrier again', () => kernel.mirror.linkByName('v0')?.operstate === 'up')
    assert.is(kernel.mirror.linkByName('v0')?.lowerUp, true)
    await mustBeExact(world)
  })

  test('commands by name work on what earlier commands of the same send made or renamed', async (world) => {
    const { kernel } = world
    const results = await kernel.send([
      { type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1' } },
      { type: 'setLink', ifname: 'v0', up: true },
      { type: 'setLink', ifname: 'v1', name: 'w1' },
      { type: 'setLink', ifname: 'w1', up: true },
      { type: 'setLink', ifname: 'v1', up: true },
      { type: 'deleteLink', ifname: 'v0' },
      { type: 'addLink', ifname: 'v0', kind: 'bridge' },
      { type: 'setLink', ifname: 'v0', mtu: 1400 },
    ])
    assert.equal(codes(results), ['done', 'done', 'done', 'done', 'ERR_NO_SUCH_INTERFACE', 'done', 'done', 'done'])
    assert.equal([kernel.mirror.linkByName('v0')?.kind, kernel.mirror.linkByName('v0')?.mtu], ['bridge', 1400])
    await mustBeExact(world)
  })

  test(
    'a new name takes addresses, routes and sysctls along, and the old one has none',
    async (world) => {
      const { kernel } = world
      await addPair(kernel)
      const sysctl = (ifname: string): string[] => ['ipv4', 'conf', ifname, 'ignore_routes_with_linkdown']
      await mustSend(kernel, [
        { type: 'addAddress', ifname: 'v0', address: '192.0.2.1', prefixLength: 24 },
        { type: 'addRoute', family: 4, destination: '198.51.100.0/24', gateway: '192.0.2.2', ifname: 'v0', table: 200 },
        { type: 'setSysctl', path: sysctl('v0'), value: '1' },
        { type: 'setLink', ifname: 'v0', name: 'w0' },
      ])
      assert.is(await kernel.readSysctl(sysctl('w0')), '1')
      const refused: unknown = await kernel.readSysctl(sysctl('v0')).catch((error: unknown) => error)
      assert.match(String(refused), 'ENOENT')
      assert.ok(kernel.mirror.addresses(10).some(({ address }) => address === '192.0.2.1'))
      assert.equal(
        kernel.mirror.routes({ table: 200 }).map(({ destination, ifindex }) => [destination, ifindex]),
        [['198.51.100.0/24', 10]],
      )
      await mustBeExact(world)
    },
    RENAMES_UP_LINKS,
  )

  test('a link that is made anew has another index, and nothing of the one before', async (world) => {
    const { kernel } = world
    const sysctl = ['ipv4', 'conf', 'v0', 'ignore_routes_with_linkdown']
    const pair = { type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1' } } as const
    await mustSend(kernel, [
      pair,
      { type: 'setLink', ifname: 'v0', mtu: 1_300 },
      { type: 'setSysctl', path: sysctl, value: '1' },
    ])
    const before = kernel.mirror.linkByName('v0')
    await mustSend(kernel, [{ type: 'deleteLink', ifname: 'v0' }, pair])
    const after = kernel.mirror.linkByName('v0')
    assert.ok(Number(after?.ifindex) > Number(before?.ifindex))
    assert.is(after?.mtu, 1_500)
    assert.is.not(after?.macAddress, before?.macAddress)
    assert.is(await kernel.readSysctl(sysctl), '0')
    await mustBeExact(world)
  })
}
