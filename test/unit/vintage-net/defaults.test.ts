/** Options looked at strictly, and other defaults while an instance runs. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNetOptions } from '../../../lib/options.js'
import { VintageNet } from '../../../lib/vintage-net.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { rejection } from '../../support/rejection.js'

const at = (address: string) => ({ type: 'ethernet', ipv4: { method: 'static', address, prefixLength: 24 } })
const OLD = { eth0: at('192.0.2.2'), eth1: at('198.51.100.2') } as NonNullable<VintageNetOptions['config']>

async function within(work: (net: VintageNet, world: FakeWorld) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  for (const ifname of ['eth0', 'eth1']) world.kernel.lab.addLink({ ifname, lowerUp: true })
  const net = await world.start({ config: OLD })
  await net.until(['interface', 'eth0', 'state'], 'configured')
  await net.until(['interface', 'eth1', 'state'], 'configured')
  await work(net, world)
}

const addressOf = (net: VintageNet, ifname: string): unknown =>
  (net.getConfiguration(ifname) as { ipv4?: { address: string } }).ipv4?.address

test('only what differs changes, in place', () =>
  within(async (net) => {
    const states: string[] = []
    net.subscribe(['interface', 'eth1', 'state'], ({ path }) => void states.push(path.join('/')))
    assert.equal(await net.replaceDefaults({ ...OLD, eth0: at('192.0.2.3') }), ['eth0'])
    await net.until(['interface', 'eth0', 'state'], 'configured')
    assert.is(addressOf(net, 'eth0'), '192.0.2.3')
    assert.equal(states, [])
    assert.is(net.get(['interface', 'eth0', 'persistence']), 'not-saved')
  }))

test('what was saved, or configured for now, is not overruled; a reset takes the new default', () =>
  within(async (net) => {
    await net.configure('eth0', at('192.0.2.9'))
    await net.configure('eth1', at('198.51.100.9'), { persist: false })
    await net.configure('eth2', at('203.0.113.9'))
    assert.equal(await net.replaceDefaults({ ...OLD, eth2: at('203.0.113.9') }), [])
    // What was saved holds although it is what the default says by now.
    assert.equal(await net.replaceDefaults({ ...OLD, eth2: at('203.0.113.10') }), [])
    assert.is(addressOf(net, 'eth2'), '203.0.113.9')
    await net.deconfigure('eth2')
    assert.equal(await net.replaceDefaults({ eth0: at('192.0.2.3'), eth1: at('198.51.100.3') }), [])
    assert.is(addressOf(net, 'eth0'), '192.0.2.9')
    assert.is(addressOf(net, 'eth1'), '198.51.100.9')
    await net.resetToDefaults('eth0')
    assert.is(addressOf(net, 'eth0'), '192.0.2.3')
  }))

test('defaults that something else goes before are told, and only where they differ from it', () =>
  within(async (net) => {
    const next = { eth0: at('192.0.2.3'), eth1: at('198.51.100.3'), eth2: at('203.0.113.3') }
    assert.equal(net.shadowedDefaults(next), [])
    await net.configure('eth0', at('192.0.2.9'))
    await net.configure('eth1', at('198.51.100.9'), { persist: false })
    await net.configure('eth3', at('203.0.113.9'))
    assert.equal(net.shadowedDefaults(next), ['eth0', 'eth1'])
    assert.equal(net.shadowedDefaults({ ...next, eth0: at('192.0.2.9') }), ['eth1'])
    // No default any more, where there was one.
    assert.equal(net.shadowedDefaults({ eth1: at('198.51.100.9') }), ['eth0'])
    const wrong = { eth0: { type: 'ethernet', mtu: 'x' } }
    try {
      net.shadowedDefaults(wrong)
      assert.unreachable()
    } catch (thrown) {
      assert.is((thrown as { field?: string }).field, 'config.eth0.mtu')
    }
    await net.replaceDefaults(next)
    assert.equal(net.shadowedDefaults(next), ['eth0', 'eth1'])
    await net.resetToDefaults('eth0')
    assert.equal(net.shadowedDefaults(next), ['eth1'])
  }))

test('an interface that is not named any more is undone, a new one is taken', () =>
  within(async (net) => {
    assert.equal(await net.replaceDefaults({ eth0: OLD['eth0'], eth2: at('203.0.113.2') }), ['eth1', 'eth2'])
    await net.until(['interface', 'eth1', 'type'], 'null')
    assert.is(addressOf(net, 'eth2'), '203.0.113.2')
  }))

test('where one is wrong, none of them is taken', () =>
  within(async (net) => {
    const wrong = { eth0: at('192.0.2.3'), eth1: { type: 'ethernet', mtu: 'x' } }
    const error = await rejection(net.replaceDefaults(wrong))
    assert.is(error.field, 'config.eth1.mtu')
    assert.is(addressOf(net, 'eth0'), '192.0.2.2')
    assert.is(addressOf(net, 'eth1'), '198.51.100.2')
  }))

test('check() refuses what start() would leave out, with the field, and touches nothing', () => {
  const fieldOf = (options: unknown): string | undefined => {
    try {
      VintageNet.check(options as VintageNetOptions)
      return undefined
    } catch (thrown) {
      return (thrown as { field?: string }).field
    }
  }
  assert.is(fieldOf({ config: OLD, tmpDir: '/nowhere/at/all' }), undefined)
  assert.is(fieldOf({ config: { eth0: { type: 'ethernet', ipv5: {} } } }), 'config.eth0.ipv5')
  assert.is(fieldOf({ config: { 'eth 0': OLD['eth0'] } }), 'config.eth 0')
  assert.is(fieldOf({ config: { eth0: { type: 'ethernt' } } }), 'config.eth0.type')
  assert.is(fieldOf({ additionalNameServers: ['nobody'] }), 'additionalNameServers')
  assert.is(fieldOf({ tmpdir: '/run' }), 'tmpdir')
})

test.run()
