/** Failover by the kernel itself: what moves the traffic while no program runs. */

import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { Daemon } from '../support/lab/daemon.js'
import { INTERNET_HOSTS, type Uplink } from '../support/lab.js'
import { RemoteInstance } from '../support/remote-instance.js'
import { SystemScene } from '../support/system-scene.js'

const FLOW = fileURLToPath(new URL('../support/lab/udp-flow.mjs', import.meta.url))
const [HOST = ''] = INTERNET_HOSTS
const PORT = '9999'
const SECONDS = 4
/** Of a thousand a second: what was in the cable, and what left before the kernel's own worker had seen the carrier go. */
const MAX_LOST_PACKETS = 25
const PATIENCE = { deadlineMs: 20_000 }

const SYSCTLS = ['ipv4', 'ipv6'].map((family) => `/proc/sys/net/${family}/conf/eth0/ignore_routes_with_linkdown`)

function uplinkConfig(network: string): object {
  return {
    type: 'ethernet',
    ipv4: { method: 'static', address: `${network}.2`, prefixLength: 24, gateway: `${network}.1` },
  }
}

async function flowEnd(scene: SystemScene, namespace: string, args: readonly string[]): Promise<Daemon> {
  return Daemon.start({
    title: `flow in ${namespace}`,
    namespace,
    program: process.execPath,
    args: [FLOW, ...args],
    ready: /^(ready|sending)$/,
    onFailure: ({ message }) => void scene.logs.push({ level: 'error', details: {}, message }),
  })
}

const receiver = (scene: SystemScene, uplink: Uplink): Promise<Daemon> =>
  flowEnd(scene, uplink.routerNamespace, ['receive', HOST, PORT])

/** The number in the last line of that kind. */
function last(daemon: Daemon, kind: 'count' | 'sent'): number {
  const line = daemon.log.filter((one) => one.startsWith(`${kind} `)).at(-1)
  return Number(line?.split(' ')[1] ?? 0)
}

async function sysctls(scene: SystemScene): Promise<string[]> {
  const { stdout } = await scene.lab.exec('cat', SYSCTLS)
  return stdout.trim().split('\n')
}

test('while our process stands still, a pulled cable costs a flow of 1 kHz a few packets', async () => {
  await using scene = await SystemScene.create()
  const [first, second] = [await scene.uplink('eth0', 'none'), await scene.uplink('eth1', 'none')]
  assert.equal(await sysctls(scene), ['0', '0'])
  const { logger: _none, ...options } = scene.options({
    config: { eth0: uplinkConfig('192.0.2'), eth1: uplinkConfig('198.51.100') } as never,
    persistence: 'none',
  })
  await using instance = new RemoteInstance(options)
  for (const ifname of ['eth0', 'eth1']) {
    await instance.ask({ type: 'until', path: ['interface', ifname, 'connection'], value: 'internet' })
  }
  assert.equal(await sysctls(scene), ['1', '1'])

  const ends = [await receiver(scene, first), await receiver(scene, second)]
  const [near, far] = ends as [Daemon, Daemon]
  process.kill(instance.pid, 'SIGSTOP')
  const sender = await flowEnd(scene, scene.lab.name, ['send', HOST, PORT, String(SECONDS)])
  try {
    await eventually('the flow is under way', () => last(near, 'count') > 200, PATIENCE)
    await first.pullCable()
    await sender.waitForLog(/^sent /, PATIENCE)
    const sent = last(sender, 'sent')
    await eventually(
      `no more than ${MAX_LOST_PACKETS} of ${sent} are lost`,
      () => last(near, 'count') + last(far, 'count') >= sent - MAX_LOST_PACKETS,
      PATIENCE,
    )
    assert.is(sent, SECONDS * 1_000)
    assert.ok(last(far, 'count') > 0)
  } finally {
    process.kill(instance.pid, 'SIGCONT')
    for (const daemon of [sender, ...ends]) await daemon.stop()
  }

  // Awake again, routing makes the tables say the same, and stop puts the values back.
  await instance.ask({ type: 'until', path: ['available_interfaces'], value: ['eth1'] })
  assert.is(await scene.wayOut(), 'eth1')
  await instance.ask({ type: 'stop' })
  assert.equal(await sysctls(scene), ['0', '0'])
})

test.run()
