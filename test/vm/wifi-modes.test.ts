/** What a radio does besides joining networks: it looks around, with and without a supplicant, obeys a country, pushes a button. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type VintageNet, type VintageNetOptions, wifi } from '../../lib/index.js'
import type { RegulatoryProperty } from '../../lib/technology/wifi/regulatory-domain.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import type { AccessPoint } from '../support/radio-lab.js'
import { type AccessPointProperty, AIR_DEADLINE, online, QUICK_COUNTRY, WifiScene } from '../support/wifi-scene.js'

interface Context {
  scene: WifiScene
  accessPoint: AccessPoint
}

const test = suite<Context>('wifi modes')
const ON_WLAN0 = ['interface', 'wlan0', 'wifi']
/** Where no supplicant is, nor anything else. */
const NO_PROGRAMS = { path: '/nonexistent' }
/** A country whose rules differ from those of the other tests, quick to scan in. */
const COUNTRY = 'BZ'

test.before(async (context) => {
  context.scene = await WifiScene.create()
  context.accessPoint = await context.scene.network.accessPoint({
    bsses: [
      { ssid: 'vn wps', security: 'wpa2-psk', pushButton: true },
      { ssid: 'vn open', security: 'open' },
      { ssid: 'vn wpa2', security: 'wpa2-psk' },
      { ssid: 'vn sae', security: 'wpa3-sae' },
      { ssid: 'vn mixed', security: 'mixed' },
      { ssid: 'vn eap', security: 'eap' },
      { ssid: 'vn owe', security: 'owe' },
    ],
    channel: 11,
  })
  await context.accessPoint.radio.setSignal(-60)
})

test.after(async ({ scene }) => {
  await scene?.[Symbol.asyncDispose]()
})

/** Ends the instance whatever the test did. */
async function withNet(
  { scene }: Context,
  options: VintageNetOptions,
  body: (net: VintageNet) => Promise<void>,
): Promise<void> {
  const net = await scene.start(options)
  try {
    await body(net)
  } finally {
    await net.stop()
  }
}

/** Scans until all seven networks were heard, and looks at what is said of them. */
async function findsAll(net: VintageNet, accessPoint: AccessPoint): Promise<void> {
  const found = await eventually(
    'all seven networks are found',
    async () => {
      await net.scan('wlan0')
      const list = (net.get([...ON_WLAN0, 'access_points']) ?? []) as readonly AccessPointProperty[]
      return list.length === 7 && list
    },
    AIR_DEADLINE,
  )
  const flags = (ssid: string): readonly string[] => [...(found.find((one) => one.ssid === ssid)?.flags ?? [])].sort()
  assert.equal(flags('vn open'), ['ess'])
  assert.equal(flags('vn wpa2'), ['ccmp', 'ess', 'psk', 'wpa2', 'wpa2-psk-ccmp'])
  assert.equal(flags('vn wps'), ['ccmp', 'ess', 'psk', 'wpa2', 'wpa2-psk-ccmp', 'wps'])
  assert.equal(flags('vn sae'), ['ccmp', 'ess', 'sae', 'sae-h2e', 'wpa2', 'wpa2-sae-ccmp'])
  assert.equal(flags('vn mixed'), ['ccmp', 'ess', 'psk', 'sae', 'sae-h2e', 'wpa2', 'wpa2-psk-sae-ccmp'])
  assert.equal(flags('vn eap'), ['ccmp', 'eap', 'ess', 'wpa2', 'wpa2-eap-ccmp'])
  assert.equal(flags('vn owe'), ['ccmp', 'ess', 'owe', 'wpa2'])
  for (const { channel, frequency, signalDbm } of found) {
    assert.equal([channel, frequency, signalDbm], [11, 2462, -60])
  }
  assert.is(found.find(({ ssid }) => ssid === 'vn wps')?.bssid, accessPoint.bssid(0))
}

test('scan() finds what hostapd offers, with the right flags, channels and signals', async (context) => {
  await withNet(context, {}, async (net) => {
    await net.configure('wlan0', { type: 'wifi' }, { persist: false })
    await net.until(['interface', 'wlan0', 'state'], 'configured', AIR_DEADLINE)
    await net.until([...ON_WLAN0, 'clients'], (value) => value !== undefined, AIR_DEADLINE)
    await findsAll(net, context.accessPoint)
  })
})

test('scan() finds the same where no supplicant can run', async (context) => {
  await withNet(context, NO_PROGRAMS, async (net) => {
    await net.configure('wlan0', { type: 'wifi' }, { persist: false })
    await net.until(['interface', 'wlan0', 'reason'], (reason) => /wpa_supplicant/.test(String(reason)), AIR_DEADLINE)
    await findsAll(net, context.accessPoint)
    assert.equal(await context.scene.system.pids('wpa_supplicant'), [])
  })
})

const obeys =
  (wanted: string, actual: string) =>
  (value: unknown): boolean => {
    const domain = value as RegulatoryProperty | undefined
    return domain?.wanted === wanted && domain.actual === actual
  }

test('power saving is switched as the configuration says', async (context) => {
  const powerSave = async (): Promise<string> =>
    (await context.scene.system.lab.exec('iw', ['dev', 'wlan0', 'get', 'power_save'])).stdout.trim()
  await withNet(context, NO_PROGRAMS, async (net) => {
    for (const [wanted, said] of [
      [false, 'Power save: off'],
      [true, 'Power save: on'],
    ] as const) {
      await net.configure('wlan0', { type: 'wifi', wifi: { powerSave: wanted } }, { persist: false })
      await eventually(said, async () => (await powerSave()) === said, AIR_DEADLINE)
    }
  })
})

test('the country is asked of the kernel, with a supplicant and without, and read back', async (context) => {
  const country = [...ON_WLAN0, 'regulatory_domain']
  const networks = [{ ssid: 'nowhere', keyMgmt: 'none' }]
  await withNet(context, {}, async (net) => {
    await net.configure('wlan0', { type: 'wifi', wifi: { regulatoryDomain: COUNTRY, networks } }, { persist: false })
    await net.until(country, obeys(COUNTRY, COUNTRY), AIR_DEADLINE)
    assert.match(await mustRun('iw', ['reg', 'get']), new RegExp(`country ${COUNTRY}:`))
    // It wants the one that all have from now on.
    await net.configure('wlan0', { type: 'wifi', wifi: { networks } }, { persist: false })
    await net.until(country, obeys(QUICK_COUNTRY, QUICK_COUNTRY), AIR_DEADLINE)
  })
  context.scene.system.logs.length = 0
  await withNet(context, { ...NO_PROGRAMS, regulatoryDomain: COUNTRY }, async (net) => {
    await net.configure('wlan0', { type: 'wifi' }, { persist: false })
    await net.until(country, obeys(COUNTRY, COUNTRY), AIR_DEADLINE)
    assert.match(await mustRun('iw', ['reg', 'get']), new RegExp(`country ${COUNTRY}:`))
    assert.equal(ruleWarnings(context), [])
    await mustRun('iw', ['reg', 'set', QUICK_COUNTRY])
    await net.until(country, obeys(COUNTRY, QUICK_COUNTRY), AIR_DEADLINE)
    const text = `the radio obeys the rules of ${QUICK_COUNTRY}, not those of ${COUNTRY}: another interface or program asked for them`
    assert.equal(ruleWarnings(context), [text])
  })
})

function ruleWarnings({ scene }: Context): string[] {
  return scene.system.logs.flatMap(({ level, message }) =>
    level === 'warn' && /obeys the rules/.test(message) ? [message] : [],
  )
}

test('the button is pushed on both sides: the network is told, configured and joined', async (context) => {
  await withNet(context, { persistence: 'none' }, async (net) => {
    assert.match(await context.accessPoint.request('wps_pbc'), /OK/)
    await wifi.quickWps(net, { timeoutMs: AIR_DEADLINE.deadlineMs })
    await online(net, 'vn wps')
    const { wifi: section } = net.getConfiguration('wlan0') as {
      wifi: { networks: { ssid: string; keyMgmt: string }[] }
    }
    assert.equal(
      section.networks.map(({ ssid, keyMgmt }) => [ssid, keyMgmt]),
      [['vn wps', 'wpa-psk']],
    )
  })
})

test.run()
