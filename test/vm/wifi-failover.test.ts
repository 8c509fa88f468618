/** WiFi beside Ethernet: the cable is preferred, the air takes over, and gives back. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PASSPHRASE } from '../support/radio-lab.js'
import { AIR_DEADLINE, client, online, WifiScene } from '../support/wifi-scene.js'

test('WiFi to Ethernet and back: the way out follows what works', async () => {
  await using scene = await WifiScene.create()
  const accessPoint = await scene.network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
  const cable = await scene.system.uplink('eth0')
  await cable.pullCable()
  const wlan0 = client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE })
  const net = await scene.start({ config: { wlan0, eth0: { type: 'ethernet', ipv4: { method: 'dhcp' } } } })
  await online(net, 'home')
  assert.is(await scene.system.wayOut(), 'wlan0')

  await cable.plugIn()
  await net.until(['available_interfaces'], ['eth0', 'wlan0'], AIR_DEADLINE)
  assert.is(await scene.system.wayOut(), 'eth0')

  await cable.pullCable()
  await net.until(['available_interfaces'], ['wlan0'], AIR_DEADLINE)
  assert.is(await scene.system.wayOut(), 'wlan0')
  assert.is(net.get(['connection']), 'internet')

  await cable.plugIn()
  await net.until(['available_interfaces'], ['eth0', 'wlan0'], AIR_DEADLINE)
  await accessPoint.setInRange(false)
  await net.until(['available_interfaces'], ['eth0'], AIR_DEADLINE)
  assert.is(await scene.system.wayOut(), 'eth0')
  assert.is(net.get(['connection']), 'internet')
})

test.run()
