import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { supplicantConf } from '../../../../lib/technology/wifi/conf.js'
import { normalizeWifi } from '../../../../lib/technology/wifi/normalize.js'

const PLACE = { controlDirectory: 'T/wpa_supplicant', regulatoryDomain: '00' }
const HEAD = ['ctrl_interface=T/wpa_supplicant', 'country=00', 'wps_cred_processing=1']

function conf(section: object): string[] {
  const text = supplicantConf(normalizeWifi({ type: 'wifi', wifi: section }).wifi, PLACE)
  assert.ok(text.endsWith('\n'))
  return text.slice(0, -1).split('\n')
}
/** The lines of the block of one network. */
function block(network: object): string[] {
  const lines = conf({ networks: [network] })
  return lines.slice(lines.indexOf('network={') + 1, -1)
}
function placeOf(lines: string[], ...names: string[]): number[] {
  return names.map((name) => lines.findIndex((line) => line.startsWith(`${name}=`)))
}
function assertOrder(lines: string[], ...names: string[]): void {
  const places = placeOf(lines, ...names)
  assert.not.ok(places.includes(-1), `${names} in ${lines}`)
  assert.equal(
    places,
    [...places].sort((a, b) => a - b),
    lines.join(' '),
  )
}

test('B1: the file of a network with a passphrase', () => {
  const networks = [{ ssid: 'Harbour', psk: 'sunny-day-42', keyMgmt: 'wpa-psk', priority: 5 }]
  assert.equal(conf({ networks }), [
    ...HEAD,
    'network={',
    'ssid="Harbour"',
    'key_mgmt=WPA-PSK',
    'priority=5',
    'mode=0',
    'psk=74CB709B71A14847E2EED0860367BF387E5619E0CDA771CA3E0C63DE07AD3B00',
    '}',
  ])
})

test('B2: printable text stays as it is', () => {
  assert.is(block({ ssid: 'café ☕' })[0], 'ssid="café ☕"')
})

test('B4: SAE', () => {
  assert.equal(block({ ssid: 'Depot', saePassword: 'pw', keyMgmt: 'sae', ieee80211w: 'required' }), [
    'ssid="Depot"',
    'key_mgmt=SAE',
    'mode=0',
    'ieee80211w=2',
    'sae_password="pw"',
  ])
  assert.ok(conf({ networks: [{ ssid: 'Depot', psk: 'forklift99', keyMgmt: 'sae' }] }).includes('sae_pwe=2'))
  const chosen = conf({ saePwe: 0, networks: [{ ssid: 'Depot', psk: 'forklift99', keyMgmt: 'sae' }] })
  assert.ok(chosen.includes('sae_pwe=0'))
})

test('B6: WPA-PSK with SHA-256', () => {
  assert.is(block({ ssid: 'depot', psk: 'forklift99', keyMgmt: 'wpa-psk-sha256' })[1], 'key_mgmt=WPA-PSK-SHA256')
})

test('B7: several key managements, with as much protection as all of them allow', () => {
  const lines = block({ ssid: 'depot', psk: 'forklift99', allowedKeyMgmt: ['sae', 'wpa-psk'] })
  assert.is(lines[1], 'key_mgmt=SAE WPA-PSK')
  assert.ok(lines.includes('ieee80211w=1'))
  assert.ok(block({ ssid: 'depot', psk: 'forklift99', keyMgmt: 'sae' }).includes('ieee80211w=2'))
})

test('B11: WEP', () => {
  assert.equal(block({ ssid: 'Old', wepKey0: 'AABBCCDDEE', wepTxKeyidx: 0 }), [
    'ssid="Old"',
    'key_mgmt=NONE',
    'mode=0',
    'wep_key0=AABBCCDDEE',
    'wep_tx_keyidx=0',
  ])
})

test('B13: a hidden network is called by its name', () => {
  assert.equal(block({ ssid: 'A', scanSsid: 1 }), ['ssid="A"', 'key_mgmt=NONE', 'scan_ssid=1', 'mode=0'])
})

test('B14: PEAP; a password is what it is, whatever it holds', () => {
  const given = { ssid: 'Corp', keyMgmt: 'wpa-eap', eap: 'PEAP', identity: 'amy', phase2: 'auth=MSCHAPV2' }
  assert.equal(block({ ...given, password: 'p"w', caCert: '/data/ca.pem' }), [
    'ssid="Corp"',
    'key_mgmt=WPA-EAP',
    'mode=0',
    'identity="amy"',
    'password=P"p\\"w"',
    'eap=PEAP',
    'phase2="auth=MSCHAPV2"',
    'ca_cert="/data/ca.pem"',
  ])
  assert.ok(block({ ...given, password: 'a\\b\nc\u00e9' }).includes('password=P"a\\\\b\\x0ac\\xc3\\xa9"'))
})

test('B15: EAP-TLS', () => {
  const lines = block({
    ssid: 'Corp',
    keyMgmt: 'wpa-eap',
    priority: 1,
    pairwise: 'CCMP TKIP',
    eap: 'TLS',
    identity: 'amy',
    caCert: '/ca',
    clientCert: '/cert',
    privateKey: '/key',
    privateKeyPasswd: 'open sesame',
  })
  const order = ['ssid', 'key_mgmt', 'priority', 'mode', 'identity', 'pairwise', 'eap', 'ca_cert', 'client_cert']
  assertOrder(lines, ...order, 'private_key', 'private_key_passwd')
  assert.ok(lines.includes('pairwise=CCMP TKIP'))
  assert.is(lines.length, 11)
})

test("the server's name is looked at where the configuration says how", () => {
  const lines = block({
    ssid: 'Corp',
    keyMgmt: 'wpa-eap',
    caCert: '/ca',
    domainSuffixMatch: 'example.com',
    domainMatch: 'r.example.com',
  })
  assertOrder(lines, 'ca_cert', 'domain_match', 'domain_suffix_match')
  assert.ok(lines.includes('domain_suffix_match="example.com"'))
})

test('B16: 802.1X without WPA', () => {
  const lines = block({ ssid: 'Corp', keyMgmt: 'ieee8021x', eap: 'TLS', eapolFlags: 3, caCert: '/ca' })
  assert.ok(lines.includes('key_mgmt=IEEE8021X'))
  assertOrder(lines, 'eap', 'eapol_flags', 'ca_cert')
})

test('B17: access points that are not to be used', () => {
  const expected = 'bssid_blacklist=02:00:00:00:00:01 02:00:00:00:00:02'
  const lines = block({ ssid: 'A', bssidDenylist: '02:00:00:00:00:01 02:00:00:00:00:02' })
  assert.equal(lines, ['ssid="A"', 'key_mgmt=NONE', expected, 'mode=0'])
  assert.equal(block({ ssid: 'A', bssidDenylist: ['02:00:00:00:00:01', '02:00:00:00:00:02'] }), lines)
  const allowed = block({ ssid: 'A', bssidAllowlist: '02:00:00:00:00:00/ff:ff:ff:00:00:00' })
  assert.ok(allowed.includes('bssid_whitelist=02:00:00:00:00:00/ff:ff:ff:00:00:00'))
})

test('B18: what holds for all networks', () => {
  const lines = conf({ bgscan: { learn: '30:-65:300:/tmp/learn' }, apScan: 2, userMpm: 1, passiveScan: 1 })
  assert.equal(lines, [...HEAD, 'bgscan="learn:30:-65:300:/tmp/learn"', 'ap_scan=2', 'user_mpm=1', 'passive_scan=1'])
  assert.ok(conf({ bgscan: 'simple' }).includes('bgscan="simple"'))
})

test('B19: no word of WPS to supplicants that do not know it; the configuration names its country', () => {
  assert.equal(conf({ wps: false }), HEAD.slice(0, 2))
  assert.is(conf({ regulatoryDomain: 'JP' })[1], 'country=JP')
})

test('B20: an access point', () => {
  const lines = block({ mode: 'ap', ssid: 'Setup-42', psk: 'welcome2024', keyMgmt: 'wpa-psk', frequency: 2437 })
  assertOrder(lines, 'mode', 'frequency', 'psk')
  assert.ok(lines.includes('mode=2'))
  assert.ok(lines.includes('frequency=2437'))
  assert.ok(lines.includes('proto=RSN') && lines.includes('pairwise=CCMP'), 'no TKIP unless it is asked for')
  assert.not.ok(block({ mode: 'ap', ssid: 'open' }).some((line) => /^(proto|pairwise)=/.test(line)))
})

test('B24: only looking, there is nothing but the head', () => {
  assert.equal(supplicantConf(normalizeWifi({ type: 'wifi' }).wifi, PLACE), `${HEAD.join('\n')}\n`)
})

test('B25: a name is exactly its octets, and cannot begin another line', () => {
  assert.is(block({ ssid: `Joe's "AP"` })[0], `ssid=${Buffer.from(`Joe's "AP"`).toString('hex')}`)
  assert.is(block({ ssid: 'a\nb=1' })[0], 'ssid=610a623d31')
  assert.is(block({ ssid: 'back\\slash' })[0], `ssid=${Buffer.from('back\\slash').toString('hex')}`)
  assert.is(block({ ssid: { hex: 'ff00' } })[0], 'ssid=ff00')
  for (const [key, value] of [
    ['identity', 'a\nssid="x"'],
    ['saePassword', 'a"\nssid="x"'],
    ['phase1', 'a\rb'],
  ] as const) {
    const lines = block({ ssid: 'A', keyMgmt: ['wpa-eap', 'sae'], saePassword: 'x', [key]: value })
    assert.equal(
      lines.filter((line) => line.startsWith('ssid=')),
      ['ssid="A"'],
    )
  }
})

test("a supplicant's own text is kept as it is, behind the place of our sockets", () => {
  const text = 'country=US\nnetwork={\n  ssid="A"\n}\n'
  const { wifi } = normalizeWifi({ type: 'wifi', wifi: { wpaSupplicantConf: text } })
  assert.is(supplicantConf(wifi, PLACE), `ctrl_interface=T/wpa_supplicant\n${text}`)
})

test.run()
