/** The part of the kernel's contract that is about radios; and a nl80211 that comes and goes. */

import { release } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WirelessEvent } from '../../lib/kernel/messages.js'
import { openKernel } from '../../lib/kernel/native-kernel.js'
import { declarer } from '../kernel-contract/contract.js'
import { realWorld } from '../kernel-contract/real-world.js'
import { wirelessContract } from '../kernel-contract/wireless.js'
import { eventually } from '../support/eventually.js'
import { mustRun } from '../support/lab/command.js'

const PATIENCE_MS = 20_000
/** Whoever waits for its chance would have taken it by then. */
const TEMPTATION_MS = 1_000

const contract = suite('radios')
const test = declarer(contract, realWorld, release())
const kinds = {
  lacking: new Set<string>(),
  leaveOut: (title: string) => {
    throw new Error(`left out: ${title}`)
  },
}
wirelessContract(test, kinds)

const unload = (): Promise<unknown> =>
  eventually(
    'nl80211 is unloaded',
    () => mustRun('modprobe', ['-r', 'mac80211_hwsim', 'mac80211', 'cfg80211']).then(() => true),
    {
      deadlineMs: PATIENCE_MS,
    },
  )

contract('a nl80211 that comes back is listened to again, one that is taken away is not called back', async () => {
  // The radios come into the machine's own namespace.
  await using kernel = await openKernel()
  const told: WirelessEvent[] = []
  kernel.wireless.subscribe((event) => told.push(event))
  await mustRun('modprobe', ['mac80211_hwsim', 'radios=1'])
  const heard = (type: WirelessEvent['type']) => (): boolean => told.some((event) => event.type === type)
  await eventually('the first radio', heard('interface'), { deadlineMs: PATIENCE_MS })
  assert.is((await kernel.wireless.radios()).length, 1)
  await unload()
  await new Promise((resolve) => setTimeout(resolve, TEMPTATION_MS))
  assert.not.match(await mustRun('lsmod', []), /cfg80211/)
  told.length = 0
  await mustRun('modprobe', ['mac80211_hwsim', 'radios=1'])
  await eventually('what may have been missed', heard('overrun'), { deadlineMs: PATIENCE_MS })
  assert.is((await kernel.wireless.radios()).length, 1)
  told.length = 0
  const [own] = await kernel.wireless.interfaces()
  await kernel.send([{ type: 'addWirelessInterface', ifname: 'mesh9', parent: own?.ifname ?? '', mode: 'mesh' }])
  assert.ok(heard('interface')(), 'the groups have been joined anew')
  await unload()
})

contract.run()
