/** A mesh of two nodes, one of them a wpa_supplicant started by hand. */

import { suite } from 'uvu'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import { PASSPHRASE } from '../support/radio-lab.js'
import { AIR_DEADLINE, WifiScene } from '../support/wifi-scene.js'

const test = suite('wifi mesh')
const OTHER = 'other'

const block = (lines: readonly string[]): string => ['network={', ...lines, '}'].join('\n')

test('a mesh of two: the peer is a property, and its address answers', async () => {
  await using scene = await WifiScene.create()
  const net = await scene.start()
  await net.configure(
    'mesh0',
    {
      type: 'wifi',
      wifi: {
        rootInterface: 'wlan0',
        userMpm: 1,
        networks: [
          { mode: 'mesh', ssid: 'field', keyMgmt: 'sae', saePassword: PASSPHRASE, frequency: 2437, ieee80211w: 2 },
        ],
      },
      ipv4: { method: 'static', address: '192.0.2.1', prefixLength: 24 },
    },
    { persist: false },
  )
  const radio = await scene.radios.radio(OTHER)
  const lines = [
    'ssid="field"',
    'mode=5',
    'frequency=2437',
    'key_mgmt=SAE',
    `sae_password="${PASSPHRASE}"`,
    'ieee80211w=2',
  ]
  const node = await scene.radios.supplicant(OTHER, radio.ifname, `user_mpm=1\nsae_groups=19\n${block(lines)}`)
  await mustRun('ip', ['-n', OTHER, 'address', 'add', '192.0.2.2/24', 'dev', radio.ifname])
  await node.waitForLog(/MESH-PEER-CONNECTED/)
  const isPeer = (peers: unknown): boolean =>
    (peers as readonly { bssid: string }[] | undefined)?.some(({ bssid }) => bssid === radio.macAddress) === true
  await net.until(['interface', 'mesh0', 'wifi', 'peers'], isPeer, AIR_DEADLINE)
  await eventually(
    'the other node answers',
    async () => (await scene.system.lab.exec('ping', ['-q', '-c', '1', '-W', '2', '192.0.2.2'])).exitCode === 0,
    AIR_DEADLINE,
  )
})

test.run()
