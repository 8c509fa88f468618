/** The radio lab itself, by a wpa_supplicant started by hand: every network it offers can be joined, and it can go away. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inNamespace, mustRun } from '../support/lab/command.js'
import { type AirNetwork, EAP_USER, PASSPHRASE, RadioLab, type Security, WEP_KEY } from '../support/radio-lab.js'

interface Context {
  lab: RadioLab
  network: AirNetwork
}

const test = suite<Context>('radio lab')
const HOST = 'host'
const JOIN_DEADLINE = { deadlineMs: 20_000 }

test.before.each(async (context) => {
  context.lab = await RadioLab.create({ radios: 3 })
  context.network = await context.lab.network({ name: 'lab-air', network: '198.51.100' })
})

test.after.each(async ({ lab }) => {
  await lab?.destroy()
})

const quoted = (text: string): string => `"${text}"`
const block = (ssid: string, lines: readonly string[]): string =>
  ['network={', `ssid=${quoted(ssid)}`, ...lines, '}'].join('\n')

/** How each kind of network is joined: lines of wpa_supplicant.conf. */
const JOINING: readonly (readonly [Security, readonly string[]])[] = [
  ['open', ['key_mgmt=NONE']],
  ['wep', ['key_mgmt=NONE', `wep_key0=${quoted(WEP_KEY)}`, 'wep_tx_keyidx=0']],
  ['wpa2-psk', ['key_mgmt=WPA-PSK', `psk=${quoted(PASSPHRASE)}`]],
  ['wpa3-sae', ['key_mgmt=SAE', `sae_password=${quoted(PASSPHRASE)}`, 'ieee80211w=2']],
  ['mixed', ['key_mgmt=SAE WPA-PSK', `psk=${quoted(PASSPHRASE)}`, 'ieee80211w=1']],
  ['owe', ['key_mgmt=OWE', 'ieee80211w=2']],
]

test('a client joins each kind of network and gets a lease', async ({ lab, network }) => {
  const radio = await lab.radio(HOST)
  const bsses = JOINING.filter(([security]) => security !== 'wep').map(([security]) => ({
    ssid: `vn-${security}`,
    security,
  }))
  await network.accessPoint({ bsses })
  for (const { ssid, security } of bsses) {
    const lines = JOINING.find(([kind]) => kind === security)?.[1] ?? []
    const supplicant = await lab.supplicant(HOST, radio.ifname, `sae_pwe=2\n${block(ssid, lines)}`)
    await supplicant.joined()
    assert.is((await supplicant.status())['ssid'], ssid)
    assert.match(await supplicant.lease(), /^198\.51\.100\.1\d\d$/)
    await mustRun(...inNamespace(HOST, 'ping', ['-c', '1', '-W', '5', network.routerAddress]))
    await supplicant.stop()
  }
})

test('WEP', async ({ lab, network }) => {
  const radio = await lab.radio(HOST)
  await network.accessPoint({ bsses: [{ ssid: 'vn-wep', security: 'wep', passphrase: WEP_KEY }] })
  const supplicant = await lab.supplicant(HOST, radio.ifname, block('vn-wep', JOINING[1]?.[1] ?? []))
  await supplicant.joined()
  assert.match(await supplicant.lease(), /^198\.51\.100\.1\d\d$/)
})

test('an EAP network is joined by PEAP, TTLS and TLS; a hidden one by its name', async ({ lab, network }) => {
  const radio = await lab.radio(HOST)
  await network.accessPoint({
    bsses: [
      { ssid: 'vn-eap', security: 'eap' },
      { ssid: 'vn-hidden', security: 'wpa2-psk', hidden: true },
    ],
  })
  const { caCert, clientCert, privateKey } = await lab.certificates()
  const by = (eap: string, identity: string, ...lines: string[]): string =>
    block('vn-eap', [
      'key_mgmt=WPA-EAP',
      `eap=${eap}`,
      `identity=${quoted(identity)}`,
      `ca_cert=${quoted(caCert)}`,
      ...lines,
    ])
  const password = `password=${quoted(EAP_USER.password)}`
  const configs = [
    by('PEAP', EAP_USER.identity, password, 'phase2="auth=MSCHAPV2"'),
    by('TTLS', EAP_USER.identity, password, 'phase2="auth=PAP"'),
    by('TLS', EAP_USER.certificateIdentity, `client_cert=${quoted(clientCert)}`, `private_key=${quoted(privateKey)}`),
    block('vn-hidden', ['scan_ssid=1', 'key_mgmt=WPA-PSK', `psk=${quoted(PASSPHRASE)}`]),
  ]
  for (const config of configs) {
    const supplicant = await lab.supplicant(HOST, radio.ifname, config)
    await supplicant.joined()
    await supplicant.stop()
  }
})

test('an access point out of range is lost without a word, and found again', async ({ lab, network }) => {
  const radio = await lab.radio(HOST)
  const accessPoint = await network.accessPoint({ bsses: [{ ssid: 'vn', security: 'wpa2-psk' }] })
  const supplicant = await lab.supplicant(HOST, radio.ifname, block('vn', JOINING[2]?.[1] ?? []))
  await supplicant.joined()
  await accessPoint.setInRange(false)
  await supplicant.waitForLog(/CTRL-EVENT-DISCONNECTED/, JOIN_DEADLINE)
  await accessPoint.setInRange(true)
  await supplicant.joined({ count: 2 })
})

test('two clients by hand: one is an access point, then both are nodes of a mesh', async ({ lab }) => {
  const ours = await lab.radio(HOST)
  const other = await lab.radio('other')
  const serving = await lab.supplicant(HOST, ours.ifname, block('vn-ap', ['mode=2', 'frequency=2437', 'key_mgmt=NONE']))
  await serving.joined()
  const client = await lab.supplicant('other', other.ifname, block('vn-ap', ['key_mgmt=NONE']))
  await client.joined()
  await client.stop()
  await serving.stop()
  const mesh = `user_mpm=1\nsae_groups=19\n${block('vn-mesh', ['mode=5', 'frequency=2437', 'key_mgmt=SAE', `psk=${quoted(PASSPHRASE)}`, 'ieee80211w=2'])}`
  const node = await lab.supplicant(HOST, ours.ifname, mesh)
  await lab.supplicant('other', other.ifname, mesh)
  await node.waitForLog(/MESH-PEER-CONNECTED/)
})

test.run()
