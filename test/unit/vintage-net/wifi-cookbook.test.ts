/** Every recipe of docs/cookbook/wifi.md, run as it stands there. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { recipesOf } from '../../support/recipes.js'
import { sourceFiles } from '../../support/source-files.js'
import { WifiKitchen } from '../../support/wifi-kitchen.js'

const [page] = sourceFiles(/^docs\/cookbook\/wifi\.md$/)
const RECIPES = recipesOf(page?.text ?? '')
const HOME = '02:00:00:00:00:01'
const STATION = '02:00:00:00:00:09'
const tried = new Set<string>()

interface Cooking {
  readonly kitchen: WifiKitchen
  /** The recipe as it runs; started before `work` begins. */
  readonly running: Promise<void>
}

/**
 * A test of one recipe, behind what `before` has made ready. What the recipe waits for is done by `work`; the recipe must have
 * ended well after it.
 */
function recipe(
  title: string,
  work: (cooking: Cooking) => Promise<void>,
  before: (kitchen: WifiKitchen) => Promise<void> = async () => undefined,
): void {
  tried.add(title)
  test(title, async () => {
    const found = RECIPES.find((one) => one.title === title)
    assert.ok(found !== undefined, `the page has no recipe ${title}`)
    await using kitchen = await WifiKitchen.create()
    await before(kitchen)
    const running = kitchen.cook(found)
    await work({ kitchen, running })
    await running
  })
}

/** wlan0 is talked to, with nothing to join. */
async function configured(kitchen: WifiKitchen): Promise<void> {
  await kitchen.net.configure('wlan0', { type: 'wifi' })
  await kitchen.conf()
}

/** What WPS brings, as hexadecimal octets: attributes of two octets of type and two of length, in a credential. */
function credential(ssid: string, key: string): string {
  const attribute = (type: string, value: string): string =>
    `${type}${(value.length / 2).toString(16).padStart(4, '0')}${value}`
  const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex')
  return attribute('100e', attribute('1045', hex(ssid)) + attribute('1027', hex(key)))
}

function entry(id: number, bssid: string, ssid: string, more: { level: number; flags: string }): string {
  return `id=${id}\nbssid=${bssid}\nfreq=2412\nlevel=${more.level}\nflags=${more.flags}\nssid=${ssid}\n`
}

/** One network block of a supplicant's file as its lines. */
function blocks(conf: string): string[][] {
  return [...conf.matchAll(/^network=\{\n([\s\S]*?)^\}$/gm)].map(([, lines = '']) => lines.trimEnd().split('\n'))
}

function includes(lines: readonly string[] | undefined, wanted: readonly string[]): void {
  assert.equal(
    wanted.filter((line) => lines?.includes(line) !== true),
    [],
  )
}

recipe('Join a network', async ({ kitchen }) => {
  const [network] = blocks(await kitchen.conf())
  includes(network, ['ssid="My Home"', 'key_mgmt=WPA-PSK', 'mode=0'])
  assert.equal(kitchen.printed, [])
  kitchen.join(HOME)
  await kitchen.lease('wlan0', '198.51.100.7')
  await kitchen.until('it is online', () => kitchen.printed.length > 0)
  assert.equal(kitchen.printed, ['online'])
})

recipe('Join whatever is there, the best first', async ({ kitchen }) => {
  const [office, phone, guests] = blocks(await kitchen.conf())
  includes(office, ['ssid="Office"', 'priority=20', 'key_mgmt=WPA-PSK'])
  includes(phone, ['ssid="Phone of Amy"', 'priority=10'])
  includes(guests, ['ssid="Guests"', 'key_mgmt=NONE'])
})

recipe('Join WPA3, or whichever of WPA2 and WPA3 is offered', async ({ kitchen, running }) => {
  await running
  const [mixed] = blocks(await kitchen.conf())
  includes(mixed, ['key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE', 'ieee80211w=1', 'sae_password="correct horse"'])
  assert.match(mixed?.join('\n') ?? '', /^psk=[0-9A-F]{64}$/m)
  const [only] = blocks(await kitchen.conf('wlan1'))
  includes(only, ['ssid="Laboratory"', 'key_mgmt=SAE', 'ieee80211w=2', 'sae_password="correct horse"'])
})

recipe('Join the network of an organisation (PEAP)', async ({ kitchen, running }) => {
  const [network] = blocks(await kitchen.conf())
  includes(network, ['eap=PEAP', 'identity="amy@corp.example"', 'anonymous_identity="anonymous@corp.example"'])
  includes(network, ['password="her password"', 'phase2="auth=MSCHAPV2"', 'ca_cert="/etc/ssl/corp-ca.pem"'])
  await running
  kitchen.supplicant().event("CTRL-EVENT-EAP-STATUS status='started' parameter=''")
  kitchen.supplicant().event("CTRL-EVENT-EAP-STATUS status='completion' parameter='success'")
  await kitchen.until('it is told', () => kitchen.printed.at(-1)?.includes("status: 'success'") === true)
})

recipe('Join by a certificate (TLS)', async ({ kitchen }) => {
  const [network] = blocks(await kitchen.conf())
  includes(network, ['eap=TLS', 'client_cert="/etc/ssl/press-3.pem"', 'private_key="/etc/ssl/press-3.key"'])
  includes(network, ['identity="press-3@corp.example"', 'private_key_passwd="of the key"'])
})

recipe('Join a hidden network', async ({ kitchen }) => {
  const [network] = blocks(await kitchen.conf())
  includes(network, ['ssid="Not announced"', 'scan_ssid=1'])
})

recipe('Be an access point for setting the device up', async ({ kitchen, running }) => {
  await running
  const [network] = blocks(await kitchen.conf())
  includes(network, ['ssid="Press 3 setup"', 'mode=2', 'key_mgmt=NONE'])
  assert.equal(kitchen.addresses('wlan0'), ['192.0.2.1'])
  await kitchen.until('others get addresses', () => kitchen.world.daemons.running('udhcpd').length === 1)
  kitchen.supplicant().event(`AP-STA-CONNECTED ${STATION}`)
  await kitchen.until('the client is told', () => kitchen.printed.some((line) => line.includes(STATION)))
  await kitchen.until('the leases are told', () => kitchen.printed.includes('leases []'))
})

recipe('Be an access point with a passphrase, on a channel of your choice', async ({ kitchen }) => {
  const conf = await kitchen.conf()
  assert.match(conf, /^country=DE$/m)
  includes(blocks(conf)[0], ['mode=2', 'frequency=2437', 'proto=RSN', 'pairwise=CCMP', 'key_mgmt=WPA-PSK'])
  const { daemons } = kitchen.world
  await kitchen.until('both servers run', () => daemons.running('udhcpd').length + daemons.running('dnsd').length === 2)
})

recipe('Be an access point while no network is in reach', async ({ kitchen, running }) => {
  await running
  const { clock, kernel } = kitchen.world
  await kitchen.until('it is a client', () => kitchen.property('wlan0', 'wifi', 'role') === 'client')
  includes(blocks(await kitchen.conf())[0], ['ssid="My Home"'])
  await clock.advance(30_000)
  await kitchen.until('it serves', () => kitchen.property('wlan0', 'wifi', 'role') === 'access-point')
  includes(blocks(await kitchen.conf())[0], ['ssid="Press 3 setup"', 'mode=2'])
  assert.equal(kitchen.addresses('wlan0'), ['192.0.2.1'])
  kernel.lab.radios.setNetworks('wlan0', [{ bssid: HOME, ssid: 'My Home' }])
  await clock.advance(60_000)
  await kitchen.until('it makes way', () => kitchen.property('wlan0', 'wifi', 'role') === 'client')
  const told = kitchen.printed.filter((line) => line !== 'role undefined')
  assert.equal(told, ['role client', 'role access-point', 'role client'])
})

recipe(
  'List networks to choose from',
  async ({ kitchen, running }) => {
    await kitchen.until('it is asked for', () => kitchen.supplicant().commands.includes('SCAN'))
    kitchen
      .supplicant()
      .networks([
        entry(0, HOME, 'My Home', { level: -70, flags: '[WPA2-PSK-CCMP][ESS]' }),
        entry(1, '02:00:00:00:00:02', 'Cafe', { level: -50, flags: '[ESS]' }),
        entry(2, '02:00:00:00:00:03', '', { level: -40, flags: '[WPA2-PSK-CCMP][ESS]' }),
      ])
    kitchen.supplicant().event('CTRL-EVENT-SCAN-RESULTS ')
    await running
    assert.equal(kitchen.printed, ['79 % Cafe (open)', '50 % My Home'])
  },
  configured,
)

recipe(
  'Show the signal',
  async ({ kitchen, running }) => {
    const supplicant = kitchen.supplicant()
    supplicant.answer('SIGNAL_POLL', 'RSSI=-50\nLINKSPEED=72\nNOISE=9999\nFREQUENCY=2412\n')
    await running
    kitchen.join(HOME)
    await kitchen.until('it is shown', () => kitchen.printed.includes('79 %'))
    supplicant.answer('SIGNAL_POLL', 'RSSI=-60\nLINKSPEED=72\nNOISE=9999\nFREQUENCY=2412\n')
    await kitchen.world.clock.advance(5_000)
    await kitchen.until('it is shown anew', () => kitchen.printed.includes('66 %'))
    supplicant.event(`CTRL-EVENT-DISCONNECTED bssid=${HOME} reason=3`)
    await kitchen.until('it is gone', () => kitchen.printed.at(-1) === 'no signal')
  },
  configured,
)

recipe(
  'Tell a wrong passphrase from a network that is not there',
  async ({ kitchen, running }) => {
    await running
    kitchen.supplicant().event('CTRL-EVENT-NETWORK-NOT-FOUND ')
    await kitchen.until('it is told', () => kitchen.printed.length === 1)
    kitchen
      .supplicant()
      .event('CTRL-EVENT-SSID-TEMP-DISABLED id=0 ssid="My Home" auth_failures=1 duration=10 reason=WRONG_KEY')
    await kitchen.until('it is told', () => kitchen.printed.length === 2)
    assert.equal(kitchen.printed, ['no network is in range', 'the passphrase is wrong'])
    assert.is(kitchen.property('wlan0', 'wifi', 'reason'), '"My Home" refused the passphrase; tried again in 10 s')
    kitchen.join(HOME)
    await kitchen.until('all is well', () => kitchen.property('wlan0', 'wifi', 'reason') === undefined)
  },
  configured,
)

recipe('Know whose rules the radio obeys', async ({ kitchen, running }) => {
  await running
  const path = ['wifi', 'regulatory_domain']
  const actual = () => (kitchen.property('wlan0', ...path) as { actual?: string } | undefined)?.actual
  await kitchen.until('the country is obeyed', () => actual() === 'DE')
  const before = kitchen.printed.length
  const rules = { alpha2: 'US', dfsRegion: 'fcc', selfManaged: false, rules: [] } as const
  kitchen.world.kernel.lab.radios.setRegulatory([rules], 'country-element')
  await kitchen.until('it is told', () => kitchen.printed.length > before)
  assert.equal(kitchen.printed.slice(before), ['asked for DE, obeys US'])
})

recipe('Show a QR code by which a phone joins', async ({ kitchen, running }) => {
  await running
  const second = 'WIFI:S:My Home;T:WPA;P:correct horse\\; battery;H:true;;'
  assert.equal(kitchen.printed, ['WIFI:S:Press 3 setup;;', second])
})

recipe('Join by the button of an access point (WPS)', async ({ kitchen, running }) => {
  await kitchen.until('the button is asked for', () => kitchen.supplicant().commands.includes('WPS_PBC'))
  kitchen.supplicant().event(`WPS-CRED-RECEIVED ${credential('My Home', 'correct horse')}`)
  await running
  await kitchen.until('another supplicant runs', () => kitchen.started('wpa_supplicant') === 2)
  const [network] = blocks(await kitchen.conf())
  includes(network, ['ssid="My Home"', 'key_mgmt=WPA-PSK'])
})

recipe('Be a node of a mesh', async ({ kitchen, running }) => {
  await running
  const [network] = blocks(await kitchen.conf('mesh0'))
  includes(network, ['mode=5', 'ssid="farm"', 'key_mgmt=SAE', 'sae_password="correct horse"', 'frequency=2437'])
  const made = (await kitchen.world.kernel.wireless.interfaces()).find(({ ifname }) => ifname === 'mesh0')
  assert.is(made?.mode, 'mesh')
  assert.equal(kitchen.addresses('mesh0'), ['192.0.2.7'])
  kitchen.supplicant('mesh0').event(`MESH-PEER-CONNECTED ${STATION}`)
  await kitchen.until('the peer is told', () => kitchen.printed.some((line) => line.includes(STATION)))
})

recipe('Ethernet first, WiFi when the cable is out', async ({ kitchen, running }) => {
  await running
  const first = (): string | undefined => kitchen.printed.at(-1)
  await kitchen.conf()
  kitchen.join(HOME)
  await kitchen.lease('wlan0', '198.51.100.7')
  await kitchen.until('WiFi is used', () => first() === 'traffic leaves by wlan0')
  await kitchen.lease('eth0', '192.0.2.7')
  await kitchen.until('Ethernet is preferred', () => first() === 'traffic leaves by eth0')
  kitchen.world.kernel.lab.setCarrier('eth0', false)
  await kitchen.until('WiFi takes over', () => first() === 'traffic leaves by wlan0')
})

test('every recipe of the page is tried', () => {
  assert.equal([...tried].sort(), RECIPES.map(({ title }) => title).sort())
})

test('a recipe that throws fails, and one that has no block, or two, is refused', async () => {
  await using kitchen = await WifiKitchen.create()
  const wrong = await kitchen
    .cook({ title: 'a', code: 'await net.configure("wlan0", { type: "wifi", wify: {} })' })
    .then(
      () => 'it ended well',
      (thrown: unknown) => String(thrown),
    )
  assert.match(wrong, /wify/)
  assert.throws(() => recipesOf('## A\n\ntext\n'), /A: 0 blocks/)
  assert.throws(() => recipesOf('## A\n\n```ts\n1\n```\n\n```ts\n2\n```\n'), /A: 2 blocks/)
})

test.run()
