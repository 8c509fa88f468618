/** The radio lab itself, by wpa_supplicants started by hand: what the tests of WiFi stand on. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PASSPHRASE, RadioLab } from '../support/radio-lab.js'

interface Context {
  lab: RadioLab
}

const test = suite<Context>('radio lab')
const HOST = 'host'
const OTHER = 'other'

test.before.each(async (context) => {
  context.lab = await RadioLab.create({ radios: 2 })
})

test.after.each(async ({ lab }) => {
  await lab?.destroy()
})

const block = (ssid: string, ...lines: readonly string[]): string =>
  ['network={', `ssid="${ssid}"`, ...lines, '}'].join('\n')

test('a client joins, gets a lease, loses the access point without a word and finds it again', async ({ lab }) => {
  const network = await lab.network({ name: 'lab-air', network: '198.51.100' })
  const radio = await lab.radio(HOST)
  const accessPoint = await network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
  const config = block('home', 'key_mgmt=WPA-PSK', `psk="${PASSPHRASE}"`)
  const supplicant = await lab.supplicant(HOST, radio.ifname, config)
  await supplicant.joined()
  assert.is((await supplicant.status())['bssid'], accessPoint.bssid())
  const address = await supplicant.lease()
  assert.ok(await network.reaches(address))
  assert.equal(await network.leases(), [{ macAddress: radio.macAddress, address }])
  await accessPoint.setInRange(false)
  await supplicant.waitForLog(/CTRL-EVENT-DISCONNECTED/)
  assert.not(await network.reaches(address))
  await accessPoint.setInRange(true)
  await supplicant.joined({ count: 2 })
})

test('two stations by hand are an access point and its client, then nodes of a mesh', async ({ lab }) => {
  const ours = await lab.radio(HOST)
  const other = await lab.radio(OTHER)
  const serving = await lab.supplicant(HOST, ours.ifname, block('device', 'mode=2', 'frequency=2437', 'key_mgmt=NONE'))
  await serving.joined()
  const client = await lab.supplicant(OTHER, other.ifname, block('device', 'key_mgmt=NONE'))
  await client.joined()
  await client.stop()
  await serving.stop()
  const security = ['key_mgmt=SAE', `psk="${PASSPHRASE}"`, 'ieee80211w=2']
  const mesh = `user_mpm=1\nsae_groups=19\n${block('field', 'mode=5', 'frequency=2437', ...security)}`
  const node = await lab.supplicant(HOST, ours.ifname, mesh)
  await lab.supplicant(OTHER, other.ifname, mesh)
  await node.waitForLog(new RegExp(`MESH-PEER-CONNECTED ${other.macAddress}`))
})

test.run()
