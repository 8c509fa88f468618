import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { DaemonService, PartService } from '../../../../../lib/technology/plan.js'
import { startSupplicant } from '../../../../../lib/technology/wifi/supplicant/part.js'
import { ScriptedSupplicant } from '../../../../../lib/testing/scripted-supplicant.js'
import { SimulatedDisk } from '../../../../../lib/testing/simulated-disk.js'
import { FakeWorld } from '../../../../support/fake-instance.js'
import { probeTechnology } from '../../../../support/probe-technology.js'

const test = suite('supplicant part')

const DIRECTORY = '/run/net/wpa_supplicant'

const daemon = (name: string): DaemonService => ({ type: 'daemon', name, program: name, args: [] })

const PART: PartService = {
  type: 'part',
  name: 'supplicant',
  args: { ifname: 'wlan0', controlDirectory: DIRECTORY, apMode: false },
  start: startSupplicant,
}

/** A whole instance with the services of a WiFi plan; each start of wpa_supplicant makes a socket. */
async function scene(world: FakeWorld) {
  const supplicants: ScriptedSupplicant[] = []
  world.kernel.lab.addLink({ ifname: 'wlan0' })
  world.daemons.on('udhcpc')
  world.daemons.on('wpa_supplicant', (child) => {
    const supplicant = new ScriptedSupplicant({ kernel: world.kernel, clock: world.clock, path: `${DIRECTORY}/wlan0` })
    supplicants.push(supplicant)
    child.onSignal(() => supplicant.die())
    void child.exited.then(() => supplicant.die())
  })
  const technology = probeTechnology({
    wpa_supplicant: daemon('wpa_supplicant'),
    supplicant: PART,
    udhcpc: daemon('udhcpc'),
  })
  const net = await world.during(world.start({ technologies: [technology], fileSystem: new SimulatedDisk().view() }))
  const config = { type: 'probe', restart: 'rest-for-one', services: ['wpa_supplicant', 'supplicant', 'udhcpc'] }
  await world.during(net.configure('wlan0', config, { persist: false }))
  await world.during(net.until(['interface', 'wlan0', 'wifi', 'access_points'], Array.isArray))
  return { net, supplicants, starts: () => world.daemons.children.map(({ program }) => program) }
}

/** Lets time pass in small steps until it is so. */
async function eventually(world: FakeWorld, holds: () => boolean, limitMs = 60_000): Promise<number> {
  let passedMs = 0
  for (; !holds() && passedMs < limitMs; passedMs += 100) await world.clock.advance(100)
  assert.ok(holds(), `not within ${limitMs} ms`)
  return passedMs
}

test('C10: a supplicant that ends is started again, and everything behind it', async () => {
  await using world = await FakeWorld.create()
  const { supplicants, starts } = await scene(world)
  await eventually(world, () => starts().length === 2)
  assert.equal(starts(), ['wpa_supplicant', 'udhcpc'])
  supplicants[0]?.terminate()
  await eventually(world, () => starts().length === 4)
  assert.equal(starts().slice(2), ['wpa_supplicant', 'udhcpc'])
  assert.ok(supplicants[1]?.commands.includes('ATTACH'))
})

test('C15: a supplicant that answers PING with something else is killed and started again', async () => {
  await using world = await FakeWorld.create()
  const { supplicants, starts } = await scene(world)
  supplicants[0]?.answer('PING', 'nonsense')
  await eventually(world, () => supplicants.length === 2)
  assert.equal(world.daemons.children[0]?.signals, ['SIGTERM'])
  await eventually(world, () => starts().length === 4)
})

test('a supplicant that hangs is killed and started again within 20 s', async () => {
  await using world = await FakeWorld.create()
  const { supplicants } = await scene(world)
  supplicants[0]?.freeze()
  world.daemons.children[0]?.ignore('SIGTERM')
  const tookMs = await eventually(world, () => supplicants.length === 2)
  assert.ok(tookMs <= 20_000, String(tookMs))
  assert.ok(world.daemons.children[0]?.signals.includes('SIGKILL'))
})

test('a supplicant that is killed from outside leaves no connection behind', async () => {
  await using world = await FakeWorld.create()
  const { net, supplicants } = await scene(world)
  const current = (): unknown => net.get(['interface', 'wlan0', 'wifi', 'current_ap'])
  supplicants[0]?.event('CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:a0:01 completed [id=0 id_str=]')
  await eventually(world, () => current() !== null)
  world.daemons.children[0]?.die('SIGKILL')
  await eventually(world, () => current() === null)
})

test('a WiFi interface that is deconfigured has none of the properties, and its socket is free', async () => {
  await using world = await FakeWorld.create()
  world.kernel.lab.radios.addRadio({ ifname: 'wlan0' })
  const directory = `${world.folder}/run/private/wpa_supplicant`
  const path = `${directory}/wlan0`
  const supplicant = new ScriptedSupplicant({ kernel: world.kernel, clock: world.clock, path })
  world.daemons.on('wpa_supplicant')
  world.daemons.on('udhcpc')
  const net = await world.during(world.start({ fileSystem: new SimulatedDisk().view() }))
  const config = { type: 'wifi', wifi: { networks: [{ ssid: 'Quay', keyMgmt: 'none' }] } } as const
  await world.during(net.configure('wlan0', config, { persist: false }))
  await world.during(net.until(['interface', 'wlan0', 'wifi', 'access_points'], Array.isArray))
  supplicant.event('CTRL-EVENT-CONNECTED - Connection to 02:00:00:00:a0:01 completed [id=0 id_str=]')
  await eventually(world, () => Boolean(net.get(['interface', 'wlan0', 'wifi', 'current_ap'])))
  await world.during(net.deconfigure('wlan0', { persist: false }))
  await eventually(world, () => net.get(['interface', 'wlan0', 'wifi', 'access_points']) === undefined)
  const left = net.getByPrefix(['interface', 'wlan0']).map(([path]) => path.join('/'))
  assert.equal(
    left.filter((path) => /wifi|eap_status/.test(path)),
    [],
  )
  assert.ok(supplicant.commands.includes('DETACH'))
  assert.not(world.kernel.lab.network.datagrams.isTaken(`${directory}.wlan0.ours`))
})

test.run()
