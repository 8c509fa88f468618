/** Links that a plan makes, and what becomes of them when others have a hand in it. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { removeLeftoverLinks } from '../../../lib/interface/leftover-links.js'
import type { KernelCommand } from '../../../lib/kernel/messages.js'
import type { Step } from '../../../lib/technology/plan.js'
import { makePlan } from '../../../lib/technology/plan.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'

const RETRY_MS = 30_000

const kernelStep = (command: KernelCommand): Step => ({ type: 'kernel', command })
const VLAN: KernelCommand = { type: 'addLink', ifname: 'v7', kind: 'vlan', parent: 'eth0', vlan: { id: 7 } }

const PLAN = {
  type: 'probe',
  requires: ['eth0'],
  up: [
    kernelStep({ type: 'setLink', ifname: 'eth0', up: true }),
    kernelStep(VLAN),
    kernelStep({ type: 'setLink', ifname: 'v7', up: true }),
  ],
  down: [kernelStep({ type: 'setLink', ifname: 'v7', up: false }), kernelStep({ type: 'deleteLink', ifname: 'v7' })],
}

const STATE = ['interface', 'v7', 'state']
const REASON = ['interface', 'v7', 'reason']

async function within(work: (world: FakeWorld) => Promise<void>, parent = true): Promise<void> {
  await using world = await FakeWorld.create()
  if (parent) await plug(world, 'eth0')
  await work(world)
}

async function plug(world: FakeWorld, ifname: string): Promise<void> {
  world.kernel.lab.addLink({ ifname })
  await world.clock.advance(0)
}

async function send(world: FakeWorld, ...commands: KernelCommand[]): Promise<void> {
  for (const result of await world.kernel.send(commands)) assert.is(result, 'done')
}

const start = (world: FakeWorld, config: object = PLAN) =>
  world.start({ technologies: [probeTechnology()], config: { v7: { type: 'probe', ...config } } })

async function leave(net: VintageNet): Promise<void> {
  await net.deconfigure('v7')
  await net.until(['interface', 'v7', 'type'], 'null')
}

const link = (world: FakeWorld, ifname: string) => world.kernel.mirror.linkByName(ifname)

test('a link is made over one that is taken up for it, and both are as before when all is over', () =>
  within(async (world) => {
    const net = await start(world)
    await net.until(STATE, 'configured')
    assert.equal([link(world, 'v7')?.vlan?.id, link(world, 'v7')?.up, link(world, 'eth0')?.up], [7, true, true])
    await world.during(net.stop())
    assert.is(link(world, 'v7'), undefined)
    assert.is(link(world, 'eth0')?.up, false)
  }))

test('a link that was raised stays up while it is an interface of its own, and where it was up before', () =>
  within(async (world) => {
    const net = await start(world)
    await net.until(STATE, 'configured')
    await net.configure('eth0', { type: 'ethernet', ipv4: { method: 'disabled' } })
    await net.until(['interface', 'eth0', 'state'], 'configured')
    await leave(net)
    assert.is(link(world, 'v7'), undefined)
    assert.is(link(world, 'eth0')?.up, true)
  }))

test('what an earlier run has left of the same kind is taken over; where it stands on another link it is replaced', () =>
  within(async (world) => {
    await plug(world, 'eth1')
    await send(world, VLAN)
    const before = link(world, 'v7')?.ifindex
    const net = await start(world)
    await net.until(STATE, 'configured')
    assert.is(link(world, 'v7')?.ifindex, before)
    await leave(net)
    await send(world, { ...VLAN, parent: 'eth1' } as KernelCommand)
    await net.configure('v7', PLAN)
    await net.until(STATE, 'configured')
    assert.is(link(world, 'v7')?.parent, link(world, 'eth0')?.ifindex)
  }))

test('a link of another kind is left alone, the reason names it, and all is well when it is gone', () =>
  within(async (world) => {
    await send(
      world,
      { type: 'addLink', ifname: 'v7', kind: 'dummy', up: true },
      { type: 'addAddress', ifname: 'v7', address: '192.0.2.9', prefixLength: 24 },
    )
    const net = await start(world)
    await net.until(STATE, 'retrying')
    await net.until(REASON, (reason) => /v7 is there already and is of kind dummy/.test(String(reason)))
    assert.equal([link(world, 'v7')?.kind, link(world, 'v7')?.up], ['dummy', true])
    assert.is(world.kernel.mirror.addresses().filter(({ address }) => address === '192.0.2.9').length, 1)
    await send(world, { type: 'deleteLink', ifname: 'v7' })
    await world.clock.advance(RETRY_MS)
    await net.until(STATE, 'configured')
    assert.is(net.get(REASON), undefined)
    assert.is(link(world, 'v7')?.kind, 'vlan')
  }))

test('a link that another program deletes is made anew; the reason tells', () =>
  within(async (world) => {
    const net = await start(world)
    await net.until(STATE, 'configured')
    await send(world, { type: 'deleteLink', ifname: 'v7' })
    await net.until(STATE, 'retrying')
    assert.match(String(net.get(REASON)), /v7 was deleted or renamed by another program/)
    await world.clock.advance(RETRY_MS)
    await net.until(STATE, 'configured')
    assert.is(link(world, 'v7')?.up, true)
  }))

test('a link that another program renames goes under its new name', () =>
  within(async (world) => {
    const net = await start(world)
    await net.until(STATE, 'configured')
    await send(world, { type: 'setLink', ifname: 'v7', name: 'other' })
    await net.until(STATE, 'retrying')
    assert.is(link(world, 'other'), undefined)
    await world.clock.advance(RETRY_MS)
    await net.until(STATE, 'configured')
  }))

test('a link goes with the one below, waits for that, and comes back with it', () =>
  within(async (world) => {
    const net = await start(world)
    await net.until(REASON, (reason) => /waiting for eth0 to appear/.test(String(reason)))
    await plug(world, 'eth0')
    await net.until(STATE, 'configured')
    world.kernel.lab.removeLink('eth0')
    await net.until(STATE, 'retrying')
    await net.until(REASON, (reason) => /waiting for eth0 to appear/.test(String(reason)))
    await plug(world, 'eth5')
    await send(world, { type: 'setLink', ifname: 'eth5', name: 'eth0' })
    await net.until(STATE, 'configured')
    assert.is(link(world, 'v7')?.parent, link(world, 'eth0')?.ifindex)
  }, false))

test('after a crash only links that nobody makes any more are deleted, and only of the kind that was noted', () =>
  within(async (world) => {
    for (const [ifname, kind] of [
      ['a0', 'dummy'],
      ['b0', 'dummy'],
      ['c0', 'ifb'],
    ] as const) {
      await send(world, { type: 'addLink', ifname, kind })
    }
    const links = ['a0', 'b0', 'c0', 'd0'].map((ifname) => ({ ifname, kind: 'dummy' }))
    const forgotten: string[] = []
    const up = [kernelStep({ type: 'addLink', ifname: 'b0', kind: 'dummy' })]
    await removeLeftoverLinks({
      kernel: world.kernel,
      ledger: { links, removeLink: async ({ ifname }) => void forgotten.push(ifname) },
      logger: silentLogger,
      plans: [makePlan({ ifname: 'b0', type: 'probe', source: {}, up })],
    })
    assert.equal(forgotten, ['a0', 'c0', 'd0'])
    assert.equal(
      ['a0', 'b0', 'c0'].filter((ifname) => link(world, ifname) !== undefined),
      ['b0', 'c0'],
    )
  }))

test('after a crash a link goes whose maker waits for the link below: it stands on another one', () =>
  within(async (world) => {
    await send(world, VLAN)
    const plans = ['eth0', 'eth9'].map((requires) =>
      makePlan({ ifname: 'v7', type: 'probe', source: {}, requires: [requires], up: [kernelStep(VLAN)] }),
    )
    for (const plan of plans) {
      await removeLeftoverLinks({
        kernel: world.kernel,
        ledger: { links: [{ ifname: 'v7', kind: 'vlan' }], removeLink: async () => undefined },
        logger: silentLogger,
        plans: [plan],
      })
      assert.is(link(world, 'v7') !== undefined, plan.requires[0] === 'eth0')
    }
  }))

test.run()
