/** What a radio does besides joining networks: it looks around, serves a network of its own, obeys a country. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventually } from '../support/eventually.js'
import { inNamespace, mustRun } from '../support/lab/command.js'
import { PASSPHRASE } from '../support/radio-lab.js'
import { type AccessPointProperty, AIR_DEADLINE, WifiScene } from '../support/wifi-scene.js'

const test = suite('wifi modes')
const OTHER = 'other'
const AP_ADDRESS = '192.0.2.1'

const block = (lines: readonly string[]): string => ['network={', ...lines, '}'].join('\n')

test('scan() finds what hostapd offers, with the right flags, channels and signals', async () => {
  await using scene = await WifiScene.create()
  const accessPoint = await scene.network.accessPoint({
    bsses: [
      { ssid: 'vn open', security: 'open' },
      { ssid: 'vn wpa2', security: 'wpa2-psk' },
      { ssid: 'vn sae', security: 'wpa3-sae' },
      { ssid: 'vn mixed', security: 'mixed' },
      { ssid: 'vn eap', security: 'eap' },
      { ssid: 'vn owe', security: 'owe' },
    ],
    channel: 11,
  })
  await accessPoint.radio.setSignal(-60)
  const net = await scene.start()
  await net.configure('wlan0', { type: 'wifi' }, { persist: false })
  await net.until(['interface', 'wlan0', 'state'], 'configured', AIR_DEADLINE)
  const found = await eventually(
    'all six networks are found',
    async () => {
      await net.scan('wlan0')
      const list = (net.get(['interface', 'wlan0', 'wifi', 'access_points']) ?? []) as readonly AccessPointProperty[]
      return list.length === 6 && list
    },
    AIR_DEADLINE,
  )
  const flags = (ssid: string): readonly string[] => [...(found.find((one) => one.ssid === ssid)?.flags ?? [])].sort()
  assert.equal(flags('vn open'), ['ess'])
  assert.equal(flags('vn wpa2'), ['ccmp', 'ess', 'psk', 'wpa2', 'wpa2-psk-ccmp'])
  assert.equal(flags('vn sae'), ['ccmp', 'ess', 'sae', 'sae-h2e', 'wpa2', 'wpa2-sae-ccmp'])
  assert.equal(flags('vn mixed'), ['ccmp', 'ess', 'psk', 'sae', 'sae-h2e', 'wpa2', 'wpa2-psk-sae-ccmp'])
  assert.equal(flags('vn eap'), ['ccmp', 'eap', 'ess', 'wpa2', 'wpa2-eap-ccmp'])
  assert.equal(flags('vn owe'), ['ccmp', 'ess', 'owe', 'wpa2'])
  for (const { channel, frequency, signalDbm } of found) {
    assert.equal([channel, frequency, signalDbm], [11, 2462, -60])
  }
  assert.is(found.find(({ ssid }) => ssid === 'vn open')?.bssid, accessPoint.bssid(0))
})

test('an access point serves a client that gets a lease and reaches us', async () => {
  await using scene = await WifiScene.create()
  const net = await scene.start()
  await net.configure(
    'wlan0',
    {
      type: 'wifi',
      wifi: {
        networks: [
          {
            mode: 'ap',
            ssid: 'device',
            keyMgmt: 'wpa-psk',
            psk: PASSPHRASE,
            frequency: 2437,
            proto: 'RSN',
            pairwise: 'CCMP',
          },
        ],
      },
      ipv4: { method: 'static', address: AP_ADDRESS, prefixLength: 24 },
      dhcpd: { start: '192.0.2.100', end: '192.0.2.199' },
    },
    { persist: false },
  )
  const radio = await scene.radios.radio(OTHER)
  const config = block(['ssid="device"', 'key_mgmt=WPA-PSK', `psk="${PASSPHRASE}"`])
  const phone = await scene.radios.supplicant(OTHER, radio.ifname, config)
  await phone.joined()
  assert.match(await phone.lease(), /^192\.0\.2\.1\d\d$/)
  await mustRun(...inNamespace(OTHER, 'ping', ['-q', '-c', '1', '-W', '5', AP_ADDRESS]))
  await net.until(['interface', 'wlan0', 'wifi', 'clients'], [radio.macAddress], AIR_DEADLINE)
  await phone.stop()
  await net.until(['interface', 'wlan0', 'wifi', 'clients'], [], AIR_DEADLINE)
})

test('the country of a configuration becomes the regulatory domain of the kernel', async () => {
  await using scene = await WifiScene.create()
  const net = await scene.start()
  const wifi = { regulatoryDomain: 'BZ', networks: [{ ssid: 'nowhere', keyMgmt: 'none' }] }
  await net.configure('wlan0', { type: 'wifi', wifi, ipv4: { method: 'dhcp' } }, { persist: false })
  await eventually(
    'the kernel obeys BZ',
    async () => /country BZ:/.test(await mustRun('iw', ['reg', 'get'])),
    AIR_DEADLINE,
  )
})

test.run()
