import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import { FakeWorld } from '../../support/fake-instance.js'
import { probeTechnology } from '../../support/probe-technology.js'

const technologies = [probeTechnology()]
const A = '/devices/platform/a'
const ifnames = [{ hwPath: A, ifname: 'lan0' }]
const PROBE = { type: 'probe' } as never

function plug(world: FakeWorld, ifname: string, hwPath: string): void {
  world.kernel.lab.addLink({ ifname })
  world.kernel.lab.hwPath(ifname, hwPath)
}

test('an interface that is configured by its predictable name begins when its link has been renamed', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies, ifnames, config: { lan0: PROBE } })
  assert.is(net.get(['interface', 'lan0', 'present']), undefined)
  plug(world, 'eth0', A)
  await net.until(['interface', 'lan0', 'state'], 'configured')
  assert.equal(net.get(['interface', 'lan0', 'hw_path']), A)
  assert.equal(net.match(['interface', 'eth0', '*']), [])
})

test('a link that is there at the start has its name before anything is published', async () => {
  await using world = await FakeWorld.create()
  plug(world, 'eth0', A)
  const net = await world.start({ technologies, ifnames, config: { lan0: PROBE } })
  assert.equal(net.allInterfaces(), ['lan0', 'lo'])
  await net.until(['interface', 'lan0', 'state'], 'configured')
})

test('a name that is not predictable is refused, and nothing changes', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies, ifnames })
  for (const ifname of ['eth0', 'usb0', 'wlan1', 'wwan0']) {
    const work = [() => net.configure(ifname, PROBE), () => net.deconfigure(ifname)]
    for (const attempt of work) {
      const thrown = await attempt().catch((reason: unknown) => reason)
      assert.ok(isNetworkError(thrown, 'ERR_NAME_NOT_PREDICTABLE'), String(thrown))
      assert.is(thrown.ifname, ifname)
    }
    assert.not.ok(existsSync(join(world.persistenceDir, ifname)))
    assert.equal(net.match(['interface', ifname, '*']), [])
  }
  await net.configure('lan0', PROBE)
})

test('an empty list is as none', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies, ifnames: [] })
  await net.configure('eth0', PROBE)
  await net.until(['interface', 'eth0', 'type'], 'probe')
  assert.equal(net.configuredInterfaces(), ['eth0'])
})

test('saved and default configurations of unpredictable names are skipped with a reason, and a reset removes the file', async () => {
  await using world = await FakeWorld.create()
  const before = await world.start({ technologies })
  await before.configure('eth0', PROBE)
  await before.stop()
  const net = await world.start({ technologies, ifnames, config: { wlan0: PROBE, lan0: PROBE } })
  assert.equal(net.configuredInterfaces(), ['lan0'])
  for (const ifname of ['eth0', 'wlan0']) {
    assert.match(String(net.get(['interface', ifname, 'reason'])), /not predictable/)
    assert.ok(world.logs.some(({ level, details }) => level === 'warn' && details['ifname'] === ifname))
  }
  assert.ok(existsSync(join(world.persistenceDir, 'eth0')))
  await net.resetToDefaults('eth0')
  assert.not.ok(existsSync(join(world.persistenceDir, 'eth0')))
})

test('what stands in the way of a name is the reason of its interface, until it is gone', async () => {
  await using world = await FakeWorld.create()
  const net = await world.start({ technologies, ifnames })
  world.kernel.lab.refuse((command) => command.type === 'setLink', 'EPERM')
  plug(world, 'eth0', A)
  await net.until(['interface', 'lan0', 'reason'], (reason: unknown) => /cannot be renamed/.test(String(reason)))
  world.kernel.lab.refuse(null)
  await world.clock.advance(1_000)
  await net.until(['interface', 'lan0', 'reason'], undefined)
})

test.run()
