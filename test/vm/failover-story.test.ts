/** A story: a device with a cable, a radio and a modem, on its way through a day. Told with what every user has. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { MobileNetwork } from '../support/mobile-network.js'
import { PASSPHRASE } from '../support/radio-lab.js'
import { AIR_DEADLINE, client, WifiScene } from '../support/wifi-scene.js'

/** An emulated machine: a call takes half a minute. */
const CALL_DEADLINE = { deadlineMs: 120_000 }

test('Ethernet, WiFi, mobile, and all the way back', async () => {
  await using scene = await WifiScene.create()
  const { system } = scene
  const cable = await system.uplink('eth0')
  const home = await scene.network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
  const { routerNamespace } = await system.uplink('eth1', 'none')
  await using mobile = await MobileNetwork.create(routerNamespace)

  const net = await scene.start()
  const waysOut: string[] = []
  net.subscribe(['available_interfaces'], ({ newValue }) => waysOut.push((newValue as string[])[0] ?? 'none'))
  const offline: unknown[] = []
  const goesOutBy = async (ifname: string, deadline = AIR_DEADLINE): Promise<void> => {
    await net.until(['available_interfaces'], (list) => (list as string[])[0] === ifname, deadline)
    await net.until(['interface', ifname, 'connection'], 'internet', deadline)
    assert.is(await system.wayOut(), ifname)
    const { outcome } = await net.ping('203.0.113.1', { deadlineMs: 10_000 })
    assert.is(outcome, 'connected')
  }

  // In the morning the device stands on a desk: the cable is in, the radio knows its network, the modem its provider.
  await net.configure('eth0', { type: 'ethernet', ipv4: { method: 'dhcp' } })
  await net.configure('wlan0', client({ ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE }))
  await net.configure('ppp0', mobile.config())
  await net.until(['available_interfaces'], ['eth0', 'wlan0', 'ppp0'], CALL_DEADLINE)
  await goesOutBy('eth0')
  net.subscribe(['connection'], ({ newValue }) => offline.push(newValue))
  waysOut.length = 0

  // Somebody takes it along, and pulls the cable: it goes on by WiFi.
  await cable.pullCable()
  await goesOutBy('wlan0')

  // Out of the house there is no WiFi: the modem, which has been online all the time, takes over.
  await home.setInRange(false)
  await goesOutBy('ppp0')
  assert.equal(net.get(['available_interfaces']), ['ppp0'])

  // Coming home in the evening.
  await home.setInRange(true)
  await goesOutBy('wlan0')

  // Back on the desk.
  await cable.plugIn()
  await goesOutBy('eth0')
  await net.until(['available_interfaces'], ['eth0', 'wlan0', 'ppp0'], CALL_DEADLINE)

  // It was never without the Internet, and never went by a way that was not the best one.
  assert.equal(offline, [])
  assert.equal(
    waysOut.filter((way, at) => way !== waysOut[at - 1]),
    ['wlan0', 'ppp0', 'wlan0', 'eth0'],
  )
})

test.run()
