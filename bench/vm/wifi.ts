/**
 * WiFi, inside a virtual machine: from the configuration of a WPA2 network to the association, and to the lease, beside
 * wpa_supplicant with the same file and udhcpc behind it, both started by hand. Prints a line for each row: `bench`, a tab, JSON.
 */

import { normalizeWifi } from '../../lib/technology/wifi/normalize.js'
import { planWifi } from '../../lib/technology/wifi/plan.js'
import { eventually } from '../../test/support/eventually.js'
import { PASSPHRASE, QUICK_COUNTRY } from '../../test/support/radio-lab.js'
import { AIR_DEADLINE, client, WifiScene } from '../../test/support/wifi-scene.js'
import { type Outcome, race } from '../race.js'
import { rowOf } from '../row.js'

const ROUNDS = 5
const SSID = 'vn bench'
const CONFIG = client({ ssid: SSID, keyMgmt: 'wpa-psk', psk: PASSPHRASE })
const at = (...names: string[]): string[] => ['interface', 'wlan0', ...names]

/** The library's own file, without the line that says where its sockets are. */
function sameFile(): string {
  const context = {
    tmpDir: '/',
    udhcpcHandlerPath: '/',
    handlersPath: '/',
    hostname: 'bench',
    regulatoryDomain: QUICK_COUNTRY,
  }
  const [file] = planWifi('wlan0', normalizeWifi(CONFIG), context).files
  return (file?.content ?? '').split('\n').slice(1).join('\n')
}

const scene = await WifiScene.create()
try {
  await scene.network.accessPoint({ bsses: [{ ssid: SSID, security: 'wpa2-psk' }] })
  const net = await scene.start({ persistence: 'none' })

  const ours = async (): Promise<Outcome> => {
    const startedMs = performance.now()
    await net.configure('wlan0', CONFIG)
    await net.until(at('wifi', 'current_ap'), (value) => value !== undefined && value !== null, AIR_DEADLINE)
    const associated = performance.now() - startedMs
    await net.until(at('dhcp_options'), (value) => value !== undefined, AIR_DEADLINE)
    const lease = performance.now() - startedMs
    await net.deconfigure('wlan0')
    await net.until(at('wifi', 'current_ap'), undefined, AIR_DEADLINE)
    await eventually('all is undone', () => net.get(at('state')) === 'configured', AIR_DEADLINE)
    return { figures: { associated, lease } }
  }
  const byHand = async (): Promise<Outcome> => {
    const startedMs = performance.now()
    const supplicant = await scene.radios.supplicant(scene.system.lab.name, 'wlan0', sameFile())
    try {
      await supplicant.joined()
      const associated = performance.now() - startedMs
      await supplicant.lease()
      return { figures: { associated, lease: performance.now() - startedMs } }
    } finally {
      await supplicant.stop()
    }
  }

  const results = await race(
    [
      { name: 'ours', run: ours },
      { name: 'by hand', run: byHand },
    ],
    ROUNDS,
  )
  for (const note of results.notes()) process.stderr.write(`note: wifi: ${note}\n`)
  const row = { case: 'wifi', unit: 'ms', better: 'lower', ours: 'ours', limit: 'by hand' } as const
  const rows = [
    rowOf(results, { ...row, metric: 'configuration to association, WPA2', figure: 'associated' }),
    rowOf(results, { ...row, metric: 'configuration to lease, WPA2', figure: 'lease' }),
  ]
  for (const one of rows) process.stdout.write(`bench\t${JSON.stringify(one)}\n`)
} finally {
  await scene[Symbol.asyncDispose]()
}
