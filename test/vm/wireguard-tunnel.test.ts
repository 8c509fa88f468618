/** Tunnels on a real kernel, to a far end that `wg` has set up. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { wireguard } from '../../lib/index.js'
import type { PeerProperty } from '../../lib/technology/wireguard/peer-watch.js'
import type { VintageNet } from '../../lib/vintage-net.js'
import { eventually } from '../support/eventually.js'
import { setSysctls } from '../support/lab/command.js'
import type { Uplink } from '../support/lab.js'
import { SystemScene } from '../support/system-scene.js'
import { BEYOND, FAR_ADDRESS, FAR_PORT, FarEnd, INSIDE } from '../support/wireguard-far-end.js'

/** An emulated machine takes its time. */
const DEADLINE = { deadlineMs: 90_000 }
const own = wireguard.generateKeyPair()
const presharedKey = wireguard.generatePresharedKey()
const at = (...path: string[]): string[] => ['interface', 'wg0', ...path]

interface Given {
  readonly scene: SystemScene
  readonly uplinks: readonly Uplink[]
}

const farEnd = ({ scene, uplinks }: Given): Promise<FarEnd> =>
  FarEnd.create({ name: `${scene.lab.name}-far`, uplinks, peer: own.publicKey, presharedKey, folder: scene.folder })

function config(publicKey: string, endpoint = `${FAR_ADDRESS}:${FAR_PORT}`) {
  const peer = { publicKey, presharedKey, endpoint, persistentKeepalive: 20 }
  return { type: 'wireguard', privateKey: own.privateKey, addresses: [`${INSIDE.own}/24`], peers: [peer] } as const
}

const DHCP = { type: 'ethernet', ipv4: { method: 'dhcp' } } as const

/** Whether a host answers to a packet that leaves by whatever the routes say. */
async function answers({ lab }: SystemScene, host: string): Promise<boolean> {
  return (await lab.exec('ping', ['-c', '1', '-W', '5', host])).exitCode === 0
}

async function wayTo({ lab }: SystemScene, ...to: string[]): Promise<string | undefined> {
  const { stdout } = await lab.exec('ip', ['-json', 'route', 'get', ...to])
  return (JSON.parse(stdout) as { dev: string }[])[0]?.dev
}

/** `wg show wg0 dump`: the device's fields, then those of each peer. */
async function dump({ lab }: SystemScene): Promise<string[][]> {
  const { stdout } = await lab.exec('wg', ['show', 'wg0', 'dump'])
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
}

test('everything goes through a tunnel that never carries itself; at the end nothing is left', async () => {
  await using scene = await SystemScene.create()
  const eth0 = await scene.uplink('eth0')
  await using far = await farEnd({ scene, uplinks: [eth0] })
  const net = await scene.start({ config: { eth0: DHCP } })
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  assert.not.ok(await answers(scene, BEYOND), 'no router knows it')
  // The strictest reverse path filter lets in what comes for the tunnel by eth0.
  await setSysctls(scene.lab.name, { 'net/ipv4/conf/all/rp_filter': '1' })

  await net.configure('wg0', config(far.publicKey))
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.ok(await answers(scene, INSIDE.far))
  assert.ok(await answers(scene, BEYOND))
  assert.is(await wayTo(scene, BEYOND), 'wg0')
  assert.is(await wayTo(scene, FAR_ADDRESS, 'mark', '51820'), 'eth0')
  assert.is(await wayTo(scene, eth0.routerAddress), 'eth0', 'the own network is reached as ever')
  assert.equal(net.get(['available_interfaces']), ['wg0', 'eth0'])
  assert.is(net.get(['interface', 'eth0', 'connection']), 'internet', 'the check of eth0 leaves by eth0')

  await comparedWithWg(scene, net, far)

  await net.stop()
  assert.not.ok((await scene.links()).some(({ ifname }) => ifname === 'wg0'))
  assert.equal(await scene.ours(), [])
  assert.not.ok((await scene.rules()).some(({ priority }) => priority >= 20_000 && priority < 32_766))
})

/** The device as `wg` shows it, beside what the library says of it. */
async function comparedWithWg(scene: SystemScene, net: VintageNet, far: FarEnd): Promise<void> {
  const [[privateKey, publicKey, port, mark] = [], peer = []] = await dump(scene)
  assert.is(privateKey, own.privateKey)
  assert.is(publicKey, own.publicKey)
  assert.is(net.get(at('wireguard', 'public_key')), own.publicKey)
  assert.is(Number(port), net.get(at('wireguard', 'listen_port')))
  assert.is(Number(mark), 51_820)
  assert.equal(peer.slice(0, 4), [far.publicKey, presharedKey, `${FAR_ADDRESS}:${FAR_PORT}`, '0.0.0.0/0,::/0'])
  assert.is(peer[7], '20')

  const watching = net.subscribe(at('wireguard', 'peers'), () => undefined)
  const [entry] = (await net.until(
    at('wireguard', 'peers'),
    (value) => value !== undefined,
    DEADLINE,
  )) as PeerProperty[]
  watching.unsubscribe()
  assert.is(entry?.publicKey, far.publicKey)
  assert.is(entry?.endpoint, `${FAR_ADDRESS}:${FAR_PORT}`)
  const shownAge = Date.now() / 1_000 - Number(peer[4])
  assert.ok(
    Math.abs((entry?.handshakeAgeSeconds ?? Number.NaN) - shownAge) < 20,
    `${entry?.handshakeAgeSeconds} ${shownAge}`,
  )
  assert.ok((entry?.rxBytes ?? 0) >= Number(peer[5]) && (entry?.txBytes ?? 0) >= Number(peer[6]))
  assert.ok((entry?.txBytes ?? 0) < 20_000, 'a loop would carry much more')
  const [, farPeer = []] = (await far.wg('show', 'far0', 'dump'))
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  assert.is(farPeer[0], own.publicKey)
  assert.ok(Number(farPeer[5]) > 0)
}

test('the tunnel follows the uplink that is left', async () => {
  await using scene = await SystemScene.create()
  const [eth0, eth1] = [await scene.uplink('eth0'), await scene.uplink('eth1')]
  await using far = await farEnd({ scene, uplinks: [eth0, eth1] })
  const net = await scene.start({ config: { eth0: DHCP, eth1: DHCP } })
  await net.until(['available_interfaces'], ['eth0', 'eth1'], DEADLINE)
  await net.configure('wg0', config(far.publicKey))
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.is(await wayTo(scene, FAR_ADDRESS, 'mark', '51820'), 'eth0')
  await eth0.pullCable()
  await net.until(['available_interfaces'], ['wg0', 'eth1'], DEADLINE)
  assert.is(await wayTo(scene, FAR_ADDRESS, 'mark', '51820'), 'eth1')
  assert.ok(await answers(scene, BEYOND))
  assert.is(net.get(at('connection')), 'lan')
})

test('a silent peer is told, and nothing meant for the tunnel leaves beside it; its answer is enough', async () => {
  await using scene = await SystemScene.create()
  const eth0 = await scene.uplink('eth0')
  await using far = await farEnd({ scene, uplinks: [eth0] })
  await far.setAnswers(false)
  const net = await scene.start({ config: { eth0: DHCP, wg0: config(far.publicKey) } })
  await net.until(at('reason'), (text) => /203\.0\.113\.200:51820 does not answer/.test(String(text)), DEADLINE)
  assert.is(net.get(at('connection')), 'disconnected')
  await net.until(['interface', 'eth0', 'connection'], 'internet', DEADLINE)
  assert.is(await wayTo(scene, BEYOND), 'wg0')
  await far.setAnswers(true)
  await net.until(at('connection'), 'lan', DEADLINE)
  await eventually('all is well', () => net.get(at('reason')) === undefined)
  assert.ok(await answers(scene, BEYOND))
})

test('a link that another program deletes is made anew, and carries as before', async () => {
  await using scene = await SystemScene.create()
  const eth0 = await scene.uplink('eth0')
  await using far = await farEnd({ scene, uplinks: [eth0] })
  const net = await scene.start({ config: { eth0: DHCP, wg0: config(far.publicKey) } })
  await net.until(at('connection'), 'lan', DEADLINE)
  await scene.lab.ip('link', 'delete', 'dev', 'wg0')
  await net.until(at('connection'), 'disconnected', DEADLINE)
  await net.until(at('connection'), 'lan', DEADLINE)
  assert.ok(await answers(scene, BEYOND))
})

test.run()
