/** What the virtual machine must have beyond kinds of links, so that nothing that needs it is left out unseen. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mustRun } from '../support/lab/command.js'

const test = suite('virtual machine')

test('the kernel simulates radios', async () => {
  await mustRun('modprobe', ['mac80211_hwsim', 'radios=2'])
  try {
    assert.is((await mustRun('iw', ['phy'])).match(/^Wiphy /gm)?.length, 2)
  } finally {
    await mustRun('modprobe', ['-r', 'mac80211_hwsim'])
  }
})

test('the kernel has PPP, traffic control and USB gadgets', async () => {
  await mustRun('modprobe', ['--all', 'ppp_async', 'sch_netem', 'dummy_hcd', 'g_ether'])
  assert.match(await mustRun('ls', ['/dev/ppp', '/sys/class/udc']), /dummy_udc/)
  await mustRun('modprobe', ['-r', 'g_ether', 'dummy_hcd'])
})

test.run()
