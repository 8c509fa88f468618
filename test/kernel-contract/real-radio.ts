/** Two simulated radios (mac80211_hwsim) in a namespace: one for the contract, one for what is in the air around it. */

import { readdir } from 'node:fs/promises'
import type { Kernel } from '../../lib/kernel/kernel.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'
import type { Namespace } from '../support/world.js'
import type { RadioWorld } from './world.js'

/** An emulated machine is slow. */
const PATIENCE_MS = 10_000
/** Changes of interfaces while nobody reads: twice as many notifications. */
const FLOOD_INTERFACES = 10

/** True where radios can be made: in the virtual machine. */
export const canMakeRadios = (): boolean => process.env['VINTAGE_NET_VM'] !== undefined

/** Loads the simulation and moves its radios; `atEnd` is called with what takes them away. */
export async function addRealRadios(
  namespace: Namespace,
  kernel: Kernel,
  atEnd: (end: () => Promise<unknown>) => void,
): Promise<RadioWorld> {
  await mustRun('modprobe', ['mac80211_hwsim', 'radios=2'])
  atEnd(() =>
    eventually('the radios are unloaded', () => mustRun('modprobe', ['-r', 'mac80211_hwsim']), {
      deadlineMs: PATIENCE_MS,
    }),
  )
  const ifnames: string[] = []
  for (const phy of await readdir('/sys/class/ieee80211')) {
    ifnames.push(...(await readdir(`/sys/class/ieee80211/${phy}/device/net`)))
    await mustRun('iw', ['phy', phy, 'set', 'netns', 'name', namespace.name])
  }
  const [ifname = '', other = ''] = ifnames.sort()
  const known = () => kernel.mirror.linkByName(ifname) !== undefined && kernel.mirror.linkByName(other) !== undefined
  await eventually('the mirror has the radios', known, { deadlineMs: PATIENCE_MS })
  const run = (program: string, ...args: string[]) => mustRun(...namespace.command(program, ...args))
  return {
    ifname,
    async addNetwork(ssid, frequencyMhz) {
      await run('iw', 'dev', other, 'set', 'type', 'ibss')
      await run('ip', 'link', 'set', 'dev', other, 'up')
      // With a frequency and a BSSID of its own it looks for no other first.
      await run('iw', 'dev', other, 'ibss', 'join', ssid, String(frequencyMhz), 'fixed-freq', '02:00:00:00:77:00')
      await eventually('the network is there', () => kernel.mirror.linkByName(other)?.lowerUp === true, {
        deadlineMs: PATIENCE_MS,
      })
    },
    startScan: () => run('iw', 'dev', ifname, 'scan', 'trigger').then(() => undefined),
    async overrun() {
      const change = `iw dev ${other} interface add flood type station; iw dev flood del`
      // This process stands still meanwhile, the engine's thread with it.
      const flood = `kill -STOP ${process.pid}; for i in $(seq ${FLOOD_INTERFACES}); do ${change}; done; kill -CONT ${process.pid}`
      await run('sh', '-c', flood)
    },
  }
}
