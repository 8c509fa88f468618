import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Plan } from '../../../../lib/technology/plan.js'
import { wifi as technology } from '../../../../lib/technology/wifi/index.js'

const CONTEXT = { tmpDir: 'T', udhcpcHandlerPath: 'N', handlersPath: 'NS', hostname: 'press-3', regulatoryDomain: '00' }

function plan(config: object, ifname = 'wlan0'): Plan {
  return technology.plan(ifname, technology.normalize({ type: 'wifi', ...config }), CONTEXT)
}
const services = ({ services: all }: Plan) => all.map(({ name }) => name)
const argsOf = ({ services: all }: Plan, name: string) => all.find((service) => service.name === name)?.args
const commands = (steps: Plan['up']) =>
  steps.map((step) => (step.type === 'kernel' ? step.command.type : step.type === 'call' ? step.name : step.program))

const CLIENT = { networks: [{ ssid: 'Harbour', psk: 'sunny-day-42', keyMgmt: 'wpa-psk' }] }

test('B1: a supplicant, our conversation with it, and the DHCP client behind them', () => {
  const made = plan({ wifi: CLIENT, ipv4: { method: 'dhcp' } })
  assert.equal(made.requires, ['wlan0'])
  assert.equal(made.cleanup, ['T/wpa_supplicant/wlan0'])
  assert.equal(services(made), ['regulatory-domain', 'wpa_supplicant', 'supplicant', 'udhcpc'])
  assert.equal(argsOf(made, 'wpa_supplicant'), ['-i', 'wlan0', '-Dnl80211,wext', '-c', 'T/wpa_supplicant.conf.wlan0'])
  const args = { ifname: 'wlan0', controlDirectory: 'T/wpa_supplicant', apMode: false, bgscan: false }
  assert.equal(argsOf(made, 'supplicant'), args)
  assert.is(made.restart, 'rest-for-one')
  assert.is(made.connectivity, 'internet')
  const [file] = made.files
  assert.is(file?.path, 'T/wpa_supplicant.conf.wlan0')
  assert.is(file?.mode, 0o600)
  assert.ok(file?.secret)
})

test('more words from the supplicant where they are asked for', () => {
  const made = plan({ wifi: CLIENT, verbose: true })
  assert.is((argsOf(made, 'wpa_supplicant') as string[]).at(-1), '-dd')
})

test('B20: an access point has two control sockets', () => {
  const networks = [{ mode: 'ap', ssid: 'Setup-42', psk: 'welcome2024', keyMgmt: 'wpa-psk', frequency: 2437 }]
  const made = plan({ wifi: { networks }, ipv4: { method: 'disabled' } })
  assert.equal(made.cleanup, ['T/wpa_supplicant/p2p-dev-wlan0', 'T/wpa_supplicant/wlan0'])
  assert.is((argsOf(made, 'supplicant') as { apMode: boolean }).apMode, true)
  assert.equal(services(made), ['regulatory-domain', 'wpa_supplicant', 'supplicant'])
})

test("an access point of the user's own file is one too", () => {
  const apMode = (text: string) =>
    (argsOf(plan({ wifi: { wpaSupplicantConf: text } }), 'supplicant') as { apMode: boolean }).apMode
  assert.ok(apMode('network={\n  ssid="A"\n  mode=2\n}\n'))
  assert.not.ok(apMode('network={\n  ssid="A"\n  mode=2\n}\nnetwork={\n  ssid="B"\n}\n'))
  assert.not.ok(apMode('network={\n  ssid="A"\n}\n'))
})

test('B21: an access point among other networks is none of ours', () => {
  const made = plan({ wifi: { networks: [{ mode: 'ap', ssid: 'A' }, { ssid: 'B' }] } })
  assert.equal(made.cleanup, ['T/wpa_supplicant/wlan0'])
  assert.is((argsOf(made, 'supplicant') as { apMode: boolean }).apMode, false)
})

test('B22: a DNS server beside a static address', () => {
  const dnsd = { records: [['setup.local', '10.1.1.1'] as const, ['*', '10.1.1.1'] as const], port: 5353, ttl: 60 }
  const ipv4 = { method: 'static', address: '10.1.1.1', prefixLength: 24 }
  const made = plan({ wifi: CLIENT, ipv4, dnsd })
  const file = made.files.find(({ path }) => path === 'T/dnsd.conf.wlan0')
  assert.is(file?.content, 'setup.local 10.1.1.1\n* 10.1.1.1\n')
  assert.equal(argsOf(made, 'dnsd'), ['-t', '60', '-p', '5353', '-c', 'T/dnsd.conf.wlan0', '-i', '10.1.1.1'])
  const dhcp = technology.normalize({ type: 'wifi', wifi: CLIENT, dnsd })
  assert.not.ok('dnsd' in dhcp)
})

test('B23: a mesh interface is made beside its root and goes with the plan', () => {
  const networks = [{ ssid: 'farm', mode: 'mesh', meshGateAnnouncements: 1 }]
  const made = plan({ wifi: { networks, rootInterface: 'wlan1' }, ipv4: { method: 'disabled' } }, 'mesh1')
  assert.equal(made.requires, ['wlan1'])
  assert.equal(commands(made.up), ['addWirelessInterface', 'setLink'])
  assert.equal(commands(made.down), ['setLink', 'delete-mesh-interface', 'forget-supplicant'])
  const [first] = made.up
  const expected = { type: 'addWirelessInterface', parent: 'wlan1', ifname: 'mesh1', mode: 'mesh' }
  assert.equal(first?.type === 'kernel' && first.command, expected)
  assert.equal(services(made), ['regulatory-domain', 'wpa_supplicant', 'supplicant', 'mesh-parameters'])
  assert.equal(argsOf(made, 'mesh-parameters'), { gateAnnouncements: true })
  const plain = plan({ wifi: { networks: [{ ssid: 'farm', mode: 'mesh' }], rootInterface: 'wlan1' } }, 'mesh1')
  assert.not.ok(services(plain).includes('mesh-parameters'))
})

test('B24: only looking needs a supplicant and no address', () => {
  const made = plan({ hostname: 'x' })
  assert.equal(services(made), ['regulatory-domain', 'wpa_supplicant', 'supplicant'])
  assert.is(made.connectivity, 'none')
})

test('an address of its own is set before the link is up, power saving after it', () => {
  const made = plan({ wifi: { ...CLIENT, macAddress: '02:00:00:00:00:07', powerSave: false } })
  const steps = made.up.map((step) => (step.type === 'kernel' ? step.command : step))
  assert.equal(steps, [
    { type: 'setLink', ifname: 'wlan0', up: false },
    { type: 'setLink', ifname: 'wlan0', macAddress: '02:00:00:00:00:07' },
    { type: 'setLink', ifname: 'wlan0', up: true },
    steps[3],
  ])
  const last = made.up[3]
  assert.equal(last?.type === 'call' && [last.name, last.args, last.replaces], [
    'set-power-save',
    false,
    'set-power-save',
  ])
})

test('a fallback is a second plan of the same configuration, which looks for the networks', () => {
  const fallback = {
    network: { ssid: 'Setup' },
    ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
    dhcpd: { start: '192.0.2.20', end: '192.0.2.60' },
    afterMs: 20_000,
  }
  const networks = [...CLIENT.networks, { ssid: 'Hidden', scanSsid: 1 }]
  const made = plan({ wifi: { networks, fallback } })
  assert.equal(services(made), ['regulatory-domain', 'wpa_supplicant', 'supplicant', 'fallback', 'udhcpc'])
  assert.equal(argsOf(made, 'fallback'), { afterMs: 20_000, plan: 'access-point' })
  const second = made.alternatives?.['access-point']
  assert.ok(second !== undefined)
  assert.equal(services(second), ['regulatory-domain', 'wpa_supplicant', 'supplicant', 'fallback', 'udhcpd'])
  assert.equal(argsOf(second, 'fallback'), {
    searchIntervalMs: 60_000,
    ssids: [Buffer.from('Harbour').toString('hex'), Buffer.from('Hidden').toString('hex')],
    hidden: [Buffer.from('Hidden').toString('hex')],
  })
  assert.match(second.files[0]?.content ?? '', /ssid="Setup".*mode=2/s)
  assert.not.match(second.files[0]?.content ?? '', /Harbour/)
  assert.is(second.source, made.source)
})

test.run()
