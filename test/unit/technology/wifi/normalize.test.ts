import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isNetworkError } from '../../../../lib/errors.js'
import { normalizeWifi } from '../../../../lib/technology/wifi/normalize.js'

const HARBOUR_PSK = '74CB709B71A14847E2EED0860367BF387E5619E0CDA771CA3E0C63DE07AD3B00'

const warnings: string[] = []
const onWarning = (field: string, text: string): void => void warnings.push(`${field}: ${text}`)
const normalize = (config: unknown) => normalizeWifi(config, { onWarning })
const wifi = (section: object) => normalize({ type: 'wifi', wifi: section }).wifi
const networks = (...list: object[]) => wifi({ networks: list }).networks
const network = (one: object) => networks(one)?.[0] as unknown

/** Expects an error of one field whose text holds `text`, and nothing that is secret. */
function refused(section: object, field: string, text: RegExp | string = field): void {
  let thrown: unknown
  try {
    normalize({ type: 'wifi', wifi: section })
  } catch (error) {
    thrown = error
  }
  assert.ok(isNetworkError(thrown, 'ERR_INVALID_CONFIG'), `accepted, or not ours: ${String(thrown)}`)
  assert.is((thrown as { field?: string }).field, field)
  assert.match((thrown as Error).message, text)
}
const refusedNetwork = (one: object, field: string, text?: RegExp | string): void =>
  refused({ networks: [one] }, `wifi.networks.0${field === '' ? '' : `.${field}`}`, text)

test.before.each(() => void warnings.splice(0))

test('B1: a passphrase becomes the key, and the mode its default', () => {
  const config = {
    type: 'wifi',
    wifi: { networks: [{ ssid: 'Harbour', psk: 'sunny-day-42', keyMgmt: 'wpa-psk', priority: 5 }] },
    ipv4: { method: 'dhcp' },
  }
  const normal = normalize(config)
  const expected = { ssid: 'Harbour', psk: HARBOUR_PSK, keyMgmt: 'wpa-psk', mode: 'infrastructure', priority: 5 }
  assert.equal(normal, { type: 'wifi', wifi: { networks: [expected] }, ipv4: { method: 'dhcp' } })
  assert.equal(normalize(normal), normal)
})

test('B2: the salt of a key is the name as UTF-8', () => {
  assert.is(
    (network({ ssid: 'café ☕', psk: 'espresso1', keyMgmt: 'wpa-psk' }) as { psk: string }).psk,
    'F4C1B524811B71F667DBCD41071B13267A5E3FC8383E521F5822D4961D733091',
  )
})

test('B3: a key of 64 digits stays, whatever else is wrong is named, the secret is not', () => {
  const psk = HARBOUR_PSK.toLowerCase()
  assert.is((network({ ssid: 'A', psk, keyMgmt: 'wpa-psk' }) as { psk: string }).psk, psk)
  refusedNetwork({ ssid: 'A', psk: `g${psk.slice(1)}`, keyMgmt: 'wpa-psk' }, 'psk', /invalid characters/)
  refusedNetwork({ ssid: 'A', psk: 'short77', keyMgmt: 'wpa-psk' }, 'psk', /password-too-short/)
  refusedNetwork({ ssid: 'A', psk: 'x'.repeat(65), keyMgmt: 'wpa-psk' }, 'psk', /password-too-long/)
  refusedNetwork({ ssid: 'A', psk: 'käsekuchen', keyMgmt: 'wpa-psk' }, 'psk', /invalid characters/)
  try {
    network({ ssid: 'A', psk: 'short77', keyMgmt: 'wpa-psk' })
  } catch (thrown) {
    assert.not.match((thrown as Error).message, /short77/)
  }
})

test('B4: the password of SAE may be short', () => {
  const given = { ssid: 'Depot', saePassword: 'pw', keyMgmt: 'sae', ieee80211w: 'required' }
  assert.equal(network(given), { ...given, mode: 'infrastructure' })
})

test('B5: a passphrase given as psk serves as the password of SAE; a key does not', () => {
  assert.equal(network({ ssid: 'Depot', psk: 'forklift99', keyMgmt: 'sae' }), {
    ssid: 'Depot',
    keyMgmt: 'sae',
    saePassword: 'forklift99',
    mode: 'infrastructure',
  })
  refusedNetwork({ ssid: 'Depot', psk: HARBOUR_PSK, keyMgmt: 'sae' }, 'saePassword', /64 hexadecimal digits/)
})

test('B6: WPA-PSK with SHA-256 has the same key', () => {
  assert.is(
    (network({ ssid: 'depot', psk: 'forklift99', keyMgmt: 'wpa-psk-sha256' }) as { psk: string }).psk,
    'EB35C5130ACB73E675ADD00D34CEF27C02C700C8EF4F2D8E6A2267A20B3C272A',
  )
})

test('B7: of several key managements the first leads, and each has what it needs', () => {
  const one = network({ ssid: 'depot', psk: 'forklift99', allowedKeyMgmt: ['sae', 'wpa-psk'] }) as object
  const { psk, ...rest } = one as { psk: string }
  assert.match(psk, /^[0-9A-F]{64}$/)
  assert.equal(rest, {
    ssid: 'depot',
    mode: 'infrastructure',
    keyMgmt: 'sae',
    allowedKeyMgmt: ['sae', 'wpa-psk'],
    saePassword: 'forklift99',
  })
  assert.equal(network(one), one)
  assert.equal(network({ ssid: 'depot', psk: 'forklift99', keyMgmt: ['sae', 'wpa-psk'] }), one)
})

test('B8: what a key management or a mode cannot be, is refused by name', () => {
  refusedNetwork({ ssid: 'A', keyMgmt: 'wpa4' }, 'keyMgmt', /'wpa-psk'.*"wpa4"/)
  refusedNetwork({ ssid: 'A', keyMgmt: 'wpa-psk' }, 'psk', /wpa-psk.*missing/)
  refusedNetwork({ ssid: 'A', keyMgmt: 'wpa-psk', psk: null }, 'psk')
  refusedNetwork({ keyMgmt: 'none' }, 'ssid', /missing/)
  refusedNetwork({ ssid: 'A', mode: 'station' }, 'mode', /'infrastructure'.*'ap'.*'mesh'.*"station"/)
  assert.is((network({ ssid: 'A', mode: 'client' }) as { mode: string }).mode, 'infrastructure')
  assert.is((network({ ssid: 'A', mode: 'host' }) as { mode: string }).mode, 'ap')
})

test('B9: equal networks are one, one without a name is left out with a warning', () => {
  assert.equal(networks({ ssid: 'X' }, { ssid: 'X' }, { ssid: null }), [
    { ssid: 'X', mode: 'infrastructure', keyMgmt: 'none' },
  ])
  assert.is(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^wifi\.networks\.2\.ssid: /)
  assert.equal(networks({ ssid: null, psk: null, keyMgmt: ['wpa-psk', 'sae'] }), [])
})

test('B10: a network in wifi itself comes first, with a warning', () => {
  const normal = wifi({ ssid: 'Lab', psk: '12345678', keyMgmt: 'wpa-psk', networks: [{ ssid: 'Guest' }] })
  assert.equal(normal.networks, [
    {
      ssid: 'Lab',
      mode: 'infrastructure',
      keyMgmt: 'wpa-psk',
      psk: '2B8B49CDCE0676B8D1711D96F1EFBD5615C5E80D535E3C9555775C8195B00C62',
    },
    { ssid: 'Guest', mode: 'infrastructure', keyMgmt: 'none' },
  ])
  assert.match(warnings.join(), /deprecated/)
})

test('B11: WEP keys without the one to send by are of no use', () => {
  assert.equal(network({ ssid: 'Old', keyMgmt: 'none', wepKey0: 'AABBCCDDEE' }), {
    ssid: 'Old',
    mode: 'infrastructure',
    keyMgmt: 'none',
  })
  assert.equal(network({ ssid: 'Old', wepKey0: 'AABBCCDDEE', wepTxKeyidx: 0 }), {
    ssid: 'Old',
    mode: 'infrastructure',
    keyMgmt: 'none',
    wepKey0: 'AABBCCDDEE',
    wepTxKeyidx: 0,
  })
  assert.match(warnings.join(), /networks\.0\.wepTxKeyidx: .*open/)
  refusedNetwork({ ssid: 'Old', wepKey0: 'AA\nBB', wepTxKeyidx: 0 }, 'wepKey0')
})

test('B12: unknown keys are refused by name, and vanish from what was saved; a name has 1 to 32 bytes', () => {
  refusedNetwork({ ssid: 'A', colour: 'red' }, 'colour', /unknown key/)
  refused({ foo: 1 }, 'wifi.foo', /unknown key/)
  const ignored: string[] = []
  const saved = { type: 'wifi', wifi: { networks: [{ ssid: 'A', colour: 'red' }], foo: 1 } }
  assert.equal(normalizeWifi(saved, { onUnknownKey: (field) => ignored.push(field) }).wifi, {
    networks: [{ ssid: 'A', mode: 'infrastructure', keyMgmt: 'none' }],
  })
  assert.equal(ignored.sort(), ['wifi.foo', 'wifi.networks.0.colour'])
  assert.ok(network({ ssid: 'x'.repeat(32) }))
  refusedNetwork({ ssid: 'x'.repeat(33) }, 'ssid', /ssid-too-long/)
  refusedNetwork({ ssid: 'é'.repeat(17) }, 'ssid', /ssid-too-long/)
  refusedNetwork({ ssid: '' }, 'ssid', /ssid-too-short/)
})

test('a name may be given as bytes; where they are text, it is text', () => {
  assert.is((network({ ssid: { hex: '4d794c414e' } }) as { ssid: unknown }).ssid, 'MyLAN')
  assert.equal((network({ ssid: { hex: 'FF00' } }) as { ssid: unknown }).ssid, { hex: 'ff00' })
  refusedNetwork({ ssid: { hex: 'f' } }, 'ssid.hex', /hexadecimal/)
})

test('B24: without a section wifi the interface only looks what is there', () => {
  const scanOnly = { type: 'wifi', wifi: { networks: [] }, ipv4: { method: 'disabled' } }
  assert.equal(normalize({ type: 'wifi', hostname: 'x' }), scanOnly)
  assert.equal(normalize(scanOnly), scanOnly)
  assert.equal(normalize({ type: 'wifi', wifi: {} }).ipv4, { method: 'dhcp' })
})

test('a supplicant configuration of the user takes the place of every other key', () => {
  assert.equal(wifi({ wpaSupplicantConf: 'ap_scan=2\n', networks: [{ ssid: 'A' }], apScan: 1 }), {
    wpaSupplicantConf: 'ap_scan=2\n',
  })
  assert.match(warnings.join(), /wpaSupplicantConf .*networks, apScan|wpaSupplicantConf .*apScan, networks/)
})

test('a key without a word of how it is used does not make an open network', () => {
  refusedNetwork({ ssid: 'Home', psk: 'sunny-day-42' }, 'keyMgmt', /psk is used.*missing/)
  refusedNetwork({ ssid: 'Home', saePassword: 'pw' }, 'keyMgmt', /saePassword/)
})

test('a mesh interface names the interface of its radio', () => {
  refused({ networks: [{ ssid: 'farm', mode: 'mesh' }] }, 'wifi.rootInterface', /wlan0.*missing/)
  refused({ networks: [{ ssid: 'farm' }], rootInterface: 'wlan1' }, 'wifi.rootInterface', /mesh/)
})

test('what stands without quotation marks in the file cannot leave its line', () => {
  for (const key of ['eap', 'pairwise', 'group', 'proto']) {
    refusedNetwork({ ssid: 'A', keyMgmt: 'wpa-eap', [key]: 'CCMP\nupdate_config=1' }, key)
  }
  refusedNetwork({ ssid: 'A', bssidDenylist: '02:00:00:00:00:01\nx=1' }, 'bssidDenylist')
  refused({ bgscan: { simple: '30"\nx=1' } }, 'wifi.bgscan.simple', /quotation/)
  refused({ regulatoryDomain: 'DE\nx=1' }, 'wifi.regulatoryDomain', /ISO 3166/)
})

test('a line that the supplicant would cut is refused, for it would refuse the whole file', () => {
  refusedNetwork({ ssid: 'A', keyMgmt: 'wpa-eap', password: 'é'.repeat(1000) }, '', /1990 bytes.*password/)
  const mac = '02:00:00:00:00:01/ff:ff:ff:ff:ff:ff'
  refusedNetwork({ ssid: 'A', bssidDenylist: Array.from({ length: 64 }, () => mac) }, '', /bssid_blacklist/)
  refused({ bgscan: { simple: 'é'.repeat(250) } }, 'wifi.bgscan', /480 bytes/)
})

test('a fallback stands beside networks to join, and nothing else', () => {
  const fallback = { network: { ssid: 'S' }, ipv4: { method: 'disabled' } }
  refused({ networks: [{ ssid: 'A', mode: 'ibss' }], fallback }, 'wifi.fallback', /infrastructure.*ibss/)
  const mesh = { networks: [{ ssid: 'A', mode: 'mesh' }], rootInterface: 'wlan0', fallback }
  refused(mesh, 'wifi.fallback', /infrastructure/)
})

test('a fallback is an access point with an address and servers of its own', () => {
  const normal = wifi({
    networks: [{ ssid: 'Home' }],
    fallback: {
      network: { ssid: 'Setup' },
      ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
      dhcpd: { start: '192.0.2.20', end: '192.0.2.60' },
    },
  })
  assert.equal(normal.fallback, {
    network: { ssid: 'Setup', mode: 'ap', keyMgmt: 'none' },
    ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
    dhcpd: { start: '192.0.2.20', end: '192.0.2.60' },
    afterMs: 30_000,
    searchIntervalMs: 60_000,
  })
  assert.equal(wifi(normal), normal)
  const ipv4 = { method: 'disabled' }
  refused({ fallback: { network: { ssid: 'S', mode: 'mesh' }, ipv4 } }, 'wifi.fallback.network.mode', /'ap'/)
  refused({ fallback: { network: { ssid: 'S' } } }, 'wifi.fallback.ipv4', /missing/)
})

test.run()
