/** A radio that serves: an access point of each kind, an ad-hoc network, and an access point only while nothing else is there. */

import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type VintageNet, wifi } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { inNamespace, mustRun, runCommand } from '../support/lab/command.js'
import { PASSPHRASE, type Radio, type Supplicant } from '../support/radio-lab.js'
import { type AccessPoint, AIR_DEADLINE, online, WifiScene } from '../support/wifi-scene.js'

interface Context {
  scene: WifiScene
  /** The other station. */
  phone: Radio
  /** Out of range unless a test brings it. */
  home: AccessPoint
}

const test = suite<Context>('wifi serving')
const OTHER = 'other'
const OUR_ADDRESS = '192.0.2.1'
const MHZ = 2_437
const ON_WLAN0 = ['interface', 'wlan0', 'wifi']
const STATIC = { method: 'static', address: OUR_ADDRESS, prefixLength: 24 } as const
const DHCPD = { start: '192.0.2.100', end: '192.0.2.199' }

test.before(async (context) => {
  context.scene = await WifiScene.create({ radios: 3 })
  context.home = await context.scene.network.accessPoint({ bsses: [{ ssid: 'home', security: 'wpa2-psk' }] })
  await context.home.setInRange(false)
  context.phone = await context.scene.radios.radio(OTHER)
})

test.after(async ({ scene }) => {
  await scene?.[Symbol.asyncDispose]()
})

const block = (...lines: readonly string[]): string => ['network={', ...lines, '}'].join('\n')
/** Other channels need not be searched. */
const FREQUENCY = `scan_freq=${MHZ}`

/** With our interface configured like that; ends the instance, and what runs on the phone, whatever the test did. */
async function serving(
  { scene, phone }: Context,
  config: unknown,
  body: (net: VintageNet, join: (...lines: readonly string[]) => Promise<Supplicant>) => Promise<void>,
): Promise<void> {
  const net = await scene.start({ programs: { dnsd: await nameServer(scene) } })
  const joined: Supplicant[] = []
  try {
    await net.configure('wlan0', config, { persist: false })
    await body(net, async (...lines) => {
      const supplicant = await scene.radios.supplicant(OTHER, phone.ifname, block(...lines))
      joined.push(supplicant)
      return supplicant
    })
  } finally {
    for (const supplicant of joined) await supplicant.stop()
    await mustRun('ip', ['-n', OTHER, 'address', 'flush', 'dev', phone.ifname])
    await net.stop()
  }
}

/** Debian's busybox has no dnsd: dnsmasq in its clothes. */
async function nameServer({ system }: WifiScene): Promise<string> {
  const path = join(system.folder, 'dnsd')
  const script = `#!/bin/sh
while getopts t:p:c:i: option; do
  case $option in p) port=$OPTARG ;; c) file=$OPTARG ;; i) address=$OPTARG ;; esac
done
set --
while read -r name answer; do set -- "$@" "--address=/$name/$answer"; done <"$file"
exec dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user=root --no-resolv --no-hosts \\
  --bind-interfaces --except-interface=lo --listen-address="$address" --port="\${port:-53}" "$@"
`
  await writeFile(path, script)
  await chmod(path, 0o755)
  return path
}

/** The phone gets a lease of ours and reaches us; it stands in the properties, and goes with the phone. */
async function servesPhone({ phone }: Context, net: VintageNet, supplicant: Supplicant): Promise<void> {
  await supplicant.joined()
  assert.match(await supplicant.lease(), /^192\.0\.2\.1\d\d$/)
  await mustRun(...inNamespace(OTHER, 'ping', ['-q', '-c', '1', '-W', '5', OUR_ADDRESS]))
  await net.until([...ON_WLAN0, 'clients'], [phone.macAddress], AIR_DEADLINE)
}

async function phoneLeaves(net: VintageNet, supplicant: Supplicant): Promise<void> {
  await supplicant.stop()
  await net.until([...ON_WLAN0, 'clients'], [], AIR_DEADLINE)
}

const accessPoint = (network: Readonly<Record<string, unknown>>): unknown => ({
  type: 'wifi',
  wifi: { networks: [{ mode: 'ap', ssid: 'device', frequency: MHZ, ...network }] },
  ipv4: STATIC,
  dhcpd: DHCPD,
})

test('an access point with WPA2 serves a client that gets a lease and reaches us', async (context) => {
  const config = accessPoint({ keyMgmt: 'wpa-psk', psk: PASSPHRASE })
  await serving(context, config, async (net, join) => {
    const phone = await join('ssid="device"', FREQUENCY, 'key_mgmt=WPA-PSK', `psk="${PASSPHRASE}"`)
    await servesPhone(context, net, phone)
    await phoneLeaves(net, phone)
  })
})

test('an access point with WPA3 serves a client, and refuses one with another password', async (context) => {
  const config = accessPoint({ keyMgmt: 'sae', saePassword: PASSPHRASE, ieee80211w: 2 })
  await serving(context, config, async (net, join) => {
    const sae = ['ssid="device"', FREQUENCY, 'key_mgmt=SAE', 'ieee80211w=2']
    const stranger = await join(...sae, `sae_password="not ${PASSPHRASE}"`)
    await stranger.waitForLog(/CTRL-EVENT-SSID-TEMP-DISABLED|CTRL-EVENT-AUTH-REJECT|auth_type=3/i)
    assert.equal(net.get([...ON_WLAN0, 'clients']), [])
    await stranger.stop()
    const phone = await join(...sae, `sae_password="${PASSPHRASE}"`)
    await servesPhone(context, net, phone)
    assert.is((await phone.status())['key_mgmt'], 'SAE')
  })
})

test('an open access point with a DHCP and a DNS server leads its clients to us', async (context) => {
  const config = { ...wifi.openAccessPoint('device', '192.0.2.0'), dnsd: { records: [['*', OUR_ADDRESS]], ttl: 30 } }
  await serving(context, config, async (net, join) => {
    const phone = await join('ssid="device"', 'key_mgmt=NONE')
    await phone.joined()
    assert.match(await phone.lease(), /^192\.0\.2\.(1\d|2\d|\d\d|1\d\d|2[0-4]\d|250)$/)
    await net.until([...ON_WLAN0, 'clients'], [context.phone.macAddress], AIR_DEADLINE)
    const query = inNamespace(OTHER, 'busybox', ['nslookup', 'setup.example', OUR_ADDRESS])
    const answer = await eventually(
      'a name is answered',
      async () => {
        const { stdout } = await runCommand(...query)
        return /Name:\s+setup\.example/.test(stdout) && stdout
      },
      AIR_DEADLINE,
    )
    assert.match(answer, new RegExp(`Name:\\s+setup\\.example\\s+Address[^:]*: +${OUR_ADDRESS}`))
  })
})

test('an ad-hoc network of two: the other one answers', async (context) => {
  const networks = [{ ssid: 'boats', mode: 'ibss', frequency: MHZ }]
  await serving(context, { type: 'wifi', wifi: { networks }, ipv4: STATIC }, async (net, join) => {
    // Two that begin at once make two cells, which simulated radios, of one clock, never merge.
    await net.until(['interface', 'wlan0', 'connection'], 'lan', AIR_DEADLINE)
    const boat = await join('ssid="boats"', 'mode=1', `frequency=${MHZ}`, 'key_mgmt=NONE')
    await mustRun('ip', ['-n', OTHER, 'address', 'add', '192.0.2.2/24', 'dev', context.phone.ifname])
    await boat.joined()
    await eventually(
      'the other boat answers',
      async () =>
        (await context.scene.system.lab.exec('ping', ['-q', '-c', '1', '-W', '2', '192.0.2.2'])).exitCode === 0,
      AIR_DEADLINE,
    )
    const [own] = await modes(context)
    assert.is(own, 'IBSS')
  })
})

/** What iw says of the kinds of our interfaces. */
async function modes({ scene }: Context): Promise<string[]> {
  const { stdout } = await scene.system.lab.exec('iw', ['dev', 'wlan0', 'info'])
  return [...stdout.matchAll(/^\s*type (.*)$/gm)].map(([, mode = '']) => mode)
}

test('while its network is out of reach it is an access point, and a client again when it is back', async (context) => {
  const { home } = context
  const network = { ssid: 'home', keyMgmt: 'wpa-psk', psk: PASSPHRASE }
  const fallback = {
    network: { ssid: 'set me up', keyMgmt: 'none', frequency: MHZ },
    ipv4: STATIC,
    dhcpd: DHCPD,
    afterMs: 5_000,
    searchIntervalMs: 10_000,
  }
  const config = { type: 'wifi', wifi: { networks: [network], fallback }, ipv4: { method: 'dhcp' } }
  const role = [...ON_WLAN0, 'role']
  await serving(context, config, async (net, join) => {
    await net.until(role, 'client', AIR_DEADLINE)
    await net.until(role, 'access-point', AIR_DEADLINE)
    const phone = await join('ssid="set me up"', 'key_mgmt=NONE')
    await servesPhone(context, net, phone)
    await home.setInRange(true)
    assert.is(net.get(role), 'access-point')
    await phoneLeaves(net, phone)
    await net.until(role, 'client', AIR_DEADLINE)
    await online(net, 'home')
    assert.is(await context.scene.system.wayOut(), 'wlan0')
    await home.setInRange(false)
    await net.until(role, 'access-point', AIR_DEADLINE)
    assert.is(await context.scene.system.wayOut(), undefined)
    await eventually('it serves', async () => (await modes(context))[0] === 'AP', AIR_DEADLINE)
  }).finally(() => home.setInRange(false))
})

test.run()
