/** Ports of bridges and bonds over a fake kernel: late, taken, released. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { KernelCommand, Link } from '../../../../lib/kernel/messages.js'
import { eventually } from '../../../support/eventually.js'
import { FakeWorld } from '../../../support/fake-instance.js'

const RETRY_MS = 5_000
const NO_ADDRESS = { ipv4: { method: 'disabled' as const } }
const bridge = (...interfaces: string[]) => ({ type: 'bridge' as const, bridge: { interfaces }, ...NO_ADDRESS })
const bond = (...interfaces: string[]) => ({
  type: 'bond' as const,
  bond: { interfaces, primary: interfaces[0] },
  ...NO_ADDRESS,
})

async function within(work: (world: FakeWorld) => Promise<void>, ...links: string[]): Promise<void> {
  await using world = await FakeWorld.create()
  for (const ifname of links) await plug(world, ifname)
  await work(world)
}

async function plug(world: FakeWorld, ifname: string): Promise<void> {
  world.kernel.lab.addLink({ ifname })
  await world.clock.advance(0)
}

async function send(world: FakeWorld, ...commands: KernelCommand[]): Promise<void> {
  for (const result of await world.kernel.send(commands)) assert.is(result, 'done')
}

const link = (world: FakeWorld, ifname: string): Link | undefined => world.kernel.mirror.linkByName(ifname)
const isPort = (world: FakeWorld, port: string, master: string): boolean =>
  link(world, master) !== undefined && link(world, port)?.master === link(world, master)?.ifindex
const joins = (world: FakeWorld, port: string, master: string): Promise<unknown> =>
  eventually(`${port} joins ${master}`, () => isPort(world, port, master))

test('D4: a member that appears late joins the bridge, and again when it comes back', () =>
  within(async (world) => {
    const net = await world.start({ config: { br1: bridge('eth1') } })
    await net.until(['interface', 'br1', 'state'], 'configured')
    await net.until(['interface', 'br1', 'reason'], 'eth1 is waited for')
    await plug(world, 'eth1')
    await joins(world, 'eth1', 'br1')
    await net.until(['interface', 'br1', 'reason'], undefined)
    await eventually('it is up', () => link(world, 'eth1')?.up === true)
    world.kernel.lab.removeLink('eth1')
    await net.until(['interface', 'eth1', 'present'], undefined)
    await net.until(['interface', 'br1', 'reason'], 'eth1 is waited for')
    await plug(world, 'eth1')
    await joins(world, 'eth1', 'br1')
    await net.until(['interface', 'br1', 'reason'], undefined)
  }))

test('a bond tells which of its ports are not there, until they are', () =>
  within(async (world) => {
    const net = await world.start({ config: { bond0: bond('eth1', 'eth2') } })
    await joins(world, 'eth1', 'bond0')
    await net.until(['interface', 'bond0', 'reason'], 'eth2 is waited for')
    assert.is(net.get(['interface', 'bond0', 'state']), 'configured')
    await send(world, { type: 'setLink', ifname: 'eth1', name: 'eth2' })
    await net.until(['interface', 'bond0', 'reason'], 'eth1 is waited for')
    await joins(world, 'eth2', 'bond0')
    await plug(world, 'eth1')
    await joins(world, 'eth1', 'bond0')
    await net.until(['interface', 'bond0', 'reason'], undefined)
  }, 'eth1'))

test('ports are free again and as they were when the bridge is gone; those of others stay', () =>
  within(
    async (world) => {
      await send(
        world,
        { type: 'setLink', ifname: 'eth1', up: true },
        { type: 'addLink', ifname: 'br9', kind: 'bridge' },
        { type: 'setLink', ifname: 'eth3', master: 'br9' },
      )
      const net = await world.start({ config: { br1: bridge('eth1', 'eth2') } })
      await joins(world, 'eth1', 'br1')
      await joins(world, 'eth2', 'br1')
      await eventually('it is up', () => link(world, 'eth2')?.up === true)
      await world.during(net.stop())
      assert.is(link(world, 'br1'), undefined)
      assert.equal(
        ['eth1', 'eth2'].map((ifname) => [link(world, ifname)?.master, link(world, ifname)?.up]),
        [
          [undefined, true],
          [undefined, false],
        ],
      )
      assert.ok(isPort(world, 'eth3', 'br9'))
    },
    'eth1',
    'eth2',
    'eth3',
  ))

test('a port that another bridge has is left to it, the reason tells, and it joins when it is free', () =>
  within(
    async (world) => {
      await send(
        world,
        { type: 'addLink', ifname: 'br9', kind: 'bridge' },
        { type: 'setLink', ifname: 'eth1', master: 'br9' },
      )
      const net = await world.start({ config: { br1: bridge('eth1', 'eth2') } })
      await net.until(['interface', 'br1', 'reason'], 'eth1 is a port of br9 already')
      await joins(world, 'eth2', 'br1')
      assert.is(net.get(['interface', 'br1', 'state']), 'configured')
      assert.ok(isPort(world, 'eth1', 'br9'))
      await send(world, { type: 'setLink', ifname: 'eth1', master: 0 })
      await joins(world, 'eth1', 'br1')
      await net.until(['interface', 'br1', 'reason'], undefined)
    },
    'eth1',
    'eth2',
  ))

test('a port that another program takes out joins again after a while', () =>
  within(async (world) => {
    const net = await world.start({ config: { br1: bridge('eth1') } })
    await joins(world, 'eth1', 'br1')
    await eventually('it is up', () => link(world, 'eth1')?.up === true)
    await send(world, { type: 'setLink', ifname: 'eth1', master: 0 })
    await net.until(['interface', 'br1', 'reason'], (reason) => /taken out of br1/.test(String(reason)))
    assert.not.ok(isPort(world, 'eth1', 'br1'))
    await world.clock.advance(RETRY_MS)
    await joins(world, 'eth1', 'br1')
    await net.until(['interface', 'br1', 'reason'], undefined)
  }, 'eth1'))

test('a change of the ports leaves the bridge and its other ports as they are', () =>
  within(
    async (world) => {
      const net = await world.start({ config: { br1: bridge('eth1') } })
      await joins(world, 'eth1', 'br1')
      const before = link(world, 'br1')?.ifindex
      let left = false
      world.kernel.subscribe((changes) => {
        left ||= changes.some((one) => one.type === 'link' && one.ifname === 'eth1' && one.master === undefined)
      })
      await net.configure('br1', { ...bridge('eth1', 'eth2'), bridge: { interfaces: ['eth1', 'eth2'], stp: true } })
      await joins(world, 'eth2', 'br1')
      assert.equal([link(world, 'br1')?.ifindex, link(world, 'br1')?.bridge?.stp, left], [before, true, false])
      await net.configure('br1', bridge('eth2'))
      await eventually('eth1 is free', () => link(world, 'eth1')?.master === undefined)
      await eventually('stp is off', () => link(world, 'br1')?.bridge?.stp === false)
      assert.ok(isPort(world, 'eth2', 'br1'))
    },
    'eth1',
    'eth2',
  ))

test('a port with a configuration of its own is not taken down with the bridge', () =>
  within(async (world) => {
    const net = await world.start({ config: { br1: bridge('eth1') } })
    await joins(world, 'eth1', 'br1')
    await net.configure('eth1', { type: 'ethernet', ...NO_ADDRESS })
    await net.until(['interface', 'eth1', 'state'], 'configured')
    await net.deconfigure('br1')
    await eventually('it is free', () => link(world, 'eth1')?.master === undefined)
    await net.until(['interface', 'br1', 'type'], 'null')
    assert.is(link(world, 'eth1')?.up, true)
  }, 'eth1'))

test('a bond takes its ports in while they are down, prefers one, and tells which it uses', () =>
  within(
    async (world) => {
      await send(world, { type: 'setLink', ifname: 'eth1', up: true })
      const commands: string[] = []
      const original = world.kernel.send.bind(world.kernel)
      world.kernel.send = (sent, options) => {
        commands.push(...sent.map((one) => JSON.stringify(one)))
        return original(sent, options)
      }
      const net = await world.start({ config: { bond0: bond('eth1', 'eth2') } })
      await joins(world, 'eth1', 'bond0')
      await joins(world, 'eth2', 'bond0')
      const ifindex = link(world, 'eth1')?.ifindex
      const at = (command: object): number => commands.indexOf(JSON.stringify(command))
      assert.ok(at({ type: 'setLink', ifindex, up: false }) >= 0)
      assert.ok(
        at({ type: 'setLink', ifindex, up: false }) < at({ type: 'setLink', ifindex, master: 'bond0' }),
        'down before it joins',
      )
      await eventually('it is preferred', () => link(world, 'bond0')?.bond?.primary === ifindex)
      const active = ['interface', 'bond0', 'bond', 'active_port']
      await send(world, { type: 'setLink', ifname: 'bond0', bond: { activeSlave: 'eth2' } })
      await net.until(active, 'eth2')
      await send(world, { type: 'setLink', ifname: 'bond0', bond: { activeSlave: 0 } })
      await net.until(active, undefined)
      await world.during(net.stop())
      assert.equal([link(world, 'eth1')?.up, link(world, 'eth2')?.up], [true, false])
    },
    'eth1',
    'eth2',
  ))

test.run()
