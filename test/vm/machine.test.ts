/** What the virtual machine is for: everything in it that the tests of this folder rely on is there, so that nothing is left out unseen. */

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mustRun } from '../support/lab/command.js'
import { freshNamespace } from '../support/world.js'

const test = suite('virtual machine')

const LINK_KINDS: Readonly<Record<string, readonly string[]>> = {
  bond: [],
  bridge: [],
  dummy: [],
  ifb: [],
  macvlan: ['link', 'd0'],
  veth: [],
  vlan: ['link', 'd0'],
  vrf: [],
  wireguard: [],
}
const NEEDS_ID: Readonly<Record<string, readonly string[]>> = { vlan: ['id', '7'], vrf: ['table', '7'] }

for (const [kind, parent] of Object.entries(LINK_KINDS)) {
  test(`the kernel has links of kind ${kind}`, async () => {
    const namespace = await freshNamespace()
    try {
      await namespace.ip('link', 'add', 'd0', 'type', 'dummy')
      await namespace.ip('link', 'add', ...parent, 'name', 'x0', 'type', kind, ...(NEEDS_ID[kind] ?? []))
      assert.match(await namespace.ip('-details', 'link', 'show', 'dev', 'x0'), new RegExp(`\\b${kind}\\b`))
    } finally {
      await namespace.delete()
    }
  })
}

test('the kernel simulates radios', async () => {
  await mustRun('modprobe', ['mac80211_hwsim', 'radios=2'])
  try {
    assert.is((await mustRun('iw', ['phy'])).match(/^Wiphy /gm)?.length, 2)
  } finally {
    await mustRun('modprobe', ['-r', 'mac80211_hwsim'])
  }
})

test('the kernel has PPP', async () => {
  assert.match(await mustRun('sh', ['-c', 'modprobe ppp_async && ls /dev/ppp']), /ppp/)
})

test.run()
