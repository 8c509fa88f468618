/** Recipes of docs/cookbook/programs.md about connections, run as they stand there. */

import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { commandPower, isNetworkError } from '../../../lib/index.js'
import { eventually } from '../../support/eventually.js'
import { Cookbook, Kitchen } from '../../support/kitchen.js'
import { WifiKitchen } from '../../support/wifi-kitchen.js'

const book = new Cookbook('programs')

const OUT = { method: 'static', address: '192.0.2.2', prefixLength: 24, gateway: '192.0.2.1' } as const

book.recipe(
  'Wait for the internet, but not for ever',
  async ({ kitchen, running }) => {
    await kitchen.world.pass(59_000)
    assert.equal(kitchen.printed, [])
    await kitchen.world.during(running)
    assert.equal(kitchen.printed, ['not online within a minute'])
  },
  { more: { isNetworkError } },
)

test('the same recipe, where the internet is there', async () => {
  await using kitchen = await Kitchen.create()
  await kitchen.start({ config: { eth0: { type: 'ethernet', ipv4: OUT } } })
  const running = kitchen.cook(book.get('Wait for the internet, but not for ever'), { isNetworkError })
  await kitchen.world.during(running)
  assert.equal(kitchen.printed, ['online'])
})

book.recipe('React to falls and rises', async ({ kitchen, running }) => {
  await running
  const { net, world } = kitchen
  await net.configure('eth0', { type: 'ethernet', ipv4: OUT })
  await kitchen.until('it is online', () => kitchen.property('eth0', 'connection') === 'internet')
  await world.pass(10_000)
  world.kernel.lab.setCarrier('eth0', false)
  await kitchen.until('the fall is told', () => kitchen.printed.at(-1)?.startsWith('eth0: disconnected') === true)
  assert.match(kitchen.printed.at(-1) ?? '', /^eth0: disconnected, after 1[01] s of internet$/)
  assert.match(kitchen.printed.join('\n'), /^eth0: internet, after \d+ s of lan$/m)
})

book.recipe('Follow changes in a loop', async ({ kitchen, running }) => {
  await kitchen.net.configure('eth0', { type: 'ethernet' })
  await kitchen.net.configure('eth1', { type: 'ethernet' })
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.until('eth0 is used', () => kitchen.printed.at(-1) === 'traffic leaves by eth0')
  await kitchen.lease('eth1', '198.51.100.7')
  await kitchen.until('both are there', () => String(kitchen.net.get(['available_interfaces'])) === 'eth0,eth1')
  kitchen.world.kernel.lab.setCarrier('eth0', false)
  await kitchen.world.during(running)
  assert.is(kitchen.printed.at(-1), 'traffic leaves by eth1')
})

book.recipe('Prefer one uplink', async ({ kitchen, running }) => {
  await running
  const { lab } = kitchen.world.kernel
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.lease('eth1', '198.51.100.7')
  await kitchen.until('the second is preferred', () => kitchen.printed.at(-1) === 'best first: eth1,eth0')
  lab.probes(({ ifname }) => ({ outcome: ifname === 'eth1' ? 'unreachable' : 'connected', ms: 1 }))
  await kitchen.world.clock.advance(120_000)
  await kitchen.until('the first reaches more', () => kitchen.printed.at(-1) === 'best first: eth0,eth1')
})

book.recipe('Check the hosts that you need', async ({ kitchen, running }) => {
  const asked = new Set<string>()
  kitchen.world.kernel.lab.probes(({ address, port }) => {
    asked.add(`${address} ${port}`)
    return { outcome: 'refused', ms: 1 }
  })
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.world.during(running)
  assert.equal([...asked].sort(), ['203.0.113.10 443', '203.0.113.11 8883'])
})

book.recipe(
  'Ask whether a host answers by one interface',
  async ({ kitchen, running }) => {
    await running
    assert.equal(kitchen.printed, ['there, 7 ms'])
  },
  {
    async before(kitchen) {
      await kitchen.start()
      await kitchen.net.configure('eth1', { type: 'ethernet', ipv4: OUT })
      await kitchen.configured('eth1')
      kitchen.world.kernel.lab.probes(({ address, port, ifname }) => {
        const asked = `${address} ${port} ${ifname}`
        return { outcome: asked === '203.0.113.10 443 eth1' ? 'refused' : 'timeout', ms: 7 }
      })
    },
  },
)

const RADIO = '02:00:00:00:00:01'

test('Watch the signal', async () => {
  await using kitchen = await WifiKitchen.create()
  await kitchen.net.configure('wlan0', { type: 'wifi' })
  await kitchen.conf()
  kitchen.supplicant().answer('SIGNAL_POLL', 'RSSI=-80\nLINKSPEED=6\nNOISE=9999\nFREQUENCY=2437\n')
  await kitchen.cook(book.get('Watch the signal'))
  kitchen.join(RADIO)
  await kitchen.until('it is told', () => kitchen.printed.includes('wlan0: only -80 dBm'))
})

book.recipe(
  'Switch a device that hangs off and on',
  async ({ kitchen, running }) => {
    await running
    const log = join(kitchen.world.folder, 'relay.log')
    const done = async (): Promise<string> => readFile(log, 'utf8').catch(() => '')
    await untilText(kitchen, done, '1 on\n')
    kitchen.world.kernel.lab.setCarrier('eth1', false)
    await kitchen.world.clock.advance(600_000 + 1_700_000)
    assert.is(await done(), '1 on\n')
    await kitchen.world.clock.advance(90_000) // a few seconds before the half hour is over
    await untilText(kitchen, done, '1 on\n1 off\n1 on\n')
    await kitchen.until('it is on again', () => kitchen.printed.at(-1) === 'power: on')
  },
  {
    more: { commandPower },
    async change(code, kitchen) {
      const log = join(kitchen.world.folder, 'relay.log')
      const relay = await kitchen.file('relay', `#!/bin/sh\necho "$*" >> '${log}'\n`)
      await chmod(relay, 0o755)
      return code.replaceAll('/opt/relay', relay)
    },
  },
)

/** Waits until a program has written that. Simulated time goes on meanwhile, but stands while a program runs: it has a limit. */
async function untilText(kitchen: Kitchen, read: () => Promise<string>, wanted: string): Promise<void> {
  const written = async (): Promise<boolean> => {
    if (!process.getActiveResourcesInfo().includes('ProcessWrap')) await kitchen.world.pass(250)
    return (await read()) === wanted
  }
  await eventually(JSON.stringify(wanted), written, { deadlineMs: 20_000 })
}

test.run()
