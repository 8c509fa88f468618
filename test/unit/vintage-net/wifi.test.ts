/** A WiFi interface in the whole library, over a fake kernel and a scripted supplicant. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../lib/errors.js'
import type { ScriptedChild } from '../../../lib/testing/scripted-daemon.js'
import { ScriptedSupplicant } from '../../../lib/testing/scripted-supplicant.js'
import type { VintageNet } from '../../../lib/vintage-net.js'
import { eventually } from '../../support/eventually.js'
import { FakeWorld } from '../../support/fake-instance.js'

const at = (...path: string[]): string[] => ['interface', 'wlan0', ...path]
const HOME = '02:00:00:00:00:01'
const NETWORKS = [{ ssid: 'Home', psk: 'sunny-day-42', keyMgmt: 'wpa-psk' }]
const FALLBACK = {
  network: { ssid: 'Setup' },
  ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
  afterMs: 20_000,
  searchIntervalMs: 60_000,
}

interface Scene {
  readonly net: VintageNet
  readonly world: FakeWorld
  readonly supplicant: ScriptedSupplicant
  /** The file that the supplicant was last given. */
  conf(): string
}

async function within(wifi: object, work: (scene: Scene) => Promise<void>): Promise<void> {
  await using world = await FakeWorld.create()
  const { kernel, clock, daemons, folder } = world
  kernel.lab.radios.addRadio({ ifname: 'wlan0' })
  daemons.on('wpa_supplicant')
  daemons.on('udhcpc')
  const directory = join(folder, 'run', 'private')
  const supplicant = new ScriptedSupplicant({ kernel, clock, path: join(directory, 'wpa_supplicant', 'wlan0') })
  const net = await world.start({ persistence: 'none' })
  await net.configure('wlan0', { type: 'wifi', wifi })
  await world.during(net.until(at('wifi', 'clients'), (value) => value !== undefined))
  const conf = (): string => readFileSync(join(directory, 'wpa_supplicant.conf.wlan0'), 'utf8')
  await work({ net, world, supplicant, conf })
}

const isSupplicant = ({ program }: ScriptedChild): boolean => program === 'wpa_supplicant'
const connected = (supplicant: ScriptedSupplicant): void =>
  supplicant.event(`CTRL-EVENT-CONNECTED - Connection to ${HOME} completed [id=0 id_str=]`)

test('a supplicant is started with its file, and what it says becomes properties', () =>
  within({ networks: NETWORKS }, async ({ net, world, supplicant, conf }) => {
    assert.match(conf(), /ssid="Home"/)
    assert.is(world.daemons.running('wpa_supplicant').length, 1)
    assert.is(net.get(at('wifi', 'current_ap')), null)
    connected(supplicant)
    await world.during(net.until(at('wifi', 'current_ap'), (value) => value !== null))
    assert.is((net.get(at('wifi', 'current_ap')) as { bssid: string }).bssid, HOME)
    assert.not.match(net.info(), /sunny-day-42|[0-9A-F]{64}/)
    assert.not.match(JSON.stringify(net.getByPrefix([])), /sunny-day-42|[0-9A-F]{64}/)
  }))

test('a plan shows no secret, of itself or of what may take its place', () =>
  within({ networks: NETWORKS }, async ({ net }) => {
    const network = { ssid: 'Setup', psk: 'not-for-you', keyMgmt: 'wpa-psk' }
    const wifi = { networks: NETWORKS, fallback: { ...FALLBACK, network } }
    const shown = JSON.stringify(net.plan('wlan0', { type: 'wifi', wifi }))
    assert.match(shown, /"alternatives":\{"access-point":/)
    assert.not.match(shown, /sunny-day-42|not-for-you|[0-9A-F]{64}/)
  }))

test('a scan resolves with the list that the supplicant has then', () =>
  within({ networks: NETWORKS }, async ({ net, world, supplicant }) => {
    const entry = `id=0\nbssid=${HOME}\nfreq=2412\nlevel=-50\nflags=[WPA2-PSK-CCMP][ESS]\nssid=Home\n`
    const scan = net.scan('wlan0') as Promise<{ ssid: string; channel: number }[]>
    await eventually('it was asked for', () => supplicant.commands.includes('SCAN'))
    supplicant.networks([entry])
    supplicant.event('CTRL-EVENT-SCAN-RESULTS ')
    const [found] = await world.during(scan)
    assert.is(found?.ssid, 'Home')
    assert.is(found?.channel, 1)
  }))

test('who asks for something while the supplicant is being started waits for it, and not for ever', () =>
  within({ networks: NETWORKS }, async ({ net, world, supplicant }) => {
    supplicant.freeze()
    await net.configure('wlan0', { type: 'wifi', wifi: { networks: [{ ssid: 'Other' }] } })
    await eventually('another one runs', () => world.daemons.children.filter(isSupplicant).length === 2)
    await net.until(at('state'), 'configured')
    const asked = net.ioctl('wlan0', 'command', ['STATUS'])
    await world.clock.advance(100)
    supplicant.thaw()
    assert.match(String(await world.during(asked)), /^wpa_state=/)
    supplicant.die()
    world.daemons.missing('wpa_supplicant')
    world.daemons.running('wpa_supplicant')[0]?.die('SIGKILL')
    await world.clock.advance(100)
    const fromMs = world.clock.nowMs()
    const refused = await world.during(net.ioctl('wlan0', 'signal-poll').catch((thrown: unknown) => thrown))
    assert.ok(isNetworkError(refused, 'ERR_UNSUPPORTED'), String(refused))
    assert.ok(world.clock.nowMs() - fromMs < 5_000)
  }))

test('a supplicant that ends is the reason, and nothing else', () =>
  within({ networks: NETWORKS }, async ({ net, world }) => {
    world.daemons.running('wpa_supplicant')[0]?.die('SIGKILL')
    await eventually('the reason is told', () => net.get(at('reason')) !== undefined)
    assert.match(String(net.get(at('reason'))), /^wpa_supplicant[^;]*SIGKILL[^;]*$/)
  }))

test('a radio without power saving works without it', () =>
  within({ networks: NETWORKS, powerSave: false }, async ({ net, world }) => {
    assert.is(world.kernel.lab.radios.settings('wlan0').powerSave, false)
    assert.is(net.get(at('state')), 'configured')
  }))

test('a supplicant that does not answer any more is killed and started again', () =>
  within({ networks: NETWORKS }, async ({ net, world, supplicant }) => {
    const [first] = world.daemons.running('wpa_supplicant')
    first?.ignore('SIGTERM')
    supplicant.freeze()
    await world.during(eventually('it is killed', () => first?.running === false))
    supplicant.thaw()
    await world.during(eventually('another one runs', () => world.daemons.running('wpa_supplicant').length === 1))
    await world.during(net.until(at('wifi', 'clients'), (value) => value !== undefined))
    await eventually('all is well', () => net.get(at('reason')) === undefined)
  }))

test('without a network for a while the interface becomes an access point, and a client again when one is in reach', () =>
  within({ networks: NETWORKS, fallback: FALLBACK }, async ({ net, world, supplicant, conf }) => {
    const { clock, kernel } = world
    assert.is(net.get(at('wifi', 'role')), 'client')
    await clock.advance(19_000)
    assert.is(net.get(at('wifi', 'role')), 'client')
    connected(supplicant)
    await world.during(net.until(at('wifi', 'current_ap'), (value) => value !== null))
    await clock.advance(40_000)
    assert.is(net.get(at('wifi', 'role')), 'client', 'while it is connected it stays one')
    supplicant.event(`CTRL-EVENT-DISCONNECTED bssid=${HOME} reason=3`)
    await world.during(net.until(at('wifi', 'role'), 'access-point'))
    assert.match(conf(), /ssid="Setup".*mode=2/s)
    assert.not.match(conf(), /Home/)
    const addresses = () => kernel.mirror.addresses(kernel.mirror.linkByName('wlan0')?.ifindex)
    await eventually('it has its address', () => addresses()[0]?.address === '192.0.2.1')
    kernel.lab.radios.setNetworks('wlan0', [{ bssid: HOME, ssid: 'Neighbour' }])
    await clock.advance(130_000)
    assert.is(net.get(at('wifi', 'role')), 'access-point', 'a stranger is no network of ours')
    kernel.lab.radios.setNetworks('wlan0', [{ bssid: HOME, ssid: 'Home' }])
    supplicant.event('AP-STA-CONNECTED 02:00:00:00:00:09')
    await clock.advance(130_000)
    assert.is(net.get(at('wifi', 'role')), 'access-point', 'a station that is served is not thrown out')
    supplicant.event('AP-STA-DISCONNECTED 02:00:00:00:00:09')
    await world.during(net.until(at('wifi', 'role'), 'client'))
    assert.match(conf(), /ssid="Home"/)
    await eventually('its address is gone', () => addresses().length === 0)
  }))

test('a network that is in reach and takes us not is tried less and less often', () =>
  within({ networks: NETWORKS, fallback: FALLBACK }, async ({ net, world }) => {
    world.kernel.lab.radios.setNetworks('wlan0', [{ bssid: HOME, ssid: 'Home' }])
    for (const waitMs of [60_000, 120_000, 240_000]) {
      await world.during(net.until(at('wifi', 'role'), 'access-point'))
      await world.clock.advance(waitMs - 2_000)
      assert.is(net.get(at('wifi', 'role')), 'access-point', `within ${waitMs} ms`)
      await world.clock.advance(2_000)
      await world.during(net.until(at('wifi', 'role'), 'client'))
    }
  }))

test('where the driver cannot scan as an access point, the networks are tried', () =>
  within({ networks: NETWORKS, fallback: FALLBACK }, async ({ net, world }) => {
    await world.during(net.until(at('wifi', 'role'), 'access-point'))
    world.kernel.lab.radios.refuseScans('wlan0', 'EOPNOTSUPP')
    await world.during(net.until(at('wifi', 'role'), 'client'))
  }))

test('a connection forgets the attempts before it, also when the supplicant ends', () =>
  within({ networks: NETWORKS, fallback: FALLBACK }, async ({ net, world, supplicant }) => {
    world.kernel.lab.radios.setNetworks('wlan0', [{ bssid: HOME, ssid: 'Home' }])
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await world.during(net.until(at('wifi', 'role'), 'access-point'))
      await world.during(net.until(at('wifi', 'role'), 'client'))
    }
    connected(supplicant)
    await world.during(net.until(at('wifi', 'current_ap'), (value) => value !== null))
    world.daemons.running('wpa_supplicant')[0]?.die('SIGKILL')
    await world.during(net.until(at('wifi', 'role'), 'access-point'))
    await world.clock.advance(58_000)
    assert.is(net.get(at('wifi', 'role')), 'access-point')
    const fromMs = world.clock.nowMs()
    await world.during(net.until(at('wifi', 'role'), 'client'))
    assert.ok(world.clock.nowMs() - fromMs < 60_000, 'it looks at the pace of the beginning')
  }))

test('an interface that has the name of a mesh is not deleted', () =>
  within({ networks: NETWORKS }, async ({ net, world }) => {
    world.kernel.lab.radios.addRadio({ ifname: 'wlan1' })
    const wifi = { networks: [{ ssid: 'farm', mode: 'mesh' }], rootInterface: 'wlan0' }
    await net.configure('wlan1', { type: 'wifi', wifi, ipv4: { method: 'disabled' } })
    await world.during(net.until(['interface', 'wlan1', 'state'], 'retrying'))
    await world.during(net.deconfigure('wlan1'))
    await world.during(net.until(['interface', 'wlan1', 'type'], 'null'))
    assert.ok(world.kernel.mirror.linkByName('wlan1') !== undefined)
  }))

test('a new configuration ends the access point at once', () =>
  within({ networks: NETWORKS, fallback: FALLBACK }, async ({ net, world, conf }) => {
    await world.during(net.until(at('wifi', 'role'), 'access-point'))
    await net.configure('wlan0', { type: 'wifi', wifi: { networks: [{ ssid: 'Other' }] } })
    await world.during(net.until(at('wifi', 'role'), undefined as unknown as string))
    await world.during(eventually('the file is written', () => /ssid="Other"/.test(conf())))
  }))

test.run()
