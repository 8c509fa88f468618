/** A client on every kind of network that hostapd offers: associated, with a lease, with the Internet behind it. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { VintageNet } from '../../lib/index.js'
import { EAP_USER, PASSPHRASE, WEP_KEY } from '../support/radio-lab.js'
import { AIR_DEADLINE, client, currentAp, online, WifiScene } from '../support/wifi-scene.js'

interface Context {
  scene: WifiScene
  net: VintageNet
}

const test = suite<Context>('wifi security')

test.before(async (context) => {
  context.scene = await WifiScene.create({ radios: 3 })
  const { network } = context.scene
  await network.accessPoint({
    bsses: [
      { ssid: 'vn open', security: 'open' },
      { ssid: 'vn wpa2', security: 'wpa2-psk' },
      { ssid: 'vn sae', security: 'wpa3-sae' },
      { ssid: 'vn mixed', security: 'mixed' },
      { ssid: 'vn eap', security: 'eap' },
      { ssid: 'vn owe', security: 'owe' },
      { ssid: 'vn hidden', security: 'wpa2-psk', hidden: true },
    ],
  })
  // WEP excludes what the others need.
  await network.accessPoint({ bsses: [{ ssid: 'vn wep', security: 'wep', passphrase: WEP_KEY }], channel: 1 })
  context.net = await context.scene.start()
})

test.after(async ({ scene }) => {
  await scene?.[Symbol.asyncDispose]()
})

/** Key management and cipher, as the supplicant says. */
async function negotiated(net: VintageNet): Promise<string> {
  const status = String(await net.ioctl('wlan0', 'command', ['STATUS']))
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(status)?.[1] ?? '-'
  return `${value('key_mgmt')} ${value('pairwise_cipher')}`
}

async function joins({ net }: Context, network: Readonly<Record<string, unknown>>, expected: string): Promise<void> {
  // Nothing of the test before is mistaken for this one's.
  await net.deconfigure('wlan0')
  await net.until(['interface', 'wlan0', 'wifi', 'current_ap'], undefined, AIR_DEADLINE)
  await net.configure('wlan0', client(network))
  await online(net, String(network['ssid']))
  assert.is(await negotiated(net), expected)
  assert.is(net.get(['interface', 'wlan0', 'reason']), undefined)
}

test('an open network', async (context) => {
  await joins(context, { ssid: 'vn open', keyMgmt: 'none' }, 'NONE NONE')
  assert.is(currentAp(context.net)?.channel, 6)
})

test('WEP', async (context) => {
  const network = { ssid: 'vn wep', keyMgmt: 'none', wepKey0: `"${WEP_KEY}"`, wepTxKeyidx: 0 }
  await joins(context, network, 'NONE WEP-40')
})

test('WPA2 with a passphrase', async (context) => {
  await joins(context, { ssid: 'vn wpa2', keyMgmt: 'wpa-psk', psk: PASSPHRASE }, 'WPA2-PSK CCMP')
})

test('WPA3 (SAE)', async (context) => {
  await joins(context, { ssid: 'vn sae', keyMgmt: 'sae', saePassword: PASSPHRASE, ieee80211w: 2 }, 'SAE CCMP')
})

test('WPA2 and WPA3 mixed: WPA3 is taken', async (context) => {
  const network = {
    ssid: 'vn mixed',
    keyMgmt: ['wpa-psk', 'sae'],
    psk: PASSPHRASE,
    saePassword: PASSPHRASE,
    ieee80211w: 1,
  }
  await joins(context, network, 'SAE CCMP')
})

test('OWE: open, and yet encrypted', async (context) => {
  await joins(context, { ssid: 'vn owe', keyMgmt: 'owe', ieee80211w: 2 }, 'OWE CCMP')
})

test('a hidden network', async (context) => {
  await joins(context, { ssid: 'vn hidden', keyMgmt: 'wpa-psk', psk: PASSPHRASE, scanSsid: 1 }, 'WPA2-PSK CCMP')
})

const eapStatus = (net: VintageNet): unknown => {
  const { status, method } = net.get(['interface', 'wlan0', 'eap_status']) as { status: string; method: string }
  return [status, method]
}

test('PEAP with MSCHAPv2', async (context) => {
  const { caCert } = await context.scene.radios.certificates()
  const { identity, password } = EAP_USER
  const eap = { eap: 'PEAP', identity, password, caCert, phase2: 'auth=MSCHAPV2', domainSuffixMatch: 'server.example' }
  await joins(context, { ssid: 'vn eap', keyMgmt: 'wpa-eap', ...eap }, 'WPA2/IEEE 802.1X/EAP CCMP')
  assert.equal(eapStatus(context.net), ['success', 'PEAP'])
})

test('TTLS with PAP', async (context) => {
  const { caCert } = await context.scene.radios.certificates()
  const { identity, password } = EAP_USER
  const eap = { eap: 'TTLS', identity, password, caCert, phase2: 'auth=PAP' }
  await joins(context, { ssid: 'vn eap', keyMgmt: 'wpa-eap', ...eap }, 'WPA2/IEEE 802.1X/EAP CCMP')
})

test('a server whose certificate has another name is told no password', async ({ scene, net }) => {
  const { caCert } = await scene.radios.certificates()
  const { identity, password } = EAP_USER
  const eap = { eap: 'TTLS', identity, password, caCert, phase2: 'auth=PAP', domainSuffixMatch: 'other.example' }
  await net.deconfigure('wlan0')
  await net.configure('wlan0', client({ ssid: 'vn eap', keyMgmt: 'wpa-eap', ...eap }))
  const failed = (value: unknown): boolean => (value as { status?: string } | undefined)?.status === 'failure'
  await net.until(['interface', 'wlan0', 'eap_status'], failed, AIR_DEADLINE)
  assert.is(currentAp(net), null)
})

test('TLS with certificates', async (context) => {
  const files = await context.scene.radios.certificates()
  const eap = { eap: 'TLS', identity: EAP_USER.certificateIdentity, ...files }
  await joins(context, { ssid: 'vn eap', keyMgmt: 'wpa-eap', ...eap }, 'WPA2/IEEE 802.1X/EAP CCMP')
})

test.run()
