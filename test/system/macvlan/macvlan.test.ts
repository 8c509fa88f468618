/** A macvlan of the real kernel: a second station on the cable of the lab, with a lease of its own. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DEADLINE, SystemScene } from '../../support/system-scene.js'

const CONFIG = { type: 'macvlan' as const, macvlan: { parent: 'eth0' } }
const at = (...path: string[]): string[] => ['interface', 'mac0', ...path]

interface Detailed {
  readonly ifname: string
  readonly link?: string
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly mode?: string } }
}

test('a macvlan has a lease beside that of its parent, and leaves the parent as it was', async () => {
  await using scene = await SystemScene.create()
  await scene.uplink('eth0')
  const net = await scene.start({ config: { mac0: CONFIG, eth0: { type: 'ethernet' } } })
  await net.until(at('connection'), 'internet', DEADLINE)
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  const [made] = await scene.lab.ip<Detailed>('-details', 'link', 'show', 'dev', 'mac0')
  assert.equal([made?.link, made?.linkinfo?.info_kind, made?.linkinfo?.info_data?.mode], ['eth0', 'macvlan', 'bridge'])
  const addresses = [...(await scene.addresses('mac0')), ...(await scene.addresses('eth0'))].map(({ local }) => local)
  assert.is(new Set(addresses).size, 2)
  await net.deconfigure('mac0')
  await net.until(at('type'), 'null', DEADLINE)
  assert.not.ok((await scene.links()).some(({ ifname }) => ifname === 'mac0'))
  assert.is(net.get(['interface', 'eth0', 'connection']), 'internet')
})

test('a macvlan goes with its parent and comes back with it; a parent that was down is down again in the end', async () => {
  await using scene = await SystemScene.create()
  const make = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far0'] as const
  const ipv4 = { method: 'static' as const, address: '192.0.2.2', prefixLength: 24 }
  const net = await scene.start({ config: { mac0: { ...CONFIG, ipv4, macAddress: '02:00:00:00:00:07' } } })
  await net.until(at('reason'), 'waiting for eth0 to appear', DEADLINE)
  await scene.lab.ip(...make)
  await net.until(at('state'), 'configured', DEADLINE)
  await scene.lab.ip('link', 'set', 'far0', 'up')
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.is((await scene.link('mac0')).address, '02:00:00:00:00:07')

  await scene.lab.ip('link', 'delete', 'eth0')
  await net.until(at('reason'), 'waiting for eth0 to appear', DEADLINE)
  await scene.lab.ip('link', 'add', 'eth5', 'type', 'veth', 'peer', 'name', 'far0')
  await scene.lab.ip('link', 'set', 'eth5', 'name', 'eth0')
  await net.until(at('state'), 'configured', DEADLINE)
  assert.equal(
    (await scene.addresses('mac0')).map(({ local }) => local),
    ['192.0.2.2'],
  )
  await net.stop()
  assert.equal(
    (await scene.links()).map(({ ifname, flags }) => [ifname, flags.includes('UP')]).filter(([name]) => name !== 'lo'),
    [
      ['far0', false],
      ['eth0', false],
    ],
  )
  assert.equal(await scene.ours(), [])
})

test.run()
