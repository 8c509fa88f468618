/** What a scrape says of an instance over a fake kernel; docs/metrics.md names every metric. */

import { readFile } from 'node:fs/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { startMetrics } from '../../../lib/metrics/index.js'
import { ControlScene, STATIC } from '../../support/control-scene.js'
import { FakeWorld } from '../../support/fake-instance.js'

function valueIn(text: string, line: string): number | undefined {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length + 1))
}

test('a scrape tells links, connections, failovers, probes, overruns, restarts, changes and their ends', async () => {
  await using world = await FakeWorld.create()
  for (const ifname of ['eth0', 'eth1']) world.kernel.lab.addLink({ ifname, lowerUp: true })
  const metrics = await startMetrics()
  const kernel = metrics.watchKernel(world.kernel)
  world.kernel.lab.probes(() => ({ outcome: 'connected', ms: 3 }))
  const net = await world.start({ kernel })
  metrics.watchInstance(net)
  const second = { ...STATIC, ipv4: { ...STATIC.ipv4, address: '198.51.100.2', gateway: '198.51.100.1' } }
  await net.configure('eth0', STATIC)
  await net.configure('eth1', second)
  await world.during(net.until(['available_interfaces'], ['eth0', 'eth1']))
  await world.during(net.until(['interface', 'eth0', 'connection'], 'internet'))
  world.kernel.lab.setCarrier('eth0', false)
  await world.during(net.until(['available_interfaces'], ['eth1']))
  world.kernel.lab.overrun()
  await kernel.settled()
  await (await net.apply({ eth1: STATIC }, { confirmWithinMs: 60_000 })).rollback()
  const text = await metrics.text()
  const expected: [string, number][] = [
    ['vintage_net_info{version="0.1.0"}', 1],
    ['vintage_net_interface_lower_up{interface="eth0"}', 0],
    ['vintage_net_interface_lower_up{interface="eth1"}', 1],
    ['vintage_net_interface_present{interface="eth0"}', 1],
    ['vintage_net_interface_connection{interface="eth0",connection="disconnected"}', 1],
    ['vintage_net_interface_connection{interface="eth0",connection="internet"}', 0],
    ['vintage_net_failovers_total{from="eth0",to="eth1"}', 1],
    ['vintage_net_failover_duration_seconds_count', 1],
    ['vintage_net_kernel_overruns_total', 1],
    ['vintage_net_kernel_resyncs_total', 1],
    ['vintage_net_checkpoints_total{outcome="applied"}', 1],
    ['vintage_net_checkpoints_total{outcome="rolled_back"}', 1],
    ['vintage_net_checkpoints_total{outcome="confirmed"}', 0],
  ]
  for (const [line, value] of expected) assert.is(valueIn(text, line), value, `${line}\n${text}`)
  assert.ok((valueIn(text, 'vintage_net_probes_total{interface="eth0",outcome="connected"}') ?? 0) >= 1, text)
  assert.ok((valueIn(text, 'vintage_net_probe_bytes_total{interface="eth0"}') ?? 0) >= 328)
  assert.ok((valueIn(text, 'vintage_net_configuration_changes_total{interface="eth1"}') ?? 0) >= 2)
})

test('a daemon that ends is counted', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.addLink({ ifname: 'eth0', lowerUp: true })
  const metrics = await startMetrics()
  const net = await world.start({ kernel: metrics.watchKernel(world.kernel) })
  metrics.watchInstance(net)
  world.daemons.on('udhcpc')
  const started = world.daemons.next('udhcpc')
  await net.configure('eth0', { type: 'ethernet' })
  const child = await world.during(started)
  child.exit(1)
  await world.during(net.until(['interface', 'eth0', 'restarts'], 1))
  assert.is(valueIn(await metrics.text(), 'vintage_net_daemon_restarts_total{interface="eth0"}'), 1)
})

test('docs/metrics.md explains every metric, each once, and no other; names follow the conventions', async () => {
  const names = (await (await startMetrics()).text()).match(/(?<=^# HELP )\S+/gm) ?? []
  assert.ok(names.length > 10)
  const page = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  const documented = [...page.matchAll(/^\| `(vintage_net_\w+)` \| /gm)].map(([, name]) => name)
  assert.equal(documented.sort(), [...names].sort())
  const counters = (await (await startMetrics()).text()).match(/(?<=^# TYPE )\S+ counter$/gm) ?? []
  assert.ok(counters.length > 5)
  assert.ok(counters.every((line) => /^vintage_net_[a-z_]+_total counter$/.test(line)))
})

test('a scrape goes over the control API', async () => {
  const metrics = await startMetrics()
  await using scene = await ControlScene.create({}, { metrics })
  metrics.watchInstance(scene.net)
  const { status, headers, text } = await scene.ask('GET', '/metrics')
  assert.is(status, 200)
  assert.match(String(headers['content-type']), 'text/plain; version=0.0.4')
  assert.match(text, 'vintage_net_connection{connection="disconnected"} 1')
})

test.run()
