/** Values that are put back, also behind a crash. */

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { silentLogger } from '../../../lib/base/logger.js'
import { keysOverwrittenBy, Overwritten, restoreOverwritten } from '../../../lib/interface/overwritten.js'
import type { SetLink } from '../../../lib/kernel/messages.js'
import { makePlan, type Plan } from '../../../lib/technology/plan.js'
import { FakeKernel } from '../../../lib/testing/fake-kernel.js'
import { SimulatedClock } from '../../../lib/testing/simulated-clock.js'
import { memoryNotes } from '../../support/memory-notes.js'

const KEY = 'mtu eth0'

async function world() {
  const clock = new SimulatedClock()
  const kernel = new FakeKernel({ clock })
  kernel.lab.addLink({ ifname: 'eth0', ifindex: 7 })
  await kernel.settled()
  const notes = memoryNotes()
  const mtu = (): number | undefined => kernel.mirror.linkByName('eth0')?.mtu
  const restore = (plan?: Plan) => restoreOverwritten({ kernel, notes, logger: silentLogger, planOf: () => plan })
  return { clock, kernel, notes, mtu, restore, overwritten: new Overwritten('eth0', kernel.mirror, notes) }
}

const setMtu = (mtu: number) => ({ type: 'setLink', ifname: 'eth0', mtu }) as const satisfies SetLink

test('the first value noted is the one to put back, also for another run', async () => {
  const { overwritten, notes, kernel } = await world()
  await overwritten.note(KEY, setMtu(1_500))
  await overwritten.note(KEY, setMtu(1_400))
  assert.equal(overwritten.noted(KEY), setMtu(1_500))
  assert.equal(new Overwritten('eth0', kernel.mirror, notes).noted(KEY), setMtu(1_500))
  await overwritten.forget([KEY])
  assert.is(overwritten.noted(KEY), undefined)
})

test('a start puts back what no plan sets, and leaves what the plan sets again', async () => {
  const { overwritten, notes, kernel, mtu, restore } = await world()
  await overwritten.note(KEY, setMtu(1_500))
  await kernel.send([setMtu(1_300)])
  const plan = makePlan({ ifname: 'eth0', type: 'probe', source: {}, up: [{ type: 'kernel', command: setMtu(1_200) }] })
  await restore(plan)
  assert.is(mtu(), 1_300)
  assert.is(notes.overwritten.length, 1)
  await restore(makePlan({ ifname: 'eth0', type: 'probe', source: {} }))
  assert.is(mtu(), 1_500)
  assert.equal(notes.overwritten, [])
})

test('a value of a link that was unplugged is not given to another link of its name', async () => {
  const { overwritten, notes, kernel, mtu, restore } = await world()
  await overwritten.note(KEY, setMtu(1_300))
  kernel.lab.removeLink('eth0')
  kernel.lab.addLink({ ifname: 'eth0', ifindex: 8 })
  await kernel.settled()
  assert.is(overwritten.noted(KEY), undefined)
  await restore()
  assert.is(mtu(), 1_500)
  assert.equal(notes.overwritten, [])
})

test('a plan overwrites what its steps set, and what the kernel needs for its own failover', () => {
  const plan = makePlan({ ifname: 'eth0', type: 'probe', source: {}, up: [{ type: 'kernel', command: setMtu(1_200) }] })
  assert.equal([...keysOverwrittenBy(plan)].sort(), [
    KEY,
    'sysctl ipv4/conf/eth0/ignore_routes_with_linkdown',
    'sysctl ipv6/conf/eth0/ignore_routes_with_linkdown',
  ])
  assert.is(keysOverwrittenBy(makePlan({ ifname: 'eth0', type: 'null', source: {} })).size, 0)
})

test.run()
