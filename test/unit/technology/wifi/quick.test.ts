import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { normalizeWifi } from '../../../../lib/technology/wifi/normalize.js'
import * as quick from '../../../../lib/technology/wifi/quick.js'

function refused(make: () => unknown, text: RegExp): void {
  try {
    make()
  } catch (thrown) {
    assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'))
    assert.match(thrown.message, text)
    return
  }
  assert.unreachable('it was taken')
}

test('B26: configurations of the usual networks, which configure() takes', () => {
  const kiosk = quick.openAccessPoint('Kiosk', '10.77.5.9')
  assert.equal(kiosk, {
    type: 'wifi',
    wifi: { networks: [{ mode: 'ap', keyMgmt: 'none', ssid: 'Kiosk' }] },
    ipv4: { method: 'static', address: '10.77.5.1', netmask: '255.255.255.0' },
    dhcpd: { start: '10.77.5.10', end: '10.77.5.250' },
  })
  const office = quick.generic('Office', 'correct horse')
  assert.equal(office.wifi?.networks, [
    {
      keyMgmt: ['wpa-psk', 'wpa-psk-sha256', 'sae'],
      ssid: 'Office',
      psk: 'correct horse',
      saePassword: 'correct horse',
      ieee80211w: 1,
    },
  ])
  const corp = quick.wpaEapPeap('Corp', 'amy', 'pw')
  assert.is(corp.wifi?.networks?.[0]?.phase2, 'auth=MSCHAPV2')
  assert.is(quick.wpa3Sae('Office', 'correct horse').wifi?.networks?.[0]?.ieee80211w, 2)
  for (const config of [kiosk, office, corp, quick.openWifi('A'), quick.wpaPsk('A', 'f'.repeat(64))]) {
    assert.ok(normalizeWifi(config))
  }
  assert.is(quick.openAccessPoint('A').dhcpd?.start, '192.168.24.10')
})

test('B26: what cannot be a name or a passphrase is refused', () => {
  refused(() => quick.openWifi(''), /ssid-too-short/)
  refused(() => quick.wpaPsk('A', 'short'), /password-too-short/)
  refused(() => quick.wpaEapPeap('x'.repeat(33), 'amy', 'pw'), /ssid-too-long/)
})

test('B27: without a passphrase an open network, else WPA2 or what the program prefers', async () => {
  const calls: [string, quick.WifiConfiguration][] = []
  const net = {
    configure: async (ifname: string, config: quick.WifiConfiguration) => void calls.push([ifname, config]),
  }
  await quick.quickConfigure(net, 'Cafe', '')
  await quick.quickConfigure(net, 'Cafe')
  await quick.quickConfigure(net, 'Cafe', 'password1')
  await quick.quickConfigure(net, 'Cafe', 'password1', { ifname: 'wlan1', secured: quick.generic })
  assert.equal(calls, [
    ['wlan0', quick.openWifi('Cafe')],
    ['wlan0', quick.openWifi('Cafe')],
    ['wlan0', quick.wpaPsk('Cafe', 'password1')],
    ['wlan1', quick.generic('Cafe', 'password1')],
  ])
})

test('whether a configuration names a network', () => {
  assert.not.ok(quick.networkConfigured({ type: 'wifi' }))
  assert.not.ok(quick.networkConfigured({ type: 'wifi', wifi: { networks: [] } }))
  assert.not.ok(quick.networkConfigured(null))
  assert.ok(quick.networkConfigured(quick.openWifi('A')))
})

test('the text of a QR code', () => {
  assert.is(quick.qrString('Harbour', 'pass;word'), 'WIFI:S:Harbour;T:WPA;P:pass\\;word;;')
  assert.is(quick.qrString('Harbour'), 'WIFI:S:Harbour;;')
  assert.is(quick.qrString('a:b', 'x"\\', { hidden: true, type: 'WEP' }), 'WIFI:S:a\\:b;T:WEP;P:x\\"\\\\;H:true;;')
  assert.is(quick.qrString('beef'), 'WIFI:S:"beef";;')
})

test.run()
