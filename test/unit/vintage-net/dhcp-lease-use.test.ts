/** What of a lease is applied besides address and gateway: MTU and classless routes; and that handlers are apart. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { udhcpcEvent } from '../../../lib/testing/scripted-daemon.js'
import { at, bound, LEASE, ourRoutes, type Scene, say, within } from '../../support/dhcp-scene.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'

const mtuOf = ({ world }: Scene): number | undefined => world.kernel.mirror.linkByName('eth0')?.mtu
const lease = (rest: Record<string, string>) => ({ ...LEASE, ...rest })

const mtuBecomes = (scene: Scene, mtu: number) => eventually(`the MTU is ${mtu}`, () => mtuOf(scene) === mtu)

async function renewed(scene: Scene, rest: Record<string, string>): Promise<void> {
  say(scene.udhcpc, 'renew', lease(rest))
  const wanted = rest['lease']
  await scene.net.until(at('dhcp_options'), (value) => String((value as { lease?: number }).lease) === wanted)
  await scene.world.clock.advance(10)
  await scene.world.kernel.settled()
}

test('the MTU of a lease is applied, and the former one comes back with its end', () =>
  within(async (scene) => {
    await bound(scene, lease({ mtu: '1400' }))
    await renewed(scene, { mtu: '1400', lease: '601' })
    await mtuBecomes(scene, 1400)
    await renewed(scene, { mtu: '1300', lease: '602' })
    await mtuBecomes(scene, 1300)
    say(scene.udhcpc, 'nak')
    await scene.net.until(at('addresses'), [])
    await mtuBecomes(scene, 1500)
  }))

test('a renewal without an MTU puts the former one back', () =>
  within(async (scene) => {
    await bound(scene, lease({ mtu: '1400' }))
    await mtuBecomes(scene, 1400)
    await renewed(scene, { lease: '601' })
    await mtuBecomes(scene, 1500)
  }))

test('an MTU below what IPv6 needs, or above the own one, is shown but not applied', () =>
  within(async (scene) => {
    for (const [index, mtu] of ['1279', '1501', '9000', '576'].entries()) {
      if (index === 0) await bound(scene, lease({ mtu }))
      else await renewed(scene, { mtu, lease: String(600 + index) })
      assert.is((scene.net.get(at('dhcp_options')) as { mtu?: number }).mtu, Number(mtu))
      assert.is(mtuOf(scene), 1500)
    }
  }))

test('an MTU that somebody else has set since is left alone', () =>
  within(async (scene) => {
    await bound(scene, lease({ mtu: '1400' }))
    await mtuBecomes(scene, 1400)
    scene.world.kernel.lab.foreign([{ type: 'setLink', ifname: 'eth0', mtu: 1350 }])
    say(scene.udhcpc, 'nak')
    await scene.net.until(at('addresses'), [])
    await scene.world.clock.advance(100)
    assert.is(mtuOf(scene), 1350)
  }))

test('the MTU of the configuration holds over that of a lease', () =>
  within(
    async (scene) => {
      await bound(scene, lease({ mtu: '1400' }))
      await renewed(scene, { mtu: '1400', lease: '601' })
      assert.is(mtuOf(scene), 1450)
    },
    { config: { eth0: { type: 'ethernet', mtu: 1450 } } },
  ))

test('stop() puts the MTU back', () =>
  within(async (scene) => {
    await bound(scene, lease({ mtu: '1400' }))
    await mtuBecomes(scene, 1400)
    await scene.net.stop()
    assert.is(mtuOf(scene), 1500)
  }))

test('classless routes of a lease come and go with it', () =>
  within(async (scene) => {
    await bound(scene, lease({ staticroutes: '203.0.113.0/24 192.0.2.254 0.0.0.0/0 192.0.2.9' }))
    await scene.world.kernel.settled()
    assert.equal(ourRoutes(scene.world), [
      '192.0.2.0/24 table 100 via -',
      '192.0.2.0/24 table 254 via -',
      '203.0.113.0/24 table 100 via 192.0.2.254',
      '203.0.113.0/24 table 254 via 192.0.2.254',
      'default table 100 via 192.0.2.9',
      'default table 254 via 192.0.2.9',
    ])
    say(scene.udhcpc, 'nak')
    await scene.net.until(at('addresses'), [])
    assert.equal(ourRoutes(scene.world), [])
  }))

test('a handler that hangs or throws on one interface does not keep another one waiting', async () => {
  await using world = await FakeWorld.create()
  world.daemons.on('udhcpc')
  const ifnames = ['eth0', 'eth1', 'eth2']
  for (const [index, ifname] of ifnames.entries()) {
    world.kernel.lab.addLink({ ifname, macAddress: `02:00:00:00:00:0${index + 1}` })
  }
  const seen: string[] = []
  const net = await world.start({
    persistence: 'none',
    config: Object.fromEntries(ifnames.map((ifname) => [ifname, { type: 'ethernet' }])),
    udhcpcHandler: {
      bound({ ifname, options }) {
        seen.push(`${ifname} ${options.ip}`)
        if (ifname === 'eth0') return new Promise<void>(() => undefined)
        if (ifname === 'eth1') throw new Error('boom')
        return undefined
      },
    },
  })
  while (world.daemons.running('udhcpc').length < 3) await world.pass(1)
  for (const [index, ifname] of ifnames.entries()) {
    const child = world.daemons.running('udhcpc').find(({ request }) => request.args.includes(ifname))
    for (const host of [5, 6]) {
      const ip = `192.0.2.${index + 1}${host}`
      child?.writeStdout(udhcpcEvent('bound', { ...LEASE, interface: ifname, ip }))
    }
  }
  await net.until(['interface', 'eth1', 'reason'], (value) => /boom/.test(String(value)))
  while (seen.length < 5) await world.pass(1)
  assert.is(world.clock.nowMs() < 5_000, true)
  assert.equal(seen.slice().sort(), [
    'eth0 192.0.2.15',
    'eth1 192.0.2.25',
    'eth1 192.0.2.26',
    'eth2 192.0.2.35',
    'eth2 192.0.2.36',
  ])
  assert.is(net.get(['interface', 'eth0', 'reason']), undefined)
  assert.is(net.get(['interface', 'eth2', 'reason']), undefined)
})

test.run()
