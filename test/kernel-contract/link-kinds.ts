/** The contract for links that have attributes of their own; which kinds there are depends on how the kernel was built. */

import * as assert from 'uvu/assert'
import { addPair, type ContractTest, codes, mustBeExact, mustSend } from './world.js'

export interface KindChoice {
  /** Kinds that this kernel was built without. */
  readonly lacking: ReadonlySet<string>
  readonly leaveOut: (title: string, reason: string) => void
}

/** Declares the tests for kinds of links. */
export function linkKindContract(test: ContractTest, { lacking, leaveOut }: KindChoice): void {
  const testOf = (kind: string, title: string, body: Parameters<ContractTest>[1]): void => {
    if (lacking.has(kind)) leaveOut(title, `the kernel has no links of kind ${kind}`)
    else test(title, body)
  }

  testOf('vlan', 'a vlan has an id and a parent, and goes with it', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'v0.7', kind: 'vlan', parent: 'v0', vlan: { id: 7 }, ifindex: 30, up: true },
    ])
    const made = kernel.mirror.link(30)
    assert.equal([made?.kind, made?.parent, made?.vlan?.id, made?.lowerUp], ['vlan', 10, 7, true])
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'deleteLink', ifname: 'v0' }])
    assert.is(kernel.mirror.link(30), undefined)
  })

  testOf('bond', 'a bond has a mode and ports by name', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    const bond = { mode: 'active-backup', miimonMs: 100 } as const
    await mustSend(kernel, [
      // The kernel tells of new attributes only while the link is up.
      { type: 'addLink', ifname: 'bond0', kind: 'bond', up: true, bond },
      { type: 'setLink', ifname: 'v0', up: false },
      { type: 'setLink', ifname: 'v0', master: 'bond0' },
      { type: 'setLink', ifname: 'bond0', bond: { primary: 'v0' } },
    ])
    const made = kernel.mirror.linkByName('bond0')?.bond
    assert.equal([made?.mode, made?.miimonMs, made?.primary], ['active-backup', 100, 10])
    await mustBeExact(world)
  })

  testOf('vrf', 'a VRF has a table', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [{ type: 'addLink', ifname: 'vrf0', kind: 'vrf', vrf: { table: 100 } }])
    assert.is(kernel.mirror.linkByName('vrf0')?.vrf?.table, 100)
    await mustBeExact(world)
  })

  for (const kind of ['dummy', 'ifb', 'wireguard']) {
    testOf(kind, `a link of kind ${kind} needs nothing but a name`, async ({ kernel }) => {
      await mustSend(kernel, [{ type: 'addLink', ifname: 'x0', kind }])
      assert.is(kernel.mirror.linkByName('x0')?.kind, kind)
    })
  }

  test('a bridge is made and changed with its attributes', async (world) => {
    const { kernel } = world
    const bridge = { forwardDelayMs: 4_000, ageingTimeMs: 60_000, priority: 4_096, groupForwardMask: 8 }
    await mustSend(kernel, [{ type: 'addLink', ifname: 'br0', kind: 'bridge', up: true, bridge }])
    const made = kernel.mirror.linkByName('br0')
    assert.is(made?.up, true)
    for (const [field, value] of Object.entries(bridge)) assert.is(made?.bridge?.[field as keyof typeof bridge], value)
    await mustSend(kernel, [{ type: 'setLink', ifname: 'br0', bridge: { helloTimeMs: 1_000 } }])
    const changed = kernel.mirror.linkByName('br0')?.bridge
    assert.equal([changed?.helloTimeMs, changed?.priority], [1_000, 4_096])
    await mustBeExact(world)
  })

  test('a port of a bridge has attributes that its master says', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'br0', kind: 'bridge', up: true },
      { type: 'setLink', ifname: 'v0', master: 'br0' },
      { type: 'setLink', ifname: 'v0', bridgePort: { hairpin: true, cost: 7 } },
    ])
    const port = (await kernel.links()).find(({ ifname }) => ifname === 'v0')?.bridgePort
    assert.equal([port?.hairpin, port?.cost], [true, 7])
    assert.is(kernel.mirror.linkByName('v0')?.bridgePort, undefined, 'the kernel does not tell of it')
    await mustBeExact(world)
  })

  test('a macvlan stands on its parent, and goes with it', async (world) => {
    const { kernel } = world
    await addPair(kernel)
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'm0', kind: 'macvlan', parent: 'v0', macvlan: { mode: 'bridge' }, ifindex: 30 },
    ])
    const made = kernel.mirror.link(30)
    assert.equal([made?.kind, made?.parent, made?.macvlan?.mode], ['macvlan', 10, 'bridge'])
    await mustBeExact(world)
    await mustSend(kernel, [{ type: 'deleteLink', ifname: 'v0' }])
    assert.is(kernel.mirror.link(30), undefined)
    await mustBeExact(world)
  })

  test('a link joins its master as it is made', async (world) => {
    const { kernel } = world
    await mustSend(kernel, [
      { type: 'addLink', ifname: 'br0', kind: 'bridge', ifindex: 30 },
      { type: 'addLink', ifname: 'v0', kind: 'veth', peer: { ifname: 'v1' }, master: 'br0' },
    ])
    assert.is(kernel.mirror.linkByName('v0')?.master, 30)
    await mustBeExact(world)
  })

  test('attributes of another kind are refused before they are sent', async ({ kernel }) => {
    const [result] = await kernel.send([{ type: 'addLink', ifname: 'i0', kind: 'ifb', bridge: { stp: true } }])
    assert.is(result === 'done' ? result : result?.field, 'bridge')
    assert.equal(codes(await kernel.send([{ type: 'addLink', ifname: 'i0', kind: 'ifb' }])), ['done'])
  })
}
